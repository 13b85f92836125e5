//! The CDK's command line against an account, as its users type it: `cdk bootstrap`, `deploy`, `diff` and `destroy`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cfn_signal_tests::rehearsal::Served;
use cfn_signal_tests::{binaries, cdk, python};

struct Cdk {
    account: Served,
    packages: PathBuf,
    folder: tempfile::TempDir,
}

impl Cdk {
    fn open(options: &[&str]) -> Option<Self> {
        let packages = cdk::packages()?;
        let account = Served::account(options).unwrap();
        Some(Self { account, packages, folder: tempfile::tempdir().unwrap() })
    }

    /// The app's assembly, as the variables make it.
    fn synthesised(&self, name: &str, variables: &[(&str, &str)]) -> String {
        self.synthesised_of("deploy.mjs", name, variables)
    }

    fn synthesised_of(&self, app: &str, name: &str, variables: &[(&str, &str)]) -> String {
        let source = cdk::app().with_file_name(app);
        let app = self.packages.join(app);
        // Where its packages are found. Each test writes the same.
        fs::copy(source, &app).unwrap();
        let out = self.folder.path().join(name);
        let mut node = Command::new("node");
        node.arg(app).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        node.env("CDK_OUTDIR", &out).envs(variables.iter().copied());
        let output = node.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut node = self.account.client("node".as_ref());
        node.arg(self.packages.join("node_modules/aws-cdk/bin/cdk")).args(arguments);
        node.args(["--no-notices", "--no-version-reporting"]);
        node.env("HOME", self.folder.path()).env("CI", "true").env("NO_COLOR", "1");
        node.env("CDK_DISABLE_CLI_TELEMETRY", "true").current_dir(self.folder.path());
        node.stdin(Stdio::null());
        node
    }

    /// The exit code, and everything that it said.
    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(arguments).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    }

    fn run(&self, arguments: &[&str]) -> String {
        let (code, said) = self.said(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        said
    }

    fn bootstrap(&self) -> String {
        self.bootstrap_of("123456789012")
    }

    fn bootstrap_of(&self, account: &str) -> String {
        self.run(&["bootstrap", &format!("aws://{account}/us-east-1")])
    }

    /// `cdk deploy`, while the server signals `status` once it is there.
    fn deploy(&self, assembly: &str, options: &[&str], status: &str) -> (Option<i32>, String) {
        let deploy = ["deploy", "Web", "--require-approval", "never", "--app", assembly];
        let mut command = self.command(&[&deploy[..], options].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let started = Instant::now();
        while child.try_wait().unwrap().is_none() && !self.signal(status) {
            assert!(started.elapsed() < Duration::from_secs(120), "no instance to signal");
            std::thread::sleep(Duration::from_millis(100));
        }
        let output = child.wait_with_output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    }

    /// Signals for the stack's server, as itself; false where there is none yet.
    fn signal(&self, status: &str) -> bool {
        let Some((id, metadata)) = self.account.instances().unwrap().into_iter().next() else { return false };
        let mut signal = self.account.client(&binaries::command("cfn-signal"));
        signal.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata);
        signal.args(["--stack", "Web", "--resource", &id, "--deadline", "20s"]);
        let code = if status == "SUCCESS" { "0" } else { "1" };
        signal.args(["-e", code, "--if-complete", "ok"]).output().unwrap().status.success()
    }
}

