//! The command line, read.

use std::time::Duration;

use cfn_signal_core::delivery::Status;
use cfn_signal_core::secret::Secret;
use cfn_signal_instance::finder::Auth;

use super::voice::Format;

/// What was typed, each option as its row in the table sets it. One that is empty where the original takes that for absent is
/// `None`.
#[derive(Clone, Default)]
pub struct Options {
    /// The positional, if there is one; more are ignored, as in the original.
    pub handle: Option<Secret>,
    /// By `--exit-code`.
    pub failed: bool,
    /// By `--success false`.
    pub denied: bool,
    /// May be empty.
    pub id: Option<String>,
    /// A file with keys.
    pub credential_file: Option<String>,
    /// A role of the instance, by name.
    pub role: Option<String>,
    /// An access key id.
    pub access_key: Option<String>,
    /// Its secret.
    pub secret_key: Option<Secret>,
    /// Which kinds of identity may be used.
    pub auth: Auth,
    /// The proxy for `http`.
    pub http_proxy: Option<Secret>,
    /// The proxy for `https`.
    pub https_proxy: Option<Secret>,
    /// No proxy at all.
    pub no_proxy: bool,
    /// The certificates to trust.
    pub ca_bundle: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// For the wait condition.
    pub data: Option<String>,
    /// Name or ARN.
    pub stack: Option<String>,
    /// May be empty.
    pub resource: Option<String>,
    /// An endpoint in place of the region's.
    pub url: Option<String>,
    /// May be empty.
    pub region: Option<String>,
    /// Take what is missing from the instance's tags.
    pub discover: bool,
    /// The FIPS endpoint.
    pub fips: bool,
    /// The dual-stack endpoint.
    pub dual_stack: bool,
    /// When to give up.
    pub deadline: Duration,
    /// How often to try what may fail for lasting reasons, if there is a limit.
    pub max_attempts: Option<u32>,
    /// The longest wait.
    pub max_delay: Duration,
    /// A stack that is not waiting any more is no failure.
    pub complete_is_ok: bool,
    /// What has to hold before a success; the native command's.
    pub wait_for: Vec<String>,
    /// For all of that together.
    pub gate_timeout: Duration,
    /// Send nothing.
    pub dry_run: bool,
    /// The outcome as JSON.
    pub json: bool,
    /// How much is said.
    pub verbosity: u8,
    /// How it is said.
    pub log_format: Format,
    /// A shell's script is asked for; the native command's.
    pub completions: Option<String>,
    /// The manual page is asked for; the native command's.
    pub manual: bool,
    /// Where the journal and what is armed are kept; the native command's.
    pub state_dir: Option<String>,
    /// A component to run; the native command's, built with a compiler.
    pub component: Option<String>,
}

impl Options {
    /// Success or failure.
    #[must_use]
    pub const fn status(&self) -> Status {
        if self.failed || self.denied { Status::Failure } else { Status::Success }
    }

    /// Whether the options go together.
    ///
    /// # Errors
    ///
    /// A complaint in optparse's manner.
    pub(super) fn agree(&self) -> Result<(), String> {
        let signed = self.credential_file.is_some() || self.role.is_some() || self.access_key.is_some();
        if self.auth == Auth::Instance && signed {
            return Err("--auth instance goes with no --credential-file, --role or --access-key".to_owned());
        }
        Ok(())
    }
}

/// `value`, unless it is empty.
pub(super) fn filled(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}
