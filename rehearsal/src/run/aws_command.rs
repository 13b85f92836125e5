//! The machine's `aws` as an instance of the rehearsal has it: it reaches the rehearsal and nothing else, with nobody's
//! credentials but the instance's, and it knows no region that an instance would not know.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::Surroundings;
use super::quoting::quoted;

/// What it does with the values that stand before it.
const BODY: &str = include_str!("aws_command.sh");

/// The command that stands for `command`.
pub(super) fn script(command: &Path, home: &Path, around: &Surroundings<'_>) -> Vec<u8> {
    let metadata = format!("http://{}", around.metadata);
    // Its own folder, for a command that is found by others of it.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut script = b"#!/bin/sh\n".to_vec();
    for (name, value) in [
        ("command", command.as_os_str().as_bytes()),
        ("home", home.as_os_str().as_bytes()),
        ("path", path.as_bytes()),
        ("here", around.endpoint.as_bytes()),
        ("metadata", metadata.as_bytes()),
    ] {
        script.extend_from_slice(name.as_bytes());
        script.push(b'=');
        script.extend(quoted(value));
        script.push(b'\n');
    }
    script.extend_from_slice(BODY.as_bytes());
    script
}
