//! A runtime of the user's own that scripts run in, such as a container's: a command that is given what to run.

use std::env;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::str::FromStr;

use super::ScratchError;
use super::directory::Directory;
use super::scratch::{on_path, runnable};

/// What stands for the instance's folder.
const ROOT: &str = "{root}";

/// What containers set, and systemd does not set for cloud-init.
const UNSET: [&str; 5] = ["HOME", "USER", "LOGNAME", "SHELL", "TERM"];

/// Runs there first. It says which network it has, and where aws is.
const TRIAL: &[u8] = b"#!/bin/sh\n{ readlink /proc/self/ns/net || echo; command -v aws; } >\"$0.seen\"\n\
    [ -e \"$0.seen\" ]\n";

/// The words of its command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime(Vec<String>);

/// A runtime that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    runtime: Runtime,
    /// Whether its network is this machine's.
    shares_network: bool,
    /// What `aws` is there.
    pub(super) aws: Option<PathBuf>,
}

impl FromStr for Runtime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = shlex::split(text).ok_or("a quote is not closed")?;
        let program =
            words.first_mut().ok_or("a command is needed, such as 'podman run -v {root}:{root} IMAGE'")?;
        let there = if program.contains('/') { runnable(Path::new(program)) } else { on_path(program) };
        if there.is_none() {
            return Err(format!("{program}: there is no such command"));
        }
        if !words.iter().any(|word| word.contains(ROOT)) {
            return Err(format!(
                "the command has to name {ROOT}, the folder that the instance's files are in, which it needs at the same path: \
                 -v {ROOT}:{ROOT}"
            ));
        }
        Ok(Self(words))
    }
}

impl Runtime {
    /// Has it run something that does nothing, and looks for what that has left.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Runtime`] where it fails, or has another folder there.
    pub fn tried(&self) -> Result<Tried, ScratchError> {
        let directory = Directory::create()?;
        let root = directory.path().join("disk");
        let (trial, seen) = (root.join("trial"), root.join("trial.seen"));
        fs::create_dir(&root)?;
        fs::write(&trial, TRIAL)?;
        fs::set_permissions(&trial, Permissions::from_mode(0o700))?;
        let output = self.command(&root, &trial, &[]).stdin(Stdio::null()).output();
        let said = output.map_err(|error| self.failed(error.to_string()))?;
        if !said.status.success() {
            return Err(self.failed(ending(&said)));
        }
        let seen = fs::read_to_string(seen).map_err(|_| {
            self.failed(format!("it ended well, but has not run what was added to it, or not with {ROOT}"))
        })?;
        let mut lines = seen.lines();
        let network = lines.next().unwrap_or_default();
        let own = fs::read_link("/proc/self/ns/net").unwrap_or_default();
        let aws = lines.next().filter(|it| it.starts_with('/')).map(PathBuf::from);
        Ok(Tried { runtime: self.clone(), shares_network: Path::new(network) == own, aws })
    }

    fn failed(&self, problem: String) -> ScratchError {
        ScratchError::Runtime { command: self.0.join(" "), problem }
    }

    /// A command that runs `program` there with this environment besides its own.
    fn command(&self, root: &Path, program: &Path, environment: &[(&str, OsString)]) -> Command {
        let root = root.to_string_lossy();
        let mut words = self.0.iter().map(|word| word.replace(ROOT, &root));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).arg("env");
        // Where the runtime gives what it has: nobody's credentials.
        let own = env::vars_os().map(|(name, _)| name).filter(|it| it.as_bytes().starts_with(b"AWS_"));
        for name in UNSET.into_iter().map(OsString::from).chain(own) {
            command.arg("-u").arg(name);
        }
        for (name, value) in environment {
            let mut assignment = OsString::from(name);
            assignment.push("=");
            assignment.push(value);
            command.arg(assignment);
        }
        command.arg(program);
        command
    }
}

impl Tried {
    /// What is said of it before anything runs.
    #[must_use]
    pub fn announcement(&self) -> Option<String> {
        (!self.shares_network).then(|| {
            "--in: what runs there has another network, in which cfn-signal does not reach the rehearsal: give it this machine's \
             (podman, docker: --network host)"
                .to_owned()
        })
    }

    /// A command that runs `program` there with this environment besides its own. The runtime itself has all that whoever
    /// rehearses has.
    pub(super) fn command(&self, root: &Path, program: &Path, environment: &[(&str, OsString)]) -> Command {
        self.runtime.command(root, program, environment)
    }
}

/// How it failed, and what it said last.
fn ending(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().map(str::trim).rfind(|it| !it.is_empty()).map(|it| format!(": {it}"));
    format!("it ended with {}{}", output.status, last.unwrap_or_default())
}

#[cfg(test)]
mod tests;
