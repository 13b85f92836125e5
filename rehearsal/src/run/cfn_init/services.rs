//! `services`: nothing of this machine's is started or stopped. A stub of what would do it is called.

use std::process::Command;

use serde_json::Value as Json;

use super::journal::Journal;
use super::{entries, is_true};

/// Says what an instance would start, and asks stubs to.
pub(super) fn start(section: Option<&Json>, stubs: &[String], journal: &mut Journal) -> Result<(), String> {
    for (manager, services) in entries(section) {
        let tool = match manager.as_str() {
            "systemd" => "systemctl",
            "sysvinit" => "service",
            _ => "",
        };
        for (name, settings) in entries(Some(services)) {
            let verb = match settings.get("ensureRunning") {
                None => continue,
                running if is_true(running) => "start",
                Some(_) => "stop",
            };
            if !stubs.iter().any(|it| it == tool) {
                journal.note(&format!("cfn-init: {manager}: {name}: no service is touched here ({verb})"));
                continue;
            }
            let words = if tool == "systemctl" { [verb, name] } else { [name.as_str(), verb] };
            let well = Command::new(tool).args(words).status().is_ok_and(|status| status.success());
            if !well {
                return Err(format!("Could not {verb} {name}"));
            }
        }
    }
    Ok(())
}
