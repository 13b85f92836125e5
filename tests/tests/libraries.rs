//! What an application pulls in with a library of ours, and what it does not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

/// The names of all that `package` depends on, with those `features`.
fn tree(package: &str, features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .args(features)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_library_has_no_command_line() {
    let library = tree("cfn-signal", &["--no-default-features"]);
    for command in [
        "cfn-signal-command-line",
        "clap",
        "clap_complete",
        "clap_mangen",
        "dns-lookup",
        "roff",
        "tracing-subscriber",
    ] {
        assert!(!library.iter().any(|name| name == command), "{command}");
        assert!(tree("cfn-signal", &[]).iter().any(|name| name == command), "the command has {command}");
    }
}

/// Whatever features are on: it has none.
#[test]
fn the_core_does_no_io() {
    let core = tree("cfn-signal-core", &["--all-features"]);
    for io in ["cfn-signal-instance", "libc", "rustix", "tokio", "tracing", "ureq", "wasmtime"] {
        assert!(!core.iter().any(|name| name == io), "{io}");
    }
    assert!(core.iter().any(|name| name == "hmac"), "{core:?}");
}
