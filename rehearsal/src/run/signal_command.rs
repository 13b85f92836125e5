//! `cfn-signal` as an instance of the rehearsal has it: it reaches the rehearsal and nothing else, even where a script
//! clears its environment (`env -i`, `sudo`) or names another endpoint (`--url`, as the CDK writes it), and a wrong
//! region is noticed although every region's endpoint is here.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::Surroundings;
use super::quoting::quoted;
use crate::paths::ELSEWHERE;
use crate::signal_options::OPTIONS;

/// What it does with the values that stand before it.
const BODY: &str = include_str!("signal_command.sh");

/// The command that stands at `/opt/aws/bin/cfn-signal` for `command`.
pub(super) fn script(command: &Path, home: &Path, state: &Path, around: &Surroundings<'_>) -> Vec<u8> {
    let Surroundings { region, endpoint, metadata, .. } = around;
    let names = OPTIONS.map(|(_, name)| name).join(" ");
    let letters = OPTIONS.map(|(letter, _)| letter).concat();
    let metadata = format!("http://{metadata}");
    let mut script = b"#!/bin/sh\n".to_vec();
    for (name, value) in [
        ("command", command.as_os_str().as_bytes()),
        ("home", home.as_os_str().as_bytes()),
        ("state", state.as_os_str().as_bytes()),
        ("region", region.as_bytes()),
        ("here", endpoint.as_bytes()),
        ("elsewhere", format!("{endpoint}{ELSEWHERE}").as_bytes()),
        ("metadata", metadata.as_bytes()),
        ("options", names.as_bytes()),
        ("letters", letters.as_bytes()),
    ] {
        script.extend_from_slice(name.as_bytes());
        script.push(b'=');
        script.extend(quoted(value));
        script.push(b'\n');
    }
    script.extend_from_slice(BODY.as_bytes());
    script
}
