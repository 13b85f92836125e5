//! What is armed, as it is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::moment;
use crate::cli::state::Names;

/// What is armed. It holds secrets, and is nobody else's to read.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub names: Names,
    /// When it is due, in milliseconds of [`moment::now`].
    pub due: u64,
    /// When it was armed, likewise.
    #[serde(default)]
    pub armed: u64,
    /// How long there was, in words.
    pub after: String,
    /// What was typed.
    pub arguments: Vec<String>,
    /// What of the environment makes a difference to a signal.
    pub environment: BTreeMap<String, String>,
    /// Where it was typed.
    pub folder: PathBuf,
    /// The exit code of the signal, once it was sent.
    pub fired: Option<u8>,
}

impl Record {
    pub(super) fn new(names: Names, arguments: &Arguments) -> Self {
        let now = moment::now();
        let milliseconds = |moment: Duration| u64::try_from(moment.as_millis()).unwrap_or(u64::MAX);
        Self {
            names,
            due: milliseconds(now.saturating_add(arguments.deadline)),
            armed: milliseconds(now),
            after: humantime::format_duration(arguments.deadline).to_string(),
            arguments: std::env::args_os().skip(2).map(|word| word.to_string_lossy().into_owned()).collect(),
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, _)| matters(name))
                .collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            fired: None,
        }
    }

    /// How long there is yet.
    pub(super) fn left(&self) -> Duration {
        Duration::from_millis(self.due).saturating_sub(moment::now())
    }

    /// How long it has been armed.
    pub(super) fn age(&self) -> Duration {
        moment::now().saturating_sub(Duration::from_millis(self.armed))
    }

    /// What it came to, without what was needed for it.
    pub(super) fn over(self, fired: u8) -> Self {
        Self { arguments: Vec::new(), environment: BTreeMap::new(), fired: Some(fired), ..self }
    }
}

/// Whether a signal may depend on the variable `name`.
fn matters(name: &str) -> bool {
    const OTHERS: [&str; 13] = [
        "HOME",
        "USERPROFILE",
        "PATH",
        "SYSTEMROOT",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "CA_OVERRIDE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NO_PROXY",
        "no_proxy",
        "REQUEST_METHOD",
        "CFN_SIGNAL_STATE_DIR",
    ];
    name.starts_with("AWS_") || name.to_ascii_uppercase().ends_with("_PROXY") || OTHERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::matters;

    #[test]
    fn variables_of_aws_proxies_and_certificates_are_kept_and_no_others() {
        assert!(
            ["AWS_REGION", "https_proxy", "HTTP_PROXY", "SSL_CERT_FILE", "HOME"].into_iter().all(matters)
        );
        assert!(!["DATABASE_PASSWORD", "LD_PRELOAD", "PS1"].into_iter().any(matters));
    }
}