#[test]
fn an_app_is_bootstrapped_deployed_changed_and_destroyed() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    assert!(cdk.bootstrap().contains("Environment aws://123456789012/us-east-1 bootstrapped."));
    assert!(cdk.bootstrap().contains("bootstrapped (no changes)."));

    let assembly = cdk.synthesised("first", &[]);
    let (code, said) = cdk.deploy(&assembly, &[], "SUCCESS");
    assert_eq!(code, Some(0), "{said}");
    for expected in
        ["✅  Web\n", "Deployment time:", "Web.Id = i-", "Received SUCCESS signal with UniqueId i-"]
    {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // The stack's own end comes last: events are sorted by their times.
    let lines: Vec<_> = said.lines().filter(|it| it.starts_with("Web |")).collect();
    let last = lines.last().unwrap();
    assert!(last.contains("CREATE_COMPLETE") && last.contains("AWS::CloudFormation::Stack"), "{said}");

    let again = cdk.run(&["deploy", "Web", "--app", &assembly]);
    assert!(again.contains("✅  Web (no changes)"), "{again}");
    assert!(cdk.run(&["diff", "Web", "--app", &assembly]).contains("There were no differences"));

    let larger = cdk.synthesised("second", &[("INSTANCE_TYPE", "t3.large")]);
    let diff = cdk.run(&["diff", "Web", "--app", &larger]);
    assert!(diff.contains("[~] AWS::EC2::Instance Server") && diff.contains("[+] t3.large"), "{diff}");
    let updated = cdk.run(&["deploy", "Web", "--require-approval", "never", "--app", &larger]);
    assert!(updated.contains("UPDATE_COMPLETE") && updated.contains("✅  Web\n"), "{updated}");

    let destroyed = cdk.run(&["destroy", "--force", "Web", "--app", &larger]);
    assert!(destroyed.contains("✅  Web: destroyed"), "{destroyed}");
}

#[test]
fn a_deployment_that_fails_is_told_in_the_cdks_words_and_its_repair_goes_over_it() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    cdk.bootstrap();
    let assembly = cdk.synthesised("app", &[]);
    let (code, said) = cdk.deploy(&assembly, &["--method=direct"], "FAILURE");
    assert_eq!(code, Some(1), "{said}");
    for expected in ["ROLLBACK_COMPLETE", "❌", "Received FAILURE signal with UniqueId i-"] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let (code, said) = cdk.deploy(&assembly, &[], "SUCCESS");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("✅  Web\n"), "{said}");
}

#[test]
fn the_legacy_synthesizer_has_its_assets_in_the_toolkits_bucket() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    let assembly = cdk.synthesised("legacy", &[("SYNTHESIZER", "legacy")]);
    let (code, said) = cdk.said(&["deploy", "Web", "--require-approval", "never", "--app", &assembly]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("bootstrap"), "{said}");
    cdk.bootstrap();
    let (code, said) = cdk.deploy(&assembly, &[], "SUCCESS");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("✅  Web\n"), "{said}");
    let again = cdk.run(&["deploy", "Web", "--app", &assembly]);
    assert!(again.contains("✅  Web (no changes)"), "{again}");
}

#[test]
fn the_synthesizer_of_the_cli_s_own_credentials_deploys_either_way() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    cdk.bootstrap();
    let assembly = cdk.synthesised("cli", &[("SYNTHESIZER", "cli")]);
    let (code, said) = cdk.deploy(&assembly, &["--method=direct"], "SUCCESS");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("✅  Web\n") && !said.contains("could not be used to assume"), "{said}");
    let larger = cdk.synthesised("larger", &[("SYNTHESIZER", "cli"), ("INSTANCE_TYPE", "t3.large")]);
    let updated = cdk.run(&["deploy", "Web", "--require-approval", "never", "--app", &larger]);
    assert!(updated.contains("UPDATE_COMPLETE"), "{updated}");
}

#[test]
fn a_failure_is_kept_with_no_rollback_and_goes_back_when_asked() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    cdk.bootstrap();
    let assembly = cdk.synthesised("app", &[]);
    let (code, said) = cdk.deploy(&assembly, &["--no-rollback"], "FAILURE");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("CREATE_FAILED") && !said.contains("ROLLBACK_COMPLETE"), "{said}");
    let (code, said) = cdk.said(&["rollback", "Web", "--app", &assembly]);
    assert!(code == Some(0) && said.contains("ROLLBACK_COMPLETE"), "{code:?} {said}");
}

#[test]
fn an_app_that_is_bound_to_an_account_is_deployed_to_that() {
    let account = "210987654321";
    let Some(cdk) = Cdk::open(&["--account", account]) else { return };
    cdk.bootstrap_of(account);
    let assembly = cdk.synthesised("bound", &[("ACCOUNT", account)]);
    let (code, said) = cdk.deploy(&assembly, &[], "SUCCESS");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("arn:aws:cloudformation:us-east-1:210987654321:stack/Web/"), "{said}");
    // Another's is none of this one's.
    let Some(other) = Cdk::open(&[]) else { return };
    let (code, said) = other.said(&["deploy", "Web", "--require-approval", "never", "--app", &assembly]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(account) && said.contains("123456789012"), "{said}");
}

