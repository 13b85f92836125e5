//! Commands that stand for those the machine lacks.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::str::FromStr;

use super::quoting::quoted;

/// A command that does nothing but exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// Its name.
    pub name: String,
    /// Its exit status.
    pub exit: u8,
}

/// Not a stub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stub is NAME=EXIT, a command's name and its exit status from 0 to 255, such as cfn-init=1")]
pub struct StubError;

/// Amazon's helpers but the one that is rehearsed.
pub(super) const HELPERS: [&str; 5] =
    ["cfn-init", "cfn-hup", "cfn-get-metadata", "cfn-elect-cmd-leader", "cfn-send-cmd-result"];

impl FromStr for Stub {
    type Err = StubError;

    fn from_str(text: &str) -> Result<Self, StubError> {
        let (name, exit) = text.split_once('=').ok_or(StubError)?;
        let exit = exit.trim().parse().map_err(|_| StubError)?;
        let name = name.trim();
        let plain = !name.is_empty()
            && !name.starts_with(['.', '-'])
            && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_.+[".contains(it));
        if plain { Ok(Self { name: name.to_owned(), exit }) } else { Err(StubError) }
    }
}

impl Stub {
    /// The command: it notes how it was called, and exits.
    pub(super) fn script(&self, log: &Path) -> Vec<u8> {
        let Self { name, exit } = self;
        let mut script =
            format!("#!/bin/sh\nprintf '%s\\n' \"{name}${{*:+ $*}} (stub) exits {exit}\" >>").into_bytes();
        script.extend(quoted(log.as_os_str().as_bytes()));
        script.extend(format!("\nexit {exit}\n").bytes());
        script
    }
}

/// The stubs to make: those asked for, and the helpers that are not `there`.
pub(super) fn complete(asked: &[Stub], there: impl Fn(&str) -> bool) -> Vec<Stub> {
    // The last of a name counts, as it does for parameters.
    let mut stubs: Vec<_> = asked
        .iter()
        .enumerate()
        .filter(|(at, stub)| !asked.iter().skip(at + 1).any(|later| later.name == stub.name))
        .map(|(_, stub)| stub.clone())
        .collect();
    for name in HELPERS {
        if !asked.iter().any(|stub| stub.name == name) && !there(name) {
            stubs.push(Stub { name: name.to_owned(), exit: 0 });
        }
    }
    stubs
}
