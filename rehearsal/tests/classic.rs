//! A template of a shape that Amazon's samples made common, run.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::common::{file, rehearse, text};
use tempfile::TempDir;

#[test]
fn lamp_runs() {
    let directory = TempDir::new().unwrap();
    let fake = file(&directory, "cfn-signal", "#!/bin/sh\necho \"signalled $*\"\n");
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/templates/classic/lamp.json");
    for (stubs, signalled) in [(["yum=0", "cfn-init=0"], true), (["yum=0", "cfn-init=1"], false)] {
        let mut command = rehearse();
        command.arg("run").arg(&path).arg("--cfn-signal").arg(&fake);
        for stub in stubs {
            command.args(["--stub", stub]);
        }
        let output = command.output().unwrap();
        let said = text(&output.stdout);
        assert!(
            said.contains("WebServerInstance ~ yum update -y aws-cfn-bootstrap (stub) exits 0"),
            "{said}"
        );
        // With -e a failing cfn-init keeps everybody from knowing.
        assert_eq!(said.contains("| signalled -e 0 --stack rehearsal"), signalled, "{said}");
        assert_eq!(said.contains("the user data exited with status 1"), !signalled, "{said}");
    }
}
