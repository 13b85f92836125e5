//! What this machine lacks says nothing of the stack.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use crate::common::{SERVER, file, text};
use tempfile::TempDir;

const SCRIPT: &str = "#!/bin/sh\necho ran\n";
const PARTS: &str = "#cloud-config-archive\n- \"#!/bin/sh\\necho ran\"\n- \"#!/bin/sh\\necho too\"\n";

/// A rehearsal of this user data, by a shell that prepares for it.
fn after(prepare: &str, user_data: &str) -> Output {
    let directory = TempDir::new().unwrap();
    let signal = file(&directory, "cfn-signal", "#!/bin/sh\n");
    fs::set_permissions(&signal, fs::Permissions::from_mode(0o755)).unwrap();
    let home = directory.path().join("home");
    fs::create_dir(&home).unwrap();
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command = Command::new("env");
    } else {
        command.args(["--mount", "--propagation", "private"]);
    }
    command
        .args(["sh", "-c", &format!("cd \"$TMPDIR\" && {prepare} && exec \"$@\"; exit 77"), "sh"])
        .arg(env!("CARGO_BIN_EXE_cfn-rehearse"))
        .arg("run")
        .arg(file(&directory, "template.yaml", SERVER))
        .arg("--user-data")
        .arg(file(&directory, "user-data", user_data))
        .arg("--cfn-signal")
        .arg(signal)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("TMPDIR", &home)
        .output()
        .unwrap()
}

/// Nothing was rehearsed, nothing is said of a stack, and this is why.
fn unusable(output: &Output, why: &[&str]) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{out}{err}");
    assert!(why.iter().all(|why| err.contains(why)), "{err}");
    assert!(!out.contains("ROLLBACK") && !out.contains("Advice"), "{out}");
}

#[test]
fn a_temporary_directory_where_nothing_may_run() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    for user_data in [SCRIPT, PARTS] {
        let output = after("mount -t tmpfs -o size=9m,noexec tmpfs \"$TMPDIR\"", user_data);
        unusable(&output, &["cfn-rehearse: TMPDIR (", ") is mounted noexec", "set TMPDIR to a directory"]);
        assert!(!text(&output.stdout).contains("CREATE_IN_PROGRESS"), "{output:?}");
    }
}

#[test]
fn too_few_descriptors() {
    for user_data in [SCRIPT, PARTS] {
        for count in 11..24 {
            let output = after(&format!("ulimit -n {count}"), user_data);
            if output.status.code() == Some(1) {
                assert!(text(&output.stdout).contains("| ran\n"), "{count}: {output:?}");
                continue;
            }
            unusable(&output, &["Too many open files"]);
        }
    }
}

#[test]
fn a_full_disk_once_the_user_data_is_written() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let long = format!("{SCRIPT}: {}\n", "x".repeat(15_000));
    let output = after("mount -t tmpfs -o size=32k tmpfs \"$TMPDIR\"", &long);
    unusable(&output, &["No space left on device", "set TMPDIR"]);
}

#[test]
fn an_interpreter_that_is_not_there_is_the_stacks_failure() {
    let output = after("true", "#!/no/such/interpreter\n");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stdout).contains("its first line is #!/no/such/interpreter"), "{output:?}");
}
