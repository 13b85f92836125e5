//! The command line in a stock `wasmtime`: `wasmtime run -S http command.wasm …`, against a stack that waits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;

/// Ends with the outcome's own code.
const COMMAND: &str = "command.wasm";
/// For hosts from before WASI 0.2.12, which know success and failure: what came of the signal is in the words alone.
const PORTABLE: &str = "command-portable.wasm";

/// What `--env` lets through of a client's environment; a component finds nothing else there.
const ENDPOINT: &[&str] = &["AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_REGION"];
const KEYS: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED=true"];
const METADATA: &[&str] = &["AWS_EC2_METADATA_SERVICE_ENDPOINT"];
const NOTHING: &[&str] = &["AWS_EC2_METADATA_DISABLED=true"];

/// How a run ended.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The command that `make test-hosts` left in the target folder.
fn wasmtime() -> PathBuf {
    let path = binaries::target_dir().join("tools/bin/wasmtime");
    assert!(path.is_file(), "{} is missing: run `make test-hosts`", path.display());
    path
}

/// `wasmtime run -S http`, with `grants`, `component` and its arguments, as a client of `stack`.
fn run(stack: &Served, grants: &[&str], variables: &[&str], component: &str, arguments: &[&str]) -> Ended {
    let output = stack
        .client(&wasmtime())
        .args(["run", "-S", "http"])
        .args(grants)
        .args(variables.iter().flat_map(|variable| ["--env", variable]))
        .arg(binaries::component(component))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Signals as the server of `stack`, from where only its endpoint and `variables` are known.
fn signal(stack: &Served, variables: &[&str], component: &str, options: &[&str]) -> Ended {
    let server = ["--stack", "web", "--resource", "Server", "--id", stack.instance("Server")];
    let quickly = ["--max-delay", "50ms", "--deadline", "20s"];
    run(stack, &[], &[ENDPOINT, variables].concat(), component, &[&server, &quickly[..], options].concat())
}

/// A signal to a new stack ends with `code`, or in success and failure where the component knows no more, and in words.
fn ends(options: &[&str], variables: &[&str], arguments: &[&str], code: i32, says: &str) {
    for (component, expected) in [(PORTABLE, code.min(1)), (COMMAND, code)] {
        let stack = Served::start("server.yaml", options).unwrap();
        let ended = signal(&stack, variables, component, arguments);
        let said = format!("{component} {arguments:?}: {}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code, Some(expected), "{said}");
        // Tries that are made again may be told before.
        assert!(ended.stderr.lines().last().unwrap_or_default().contains(says), "{said}");
        assert!(ended.stdout.is_empty(), "{said}");
        assert!(!ended.stderr.contains("not-the-secret"), "{said}");
    }
}

#[test]
fn its_help_and_version_need_nothing() {
    let account = Served::account(&[]).unwrap();
    for component in [PORTABLE, COMMAND] {
        let help = run(&account, &[], &[], component, &["--help"]);
        assert_eq!(help.code, Some(0), "{}", help.stderr);
        for option in ["Usage: cfn-signal [options]", "--stack", "--exit-code", "--max-attempts"] {
            assert!(help.stdout.contains(option), "{option}: {}", help.stdout);
        }
        let version = run(&account, &[], &[], component, &["--version"]);
        assert_eq!(version.code, Some(0), "{}", version.stderr);
        assert!(version.stdout.starts_with("cfn-signal "), "{}", version.stdout);
    }
}

#[test]
fn keys_from_the_environment_deliver_and_a_second_signal_is_late() {
    for (component, late) in [(PORTABLE, 1), (COMMAND, 10)] {
        let stack = Served::start("server.yaml", &[]).unwrap();
        let first = signal(&stack, KEYS, component, &["--output", "json"]);
        assert_eq!(first.code, Some(0), "{}", first.stderr);
        let said: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
        assert_eq!(said.get("outcome").unwrap(), "delivered", "{}", first.stdout);
        let second = signal(&stack, KEYS, component, &[]);
        assert_eq!(second.code, Some(late), "{}", second.stderr);
        assert!(second.stderr.contains("CREATE_COMPLETE"), "{}", second.stderr);
        let third = signal(&stack, KEYS, component, &["--if-complete", "ok"]);
        assert_eq!(third.code, Some(0), "{}", third.stderr);
    }
}

#[test]
fn a_failure_rolls_the_stack_back() {
    let stack = Served::start("server.yaml", &["--once"]).unwrap();
    let ended = signal(&stack, KEYS, PORTABLE, &["-e", "3"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (status, events) = stack.fate().unwrap();
    assert_eq!(status.code(), Some(1), "{events}");
    assert!(events.contains("Received FAILURE signal with UniqueId i-"), "{events}");
}

#[test]
fn the_metadata_service_gives_the_instances_identity_and_its_role() {
    ends(&[], METADATA, &[], 0, "");
    ends(&[], METADATA, &["--auth", "instance"], 0, "");
    ends(&[], METADATA, &["--role", "rehearsal-role"], 0, "");
    // The instance's identity reaches its own stack only.
    ends(&[], METADATA, &["--auth", "instance", "--stack", "elsewhere", "--deadline", "5s"], 14, "denied");
}

#[test]
fn a_handle_is_signalled_by_its_url_alone() {
    let stack = Served::start("wait-condition.yaml", &["--once"]).unwrap();
    let handle = stack.handle("Handle");
    assert!(!handle.is_empty(), "no handle");
    let ended = run(
        &stack,
        &[],
        NOTHING,
        PORTABLE,
        &["--id", "one", "--reason", "all is well", "--data", "42", handle],
    );
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let (status, events) = stack.fate().unwrap();
    assert_eq!(status.code(), Some(0), "{events}");
}

#[test]
fn each_outcome_has_its_words_and_its_code() {
    ends(&[], KEYS, &["--resource", "Servr"], 12, "Resource Servr does not exist for stack");
    let wrong = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY=not-the-secret"];
    ends(&[], &[&wrong, NOTHING].concat(), &[], 15, "SignatureDoesNotMatch");
    ends(&[], NOTHING, &["--auth", "sigv4"], 15, "credentials");
    ends(&[], KEYS, &["--url", "http://127.0.0.1:1", "--max-attempts", "2"], 18, "127.0.0.1:1");
    ends(&["--fault", "SignalResource:throttling,first=3"], KEYS, &[], 0, "");
}

#[test]
fn what_is_the_hosts_business_is_refused_in_words() {
    // TLS and routes are wasmtime's: nothing in here could follow these.
    ends(&[], KEYS, &["--ca-bundle", "/etc/ssl/cert.pem"], 1, "TLS and whom it trusts");
    ends(&[], KEYS, &["--http-proxy", "http://127.0.0.1:1"], 1, "the way to the network");
    ends(&[], KEYS, &["--https-proxy", "http://127.0.0.1:1"], 1, "the way to the network");
}

#[test]
fn a_credential_file_has_to_be_in_a_folder_that_is_granted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let stack = Served::start("server.yaml", &[]).unwrap();
    let (id, secret) = (stack.variable("AWS_ACCESS_KEY_ID"), stack.variable("AWS_SECRET_ACCESS_KEY"));
    fs::write(&file, format!("AWSAccessKeyId={id}\nAWSSecretKey={secret}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let path = file.to_str().unwrap();
    let server = [
        "--stack",
        "web",
        "--resource",
        "Server",
        "--id",
        stack.instance("Server"),
        "--credential-file",
        path,
    ];
    let variables = [ENDPOINT, NOTHING].concat();
    let refused = run(&stack, &[], &variables, PORTABLE, &server);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("wasmtime run --dir"), "{}", refused.stderr);
    let granted = run(&stack, &["--dir", folder.path().to_str().unwrap()], &variables, PORTABLE, &server);
    assert_eq!(granted.code, Some(0), "{}", granted.stderr);
}

#[test]
fn a_wrong_command_line_says_how_it_goes() {
    let account = Served::account(&[]).unwrap();
    for (component, code) in [(PORTABLE, 1), (COMMAND, 2)] {
        let ended = run(&account, &[], NOTHING, component, &["--no-such-option"]);
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(ended.stderr.contains("--no-such-option"), "{}", ended.stderr);
    }
}
