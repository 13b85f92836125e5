//! The walk-through with the CDK: one app, deployed four times to a server that runs user data. It is what `make demo-cdk`
//! shows, word for word.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Stdio;

use cfn_signal_tests::{binaries, cdk};

/// Of each act, in their order: what the CDK says, then what the server says of the script.
const SAID: [(&str, &[&str]); 5] = [
    (
        "cdk deploy GreenAndDead",
        &[
            "AWS::CloudFormation::Stack            | Web User Initiated",
            "✅  GreenAndDead (Web)",
            "✨  Deployment time:",
            "cfn-init: Command 01-web failed",
            "Web/Server: the user data exited with status 1 after",
            "its stack does not wait for that",
        ],
    ),
    ("cdk destroy --force GreenAndDead", &[]),
    (
        "cdk deploy Silent",
        &[
            "Failed resources:",
            "Failed to receive 1 resource signal(s) within the specified duration",
            "❌  Web failed to deploy",
            "Silent/Server  (AWS::EC2::Instance Server)",
            "Web/Server: the user data exited with status 1 after",
        ],
    ),
    (
        "cdk deploy Failing",
        &[
            "ROLLBACK_COMPLETE",
            "❌  Web failed to deploy",
            "Failing/Server  (AWS::EC2::Instance Server)",
            "Received FAILURE signal with UniqueId i-",
            "cfn-init: Command 01-web failed",
            "Web/Server: the user data exited with status 0 after",
        ],
    ),
    (
        "cdk deploy Repaired",
        &[
            "Received SUCCESS signal with UniqueId i-",
            "✅  Repaired (Web)",
            "✨  Deployment time:",
            "Web/Server ~ configured",
            "Web/Server: the user data exited with status 0 after",
        ],
    ),
];

#[test]
fn one_app_is_deployed_four_times() {
    let (Some(packages), Some(python)) = (cdk::packages(), cdk::python()) else { return };
    let bin = binaries::command("cfn-rehearse");
    assert!(binaries::command("cfn-signal").is_file());
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsal/demo/cdk/run");
    let mut command = binaries::isolated(&demo);
    command.arg(bin.parent().unwrap()).arg(python).arg(packages.join("node_modules/.bin/cdk"));
    let output = command.stdin(Stdio::null()).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    let said = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    let mut rest = out.as_ref();
    for (act, lines) in SAID {
        for line in [act].iter().chain(lines) {
            let Some((_, after)) = rest.split_once(line) else {
                panic!("{act}: no {line} in its turn: {said}")
            };
            rest = after;
        }
    }
    assert_eq!(out.matches('✔').count(), 4, "{said}");
}
