//! A runtime of the user's own: `--in`.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

use cfn_signal_tests::binaries;
use tempfile::TempDir;

use super::boxed::{SERVER, left, said, text};

/// As containers do it: the folder is the first word's, a name and a home are set, and the rest is run.
const CONTAINER: &str = "#!/bin/sh
[ -d \"$1\" ] || exit 125
printf '%s\\n' \"$*\" >>\"$0.called\"
shift
export HOME=/container USER=container INSIDE=yes
exec \"$@\"
";

/// What becomes of an instance that a runtime runs; `{runtime}` in the options is that.
fn run(runtime: &str, user_data: &str, options: &[&str]) -> (Output, String) {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let scratch = TempDir::new().unwrap();
    let runtime = file("runtime", runtime);
    std::fs::set_permissions(&runtime, PermissionsExt::from_mode(0o755)).unwrap();
    let options = options.iter().map(|it| it.replace("{runtime}", &runtime.to_string_lossy()));
    let output = binaries::cfn_rehearse()
        .arg("run")
        .arg(file("template.yaml", SERVER))
        .arg("--user-data")
        .arg(file("user-data", user_data))
        .args(["--region", "eu-west-3"])
        .args(options)
        .env("TMPDIR", scratch.path())
        .output()
        .unwrap();
    assert_eq!(left(&scratch), Vec::<String>::new(), "{}", text(&output));
    (output, std::fs::read_to_string(folder.path().join("runtime.called")).unwrap_or_default())
}

const SIGNALS: &str = "#!/bin/bash
echo \"inside $INSIDE; ${HOME-no home} ${USER-no user}; $0\"
/opt/aws/bin/cfn-init -v --stack rehearsal --resource Server && /opt/aws/bin/cfn-signal -e $? --stack rehearsal --resource Server --region eu-west-3
";

#[test]
fn a_runtime_is_given_what_to_run_and_its_signals_count() {
    let (output, called) = run(CONTAINER, SIGNALS, &["--in", "{runtime} {root}"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output);
    let own = said.iter().find(|it| it.starts_with("inside yes; no home no user; ")).unwrap();
    let script = own.rsplit(' ').next().unwrap();
    // Once to try it, and once for the script.
    let calls: Vec<&str> = called.lines().collect();
    assert_eq!(calls.len(), 2, "{called}");
    let root = calls[1].split(' ').next().unwrap();
    assert!(script.starts_with(&format!("{root}/")) && calls[1].ends_with(script), "{called}");
    assert!(
        text(&output).contains("cfn-init -v --stack rehearsal --resource Server (stub) exits 0"),
        "{called}"
    );
}

#[test]
fn a_runtime_that_is_none_is_told_of_before_anything_runs() {
    for (runtime, command, says) in [
        ("", "no-such-runtime {root}", "no-such-runtime: there is no such command"),
        ("", "{runtime} /nowhere", "the command has to name {root}"),
        (CONTAINER, "{runtime} x{root}", "it ended with exit status: 125; it has to run what is added to it"),
        (
            "#!/bin/sh\necho >&2 'no such image'\nexit 3\n",
            "{runtime} {root}",
            "it ended with exit status: 3: no such image;",
        ),
        (
            "#!/bin/sh\n",
            "{runtime} {root}",
            "it ended well, but has not run what was added to it, or not with {root};",
        ),
    ] {
        let (output, _) = run(runtime, "#!/bin/sh\necho ran\n", &["--in", command]);
        assert_eq!(output.status.code(), Some(2), "{command}: {}", text(&output));
        assert!(text(&output).contains(says), "{command}: {}", text(&output));
        assert!(output.stdout.is_empty(), "{command}: {}", text(&output));
    }
}

#[test]
fn another_network_is_told_of() {
    let apart = "#!/bin/sh\nshift\nexec unshare --map-root-user --net \"$@\"\n";
    let (output, _) = run(apart, "#!/bin/sh\n", &["--in", "{runtime} {root}"]);
    if text(&output).contains("unshare") {
        eprintln!("skipped: needs user namespaces: {}", text(&output));
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("--in: what runs there has another network, "), "{}", text(&output));
}

#[test]
fn what_a_runtime_cannot_have_is_refused() {
    for (options, says) in [
        (&["--in", "sh {root}", "--init", "run"][..], "--init run: cfn-init is a stub with --in"),
        (&["--in", "sh {root}", "--root", "/"], "cannot be used with"),
        (&["--in", "sh {root}", "--init", "cloud-init"], "give one with --root"),
    ] {
        let (output, _) = run("", "#!/bin/sh\n", options);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {}", text(&output));
        assert!(text(&output).contains(says), "{options:?}: {}", text(&output));
    }
}
