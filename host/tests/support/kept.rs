//! A folder for a journal, and the command with it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{Received, Server, answer};

/// A folder for a journal.
pub struct Kept(pub TempDir);

/// The exit code, and what was said.
pub type Said = (Option<i32>, String);

impl Kept {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// `cfn-signal` with a journal here.
    pub fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-signal"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL", url).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "SK");
        command.env("CFN_SIGNAL_STATE_DIR", self.path()).args(arguments).stdin(Stdio::null());
        command
    }

    pub fn run(&self, url: &str, arguments: &[&str]) -> Said {
        said(&self.command(url, arguments).output().unwrap())
    }

    pub fn resume(&self, url: &str, more: &[&str]) -> Said {
        self.run(url, &[&["resume", "--max-attempts", "1", "--url", url], more].concat())
    }

    /// Until it is killed.
    pub fn begin(&self, url: &str, arguments: &[&str]) -> Child {
        let mut command = self.command(url, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|it| it == "signal")).collect()
    }

    pub fn records(&self) -> Vec<Value> {
        self.files().iter().map(last).collect()
    }

    /// The only record's state.
    pub fn state(&self) -> String {
        let [record] = self.records().try_into().unwrap();
        text(&record["state"])
    }

    /// Puts something else into the only record.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        let [file] = self.files().try_into().unwrap();
        let mut record = last(&file);
        change(&mut record);
        fs::write(file, record.to_string()).unwrap();
    }
}

/// The last line of a signal's file.
fn last(file: &PathBuf) -> Value {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

pub const TARGET: [&str; 6] = ["--stack", "S", "--resource", "R", "-i", "i-1"];
/// Where nobody listens.
pub const NOWHERE: &str = "http://127.0.0.1:9";

pub fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [more, &TARGET[..]].concat()
}

/// One that could not be sent.
pub fn unsent(kept: &Kept) {
    let (code, said) = kept.run(NOWHERE, &with(&["-e", "0", "--max-attempts", "1"]));
    assert_eq!((code, kept.state().as_str()), (Some(18), "sent"), "{said}");
}

pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

pub fn of(request: &Received, name: &str) -> String {
    let after = request.target.split(&format!("{name}=")).nth(1).unwrap_or_default();
    after.split('&').next().unwrap().to_owned()
}

pub fn statuses(server: &Server) -> Vec<String> {
    server.received().iter().map(|request| of(request, "Status")).collect()
}

/// One that answers after so many milliseconds.
pub fn slow(milliseconds: u64) -> Server {
    Server::start(move |_| {
        thread::sleep(Duration::from_millis(milliseconds));
        answer(200, "{}")
    })
}

pub fn said_of(command: &mut Command) -> Said {
    said(&command.output().unwrap())
}
