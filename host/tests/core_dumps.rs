//! The command leaves no core dump while it holds secrets.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};
use std::sync::mpsc;
use std::thread;

use tempfile::TempDir;

/// Runs `script` where cores may be of any size; it is killed by SIGQUIT (3).
fn quit(script: &str, folder: &TempDir) -> ExitStatus {
    let status = Command::new("sh")
        .args(["-c", &format!("ulimit -c unlimited; {script}")])
        .current_dir(folder.path())
        .env("CFN_SIGNAL_STATE_DIR", "off")
        .env("COMMAND", env!("CARGO_BIN_EXE_cfn-signal"))
        .status()
        .unwrap();
    assert_eq!(status.signal(), Some(3), "{status:?}");
    status
}

#[test]
fn a_delivery_that_is_told_to_quit_leaves_no_core() {
    let folder = TempDir::new().unwrap();
    let able = Command::new("sh").args(["-c", "ulimit -c unlimited"]).status().unwrap().success();
    if !able || !quit("kill -QUIT $$", &folder).core_dumped() {
        eprintln!("skipped: this machine dumps no cores");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/h?Signature=s3cr3t", listener.local_addr().unwrap());
    let asked = folder.path().join("asked");
    let (release, released) = mpsc::channel::<()>();
    thread::spawn(move || {
        let _stream = listener.accept().unwrap();
        fs::write(asked, "").unwrap();
        let _done = released.recv();
    });
    // The shell becomes the command; what it leaves behind waits until the request is under way.
    let script = format!(
        "{{ while ! [ -e asked ]; do sleep 0.05; done; kill -QUIT $$; }} & exec \"$COMMAND\" -i x --no-proxy '{url}'"
    );
    let status = quit(&script, &folder);
    drop(release);
    assert!(!status.core_dumped(), "{status:?}");
}
