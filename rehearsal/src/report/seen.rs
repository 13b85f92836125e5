//! What was seen of an instance's user data: in its text before it ran, and in what it said.

use crate::run::user_data::UserData;

/// What a text has in it that signals: Amazon's helper or ours, the API's action in its spellings, a handle's URL.
pub(crate) const SIGNS: [&str; 5] =
    ["cfn-signal", "signal-resource", "signal_resource", "SignalResource", "/cloudformation-waitcondition-"];

/// What advice may be built on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether its text has anything in it that signals.
    pub signals: bool,
    /// Whether a command that fails ends it.
    pub errexit: bool,
    /// Whether it calls `cfn-init`.
    pub inits: bool,
    /// Whether its instance has booted again.
    pub rebooted: bool,
    /// Lists of cloud-config that others took the place of, in words.
    pub replaced: Vec<String>,
    /// Parts that were not started, and why.
    pub not_started: Vec<String>,
    /// Variables that it missed, and an instance's script would.
    pub unset: Vec<&'static str>,
    /// Stubs that failed, and how: `dnf=1`.
    pub failed_stubs: Vec<String>,
}

/// What a login has, or this machine's user, and cloud-init does not give.
const UNSET: [&str; 7] =
    ["HOME", "USER", "LOGNAME", "SHELL", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL"];

/// How shells say that a variable is not set, under `set -u` or `${…:?}`, and how programs do.
const SAID: [&str; 5] = [
    ": unbound variable",
    ": parameter not set",
    ": parameter null or not set",
    " not set",
    " is not defined",
];

/// How AWS's tools say that they have no region.
const NO_REGION: [&str; 2] = ["must specify a region", "NoRegionError"];

impl Seen {
    /// Of a text that has not run yet.
    #[must_use]
    pub fn of(user_data: &UserData) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| user_data.mentions(word));
        let first = user_data.first_line();
        let by_option = first.split_whitespace().skip(1).any(|it| {
            it.strip_prefix('-').is_some_and(|letters| !letters.starts_with('-') && letters.contains('e'))
        });
        Self {
            signals: has(&SIGNS),
            errexit: by_option
                || has(&[
                    "set -e",
                    "set -x -e",
                    "set -o errexit",
                    "set -ue",
                    "set -xe",
                    "set -uxe",
                    "set -xue",
                ]),
            inits: has(&["cfn-init"]),
            replaced: user_data.replaced().map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    /// It said something, or a stub that it called did.
    pub fn hear(&mut self, line: &str, stub: bool) {
        if stub {
            return self.hear_stub(line);
        }
        let missing = UNSET.iter().find(|name| {
            SAID.iter().any(|said| {
                line.ends_with(&format!("{name}{said}")) || line.contains(&format!("{name}{said} "))
            })
        });
        let region = NO_REGION.iter().any(|said| line.contains(said)).then_some(&"AWS_DEFAULT_REGION");
        if let Some(name) = missing.or(region)
            && !self.unset.contains(name)
        {
            self.unset.push(name);
        }
    }

    fn hear_stub(&mut self, line: &str) {
        let Some((called, status)) = line.rsplit_once(" (stub) exits ") else { return };
        let name = called.split(' ').next().unwrap_or_default();
        let failed = format!("{name}={status}");
        if status != "0" && !self.failed_stubs.contains(&failed) {
            self.failed_stubs.push(failed);
        }
    }
}

#[cfg(test)]
mod tests;
