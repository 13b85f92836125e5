//! The command line, read.

use std::time::Duration;

use cfn_signal_core::delivery::Status;
use cfn_signal_core::secret::Secret;

use super::definition::GROUPS;
use super::number;
use super::optparse::Line;
use super::value;
use super::voice::Format;
use cfn_signal_instance::finder::Auth;

/// The command line. An option that is empty where the original takes that for absent is `None`.
#[derive(Clone)]
pub struct Options {
    /// The positional, if there is one; more are ignored, as in the original.
    pub handle: Option<Secret>,
    /// Success or failure.
    pub status: Status,
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
    /// How often to try what may fail for lasting reasons.
    pub max_attempts: u32,
    /// The longest wait.
    pub max_delay: Duration,
    /// A stack that is not waiting any more is no failure.
    pub complete_is_ok: bool,
    /// Send nothing.
    pub dry_run: bool,
    /// The outcome as JSON.
    pub json: bool,
    /// How much is said.
    pub verbosity: u8,
    /// How it is said.
    pub log_format: Format,
}

impl Options {
    /// Reads a line that the table has been applied to.
    ///
    /// # Errors
    ///
    /// A complaint in optparse's manner.
    pub(super) fn read(line: &Line) -> Result<Self, String> {
        let options = Self::from(line);
        let signed =
            options.credential_file.is_some() || options.role.is_some() || options.access_key.is_some();
        if options.auth == Auth::Instance && signed {
            return Err("--auth instance goes with no --credential-file, --role or --access-key".to_owned());
        }
        Ok(options)
    }
}

impl From<&Line> for Options {
    fn from(line: &Line) -> Self {
        let text = |name: &str| line.value(&GROUPS, name);
        let filled = |name: &str| text(name).filter(|value| !value.is_empty());
        let is = |name: &str, value: &str| text(name).is_some_and(|given| given == value);
        let has = |name: &str| line.count(name) > 0;
        // What could not be read was refused with the line.
        let duration =
            |name: &str| text(name).and_then(|text| value::duration(&text).ok()).unwrap_or_default();
        let failed = text("exit-code").is_some_and(|code| number::is_zero(&code) != Some(true));
        let handle = line.positionals.first().filter(|handle| !handle.is_empty());
        Self {
            handle: handle.cloned().map(Secret::from),
            status: if failed || is("success", "false") { Status::Failure } else { Status::Success },
            id: text("id"),
            credential_file: filled("credential-file"),
            role: filled("role"),
            access_key: filled("access-key"),
            secret_key: filled("secret-key").map(Secret::from),
            auth: match text("auth").as_deref() {
                Some("instance") => Auth::Instance,
                Some("sigv4") => Auth::SigV4,
                _ => Auth::Auto,
            },
            http_proxy: filled("http-proxy").map(Secret::from),
            https_proxy: filled("https-proxy").map(Secret::from),
            no_proxy: has("no-proxy"),
            ca_bundle: filled("ca-bundle"),
            reason: filled("reason"),
            data: filled("data"),
            stack: filled("stack"),
            resource: text("resource"),
            url: filled("url"),
            region: text("region"),
            discover: has("discover"),
            fips: has("fips"),
            dual_stack: has("dual-stack"),
            deadline: duration("deadline"),
            max_attempts: text("max-attempts").and_then(|text| value::number(&text).ok()).unwrap_or(1),
            max_delay: duration("max-delay"),
            complete_is_ok: is("if-complete", "ok"),
            dry_run: has("dry-run"),
            json: is("output", "json"),
            verbosity: u8::try_from(line.count("verbose")).unwrap_or(u8::MAX),
            log_format: if is("log-format", "json") { Format::Json } else { Format::Text },
        }
    }
}