#[test]
fn stacks_that_refer_to_each_other_are_deployed_and_destroyed_together() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    cdk.bootstrap();
    let code = cdk.folder.path().join("code");
    fs::create_dir(&code).unwrap();
    let written = |text: &str| fs::write(code.join("index.js"), text).unwrap();
    written("exports.handler = async () => 1\n");
    let path = code.display().to_string();
    // As the CDK's own command line has it made.
    let context = ("CDK_CONTEXT_JSON", r#"{"aws:cdk:enable-asset-metadata":true}"#);
    let assembly = |out: &str, name: &str| {
        cdk.synthesised_of("stacks.mjs", out, &[("NAME", name), ("CODE", &path), context])
    };
    let one = assembly("first", "one");
    let mapping = r#"{"TopicBFC7AF6E":{"TopicArn":"arn:aws:sns:us-east-1:123456789012:other"}}"#;
    let (status, said) =
        cdk.said(&["import", "Network", "--resource-mapping-inline", mapping, "--app", &one]);
    assert!(status == Some(1) && said.contains("(ChangeSetType IMPORT) is not rehearsed"), "{said}");
    let all = ["deploy", "--all", "--require-approval", "never", "--app"];
    let first = cdk.run(&[&all[..], &[&one]].concat());
    assert!(first.contains("✅  Network\n") && first.contains("✅  Web\n"), "{first}");
    assert!(first.contains("Web.Topic = arn:aws:sns:us-east-1:123456789012:Network-"), "{first}");
    // The nested stack's own change is seen, and made.
    let two = assembly("second", "two");
    let diff = cdk.run(&["diff", "--app", &two]);
    assert!(diff.contains("Number of stacks with differences: 3"), "{diff}");
    let second = cdk.run(&[&all[..], &[&two, "--concurrency", "2"]].concat());
    assert!(second.contains("Web-Inside") && !second.contains("(no changes)"), "{second}");
    // What other services would have to do is refused by them.
    written("exports.handler = async () => 2\n");
    let hotswap = ["deploy", "Web", "--exclusively", "--hotswap", "--app"];
    let (status, said) = cdk.said(&[&hotswap[..], &[&assembly("third", "two")]].concat());
    assert!(status == Some(1) && said.contains("not rehearsed (lambda)"), "{said}");
    let (status, said) = cdk.said(&["drift", "--app", &two]);
    assert!(status == Some(1) && said.contains("nothing drifts in a rehearsal"), "{said}");
    let gone = cdk.run(&["destroy", "--all", "--force", "--app", &two]);
    assert!(gone.contains("✅  Network: destroyed") && gone.contains("✅  Web: destroyed"), "{gone}");
}

#[test]
fn without_a_bootstrap_the_cdk_says_what_to_do() {
    let Some(cdk) = Cdk::open(&[]) else { return };
    let assembly = cdk.synthesised("app", &[]);
    let (code, said) = cdk.said(&["deploy", "Web", "--require-approval", "never", "--app", &assembly]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Please run 'cdk bootstrap'"), "{said}");
}

#[test]
fn what_a_stored_parameter_changes_is_a_difference() {
    let Some((cdk, aws)) = Cdk::open(&[]).zip(python::aws()) else { return };
    let put = |value: &str| {
        let mut put = cdk.account.client(&aws);
        put.args([
            "ssm",
            "put-parameter",
            "--name",
            "/said",
            "--type",
            "String",
            "--overwrite",
            "--value",
            value,
        ]);
        let output = put.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    put("one");
    let assembly = cdk.synthesised_of("stored.mjs", "said", &[]);
    cdk.run(&["deploy", "Said", "--require-approval", "never", "--method=direct", "--app", &assembly]);
    assert!(cdk.run(&["diff", "Said", "--app", &assembly]).contains("There were no differences"));
    put("two");
    // The template is the same: only the change set knows.
    let diff = cdk.run(&["diff", "Said", "--app", &assembly]);
    for expected in ["[~] AWS::SNS::Topic", "[-] one", "[+] two", "Number of stacks with differences: 1"] {
        assert!(diff.contains(expected), "{expected}: {diff}");
    }
}
