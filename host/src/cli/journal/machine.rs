//! Which machine this is, and since when it runs: a journal may come with the image of another.

use std::fs;

use cfn_signal_command_line::Hardware;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cli::hardware;

/// What is known of a machine without asking anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Machine {
    /// The instance's id, by its hardware.
    instance: Option<String>,
    /// Of its system, hashed: it is nobody else's to know.
    system: Option<String>,
    /// Of this start of it.
    boot: Option<String>,
}

impl Machine {
    /// This one.
    pub(in crate::cli) fn this() -> Self {
        let instance = match hardware::of_this_machine() {
            Hardware::Instance(id) => Some(id),
            _ => None,
        };
        // Source: <https://www.freedesktop.org/software/systemd/man/latest/machine-id.html>
        let system = line("/etc/machine-id").filter(|id| id != "uninitialized").map(|id| {
            let digest = Sha256::digest(format!("cfn-signal {id}").as_bytes());
            digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
        });
        Self { instance, system, boot: line("/proc/sys/kernel/random/boot_id") }
    }

    /// Whether `other` is certainly another.
    pub(in crate::cli) fn is_another_than(&self, other: &Self) -> bool {
        let differ =
            |one: &Option<String>, two: &Option<String>| one.is_some() && two.is_some() && one != two;
        differ(&self.instance, &other.instance) || differ(&self.system, &other.system)
    }

    /// Whether it has been started anew since it was `other`; not where that is unknown.
    pub(in crate::cli) fn has_restarted_since(&self, other: &Self) -> bool {
        self.boot.is_some() && other.boot.is_some() && self.boot != other.boot
    }
}

fn line(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Machine;

    fn machine(instance: &str, system: &str, boot: &str) -> Machine {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Machine { instance: known(instance), system: known(system), boot: known(boot) }
    }

    #[test]
    fn what_is_not_known_makes_no_other_machine() {
        let this = machine("i-1", "a", "1");
        assert!(!this.is_another_than(&machine("i-1", "a", "2")));
        assert!(!this.is_another_than(&machine("", "", "")));
        assert!(!machine("", "a", "").is_another_than(&machine("i-1", "a", "")));
        assert!(this.is_another_than(&machine("i-2", "a", "1")));
        assert!(this.is_another_than(&machine("", "b", "1")));
        assert!(this.has_restarted_since(&machine("i-1", "a", "2")));
        assert!(!this.has_restarted_since(&machine("i-1", "a", "1")));
        assert!(!this.has_restarted_since(&machine("i-1", "a", "")));
    }

    #[test]
    fn the_system_is_not_told_by_its_own_name() {
        let this = Machine::this();
        let named = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
        if let Some(system) = &this.system {
            assert_ne!(system, named.trim());
        }
        assert!(!this.is_another_than(&Machine::this()));
    }
}
