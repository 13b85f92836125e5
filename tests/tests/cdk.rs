//! What the CDK synthesises, rehearsed as it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::{Command, Output};

use cfn_signal_tests::{binaries, cdk};

const SERVER: &str = "Server7E7D21FA961747c33479307a";
const FLEET: &str = "FleetASG3971DFE5";

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn rehearsed(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = binaries::cfn_rehearse();
    command.arg("run").arg(cdk::synthesised("Web.template.json")).args(arguments);
    let output = command.output().unwrap();
    (output.status.code(), said(&output))
}

#[test]
fn an_instance_with_init_signals_what_cfn_init_said() {
    let (code, said) = rehearsed(&["--resource", SERVER, "--stub", "cfn-init=0"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(&format!("cfn-init -v --region us-east-1 --stack rehearsal --resource {SERVER}")),
        "{said}"
    );
    assert!(said.contains("Received SUCCESS signal with UniqueId i-"), "{said}");
    assert!(said.contains(&format!("{SERVER}: the user data exited with status 0")), "{said}");

    let (code, said) = rehearsed(&["--resource", SERVER, "--stub", "cfn-init=7"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("(stub) exits 7"), "{said}");
    assert!(said.contains("Received FAILURE signal with UniqueId i-"), "{said}");
}

#[test]
fn the_instance_and_the_whole_fleet_signal_for_themselves() {
    let (code, said) = rehearsed(&["--stub", "cfn-init=0"]);
    assert_eq!(code, Some(0), "{said}");
    for resource in [SERVER, FLEET] {
        assert!(said.contains(&format!("--resource {resource} ")), "{said}");
    }
    assert_eq!(said.matches("Received SUCCESS signal with UniqueId i-").count(), 4, "{said}");
    assert_eq!(said.matches("the user data exited with status 0").count(), 4, "{said}");
    assert!(said.contains("Stack rehearsal is CREATE_COMPLETE"), "{said}");
}

/// `make cdk` writes what is checked in.
#[test]
fn the_synthesis_is_reproducible() {
    let Some(packages) = cdk::packages() else { return };
    let app = packages.join("app.mjs");
    fs::copy(cdk::app(), &app).unwrap();
    let out = packages.join("tested");
    let mut node = Command::new("node");
    node.arg(app).arg(&out).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = node.env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let fresh = fs::read_to_string(out.join("Web.template.json")).unwrap();
    let checked_in = fs::read_to_string(cdk::synthesised("Web.template.json")).unwrap();
    assert!(fresh == checked_in, "tests/cdk/synthesised is not what tests/cdk/app.mjs says: run `make cdk`");
}
