//! The command line, read.

use std::time::Duration;

use cfn_signal_component::delivery::Status;
use cfn_signal_component::secret::Secret;
use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, Command, Error};
use clap_complete::Shell;

use super::log::Format;
use super::number;
use crate::credentials::Auth;

/// The command line. An option that is empty where the original takes that for absent is `None`.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The positional, if there is one; more are ignored, as in the original.
    pub handle: Option<Secret>,
    pub status: Status,
    /// May be empty.
    pub id: Option<String>,
    pub credential_file: Option<String>,
    pub role: Option<String>,
    pub access_key: Option<String>,
    pub secret_key: Option<Secret>,
    pub auth: Auth,
    pub http_proxy: Option<Secret>,
    pub https_proxy: Option<Secret>,
    pub no_proxy: bool,
    pub ca_bundle: Option<String>,
    pub reason: Option<String>,
    pub data: Option<String>,
    pub stack: Option<String>,
    /// May be empty.
    pub resource: Option<String>,
    pub url: Option<String>,
    /// May be empty.
    pub region: Option<String>,
    pub discover: bool,
    pub fips: bool,
    pub dual_stack: bool,
    pub deadline: Duration,
    pub max_attempts: u32,
    pub max_delay: Duration,
    pub complete_is_ok: bool,
    pub dry_run: bool,
    pub json: bool,
    pub verbosity: u8,
    pub log_format: Format,
    pub completions: Option<Shell>,
    pub man: bool,
    /// A component to run in place of the embedded one.
    #[cfg(feature = "jit")]
    pub component: Option<String>,
}

impl Options {
    /// Reads plain arguments.
    ///
    /// # Errors
    ///
    /// A complaint in optparse's manner.
    pub(super) fn read(command: Command, arguments: Vec<String>) -> Result<Self, String> {
        let matches = command.try_get_matches_from(arguments).map_err(|error| complaint(&error))?;
        let options = Self::from(&matches);
        let signed =
            options.credential_file.is_some() || options.role.is_some() || options.access_key.is_some();
        if options.auth == Auth::Instance && signed {
            return Err("--auth instance goes with no --credential-file, --role or --access-key".to_owned());
        }
        Ok(options)
    }
}

impl From<&ArgMatches> for Options {
    fn from(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let filled = |name: &str| text(name).filter(|value| !value.is_empty());
        let is =
            |name: &str, value: &str| matches.get_one::<String>(name).is_some_and(|given| given == value);
        let duration = |name: &str| matches.get_one::<Duration>(name).copied().unwrap_or_default();
        let failed = text("exit-code").is_some_and(|code| number::is_zero(&code) != Some(true));
        Self {
            handle: filled("handle").map(Secret::from),
            status: if failed || is("success", "false") { Status::Failure } else { Status::Success },
            id: text("id"),
            credential_file: filled("credential-file"),
            role: filled("role"),
            access_key: filled("access-key"),
            secret_key: filled("secret-key").map(Secret::from),
            auth: match matches.get_one::<String>("auth").map(String::as_str) {
                Some("instance") => Auth::Instance,
                Some("sigv4") => Auth::SigV4,
                _ => Auth::Auto,
            },
            http_proxy: filled("http-proxy").map(Secret::from),
            https_proxy: filled("https-proxy").map(Secret::from),
            no_proxy: matches.get_flag("no-proxy"),
            ca_bundle: filled("ca-bundle"),
            reason: filled("reason"),
            data: filled("data"),
            stack: filled("stack"),
            resource: text("resource"),
            url: filled("url"),
            region: text("region"),
            discover: matches.get_flag("discover"),
            fips: matches.get_flag("fips"),
            dual_stack: matches.get_flag("dual-stack"),
            deadline: duration("deadline"),
            max_attempts: matches.get_one("max-attempts").copied().unwrap_or(1),
            max_delay: duration("max-delay"),
            complete_is_ok: is("if-complete", "ok"),
            dry_run: matches.get_flag("dry-run"),
            json: is("output", "json"),
            verbosity: matches.get_count("verbose"),
            log_format: if is("log-format", "json") { Format::Json } else { Format::Text },
            #[cfg(feature = "jit")]
            component: text("component"),
            completions: matches.get_one("completions").copied(),
            man: matches.get_flag("man"),
        }
    }
}

/// What clap says of a value, in optparse's manner.
fn complaint(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg).unwrap_or_default();
    let name = option.split(' ').next().unwrap_or_default();
    let why =
        std::error::Error::source(error).map(ToString::to_string).unwrap_or_else(|| error.kind().to_string());
    match text(ContextKind::InvalidValue) {
        Some(value) => format!("option {name}: invalid value: '{value}': {why}"),
        None => format!("option {name}: {why}"),
    }
}
