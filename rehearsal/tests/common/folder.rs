//! `cfn-rehearse run` in a folder of its own.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use tempfile::TempDir;

use super::{file, rehearse, text};

/// A folder to run in, with a `cfn-signal` that signals nothing.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = file(&directory, "cfn-signal", "#!/bin/sh\nexit 0\n");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(directory)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        file(&self.0, name, text).display().to_string()
    }

    /// `run` with these arguments: its exit code and all it said.
    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        self.run_with(arguments, "")
    }

    /// The same with something on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> (i32, String) {
        let signal = self.0.path().join("cfn-signal");
        let mut command = rehearse();
        command.current_dir(self.0.path()).arg("run").args(arguments).arg("--cfn-signal").arg(signal);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    }
}

/// Asserts that something was said.
#[track_caller]
pub fn has(said: &str, expected: &str) {
    assert!(said.contains(expected), "{expected:?} is not in\n{said}");
}
