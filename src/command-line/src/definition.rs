//! The options: Amazon's, in its groups, and ours. A platform may add groups of its own.
//!
//! The table is what the command line is read by, and what help, manual page and completions are made from. A row says what an
//! option sets, so that nothing looks one up by its name.

use std::time::Duration;

use cfn_signal_core::secret::Secret;
use cfn_signal_instance::finder::Auth;

use super::options::{Options, filled};
use super::voice::Format;
use super::{number, value};

/// An option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its name after `--`.
    pub long: &'static str,
    /// Its letter after `-`.
    pub short: Option<char>,
    /// Its value.
    pub takes: Takes,
    /// What it is for.
    pub help: &'static str,
}

/// An option's value: its name in the help, what it may be, and what it sets.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// None: shows the help.
    Help,
    /// None: shows the version.
    Version,
    /// None.
    Nothing(fn(&mut Options)),
    /// None, and the option says more each time that it is there.
    Count(fn(&mut Options)),
    /// Any text.
    Text(&'static str, fn(&mut Options, &str)),
    /// Any text, and the option may be repeated for another.
    Texts(&'static str, fn(&mut Options, &str)),
    /// An integer, as Python's optparse reads one; whether it is 0 is all that matters.
    Integer(&'static str, fn(&mut Options, bool)),
    /// One of several words; the first is the default.
    Choice(&'static str, &'static [&'static str], fn(&mut Options, &str)),
    /// One of several words, and none of them where it is left out.
    OneOf(&'static str, &'static [&'static str], fn(&mut Options, &str)),
    /// A duration, and the default.
    Duration(&'static str, &'static str, fn(&mut Options, Duration)),
    /// A number from 1 up, and none where it is left out.
    Number(&'static str, fn(&mut Options, u32)),
}

/// Options that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Over them in the help.
    pub heading: Option<&'static str>,
    /// In the help's order.
    pub options: &'static [Opt],
}

/// The options of Amazon's helper. An abbreviation that names one of them alone always means that one.
pub(super) const ORIGINAL: [&str; 16] = [
    "help",
    "success",
    "id",
    "exit-code",
    "credential-file",
    "role",
    "access-key",
    "secret-key",
    "http-proxy",
    "https-proxy",
    "reason",
    "data",
    "stack",
    "resource",
    "url",
    "region",
];

/// What the command does.
pub const ABOUT: &str = "Tells AWS CloudFormation that an instance is configured, or could not be";

/// The usage line, as the original's errors begin with.
pub const USAGE: &str = "cfn-signal [options] [WaitConditionHandle URL]";

/// First words that ask for more than a signal, which take processes: a component has none.
pub const NATIVE_PARTS: [&str; 5] = ["arm", "check", "disarm", "resume", "run"];

/// The positional: its name, and what it is for.
pub const HANDLE: (&str, &str) = (
    "WaitConditionHandle URL",
    "The handle's presigned URL, as it is or in base64; signals a wait condition",
);

/// The codes of outcomes, for the help's end.
pub const CODES: &str = "\
Outcomes and exit codes:
   0  delivered           CloudFormation has the signal, success or failure
   1                      refused before anything was sent
   2                      usage error
  10  already-complete    the stack is not waiting any more (see --if-complete)
  11  already-signalled   this unique id has signalled this resource before
  12  wrong-resource      no such stack or resource, or one that takes no signal
  13  not-member          the stack does not know the instance
  14  denied              IAM, or the instance identity's scope, forbids it
  15  credentials         no credentials, or ones that AWS does not accept
  16  throttled           throttled to the end
  17  rejected            any other answer that another try would not change
  18  unreachable         no answer, or none but server errors
  19  expired-url         the wait condition handle's URL has expired
  20  deadline            the deadline came first
  70                      the program itself failed";

/// What a component's help ends with.
pub const COMPONENT: &str = "\
As a component this command has what its host gives it: \
wasmtime run -S http --env AWS_REGION=eu-west-1 command.wasm -e $? --stack STACK --resource LOGICAL_ID. \
A resource is signalled with the instance's identity (CFN_V1), else with the keys of its environment \
(--env AWS_ACCESS_KEY_ID --env AWS_SECRET_ACCESS_KEY), else with the instance's role. --credential-file FILE needs the \
file's folder (--dir FOLDER). Proxies and certificates are the host's own. The \
unique id is the instance's: elsewhere it has to be given (--id). The region is --region, AWS_REGION, \
AWS_DEFAULT_REGION, the instance's, or us-east-1.";

/// What a component's help says of its exit codes where it has them.
pub const OWN_CODES: &str =
    "The exit codes are those above, by the host's wasi:cli/exit (exit-with-code, WASI 0.2.12).";

/// What it says where it has none.
pub const SUCCESS_OR_FAILURE: &str = "\
The exit status of this build is 0 for code 0 and 1 for every other: WASI before 0.2.12 knows no more. The outcome
is in the last line on standard error, and its code in --output json.";

/// Every option that all platforms have.
pub const GROUPS: [&Group; 7] = [
    &Group { heading: None, options: &GENERAL },
    &Group { heading: Some("AWS credentials"), options: &CREDENTIALS },
    &NETWORK,
    &Group { heading: Some("Wait condition signals"), options: &WAIT_CONDITION },
    &Group { heading: Some("Resource signals"), options: &RESOURCE },
    &Group { heading: Some("Delivery"), options: &DELIVERY },
    &Group { heading: Some("Output"), options: &OUTPUT },
];

const GENERAL: [Opt; 5] = [
    Opt { long: "help", short: Some('h'), takes: Takes::Help, help: "Show this help and exit" },
    Opt { long: "version", short: None, takes: Takes::Version, help: "Show the version and exit" },
    choice(
        "success",
        "SUCCESS",
        &["true", "false"],
        "Signal success if true, failure if false",
        |it, value| {
            it.denied = value == "false";
        },
    )
    .short('s'),
    text(
        "id",
        "ID",
        "The signal's unique id; the instance's id by default, else the host's name",
        |it, value| it.id = Some(value.to_owned()),
    )
    .short('i'),
    Opt {
        long: "exit-code",
        short: Some('e'),
        takes: Takes::Integer("EXIT_CODE", |it, zero| it.failed = !zero),
        help: "Signal failure if it is not 0, such as $? of the step before",
    },
];

const CREDENTIALS: [Opt; 5] = [
    text(
        "credential-file",
        "FILE",
        "A file that only its owner may read, with AWSAccessKeyId= and AWSSecretKey=",
        |it, value| it.credential_file = filled(value),
    )
    .short('f'),
    text("role", "ROLE", "The instance's IAM role, by name", |it, value| it.role = filled(value)),
    text("access-key", "ACCESS_KEY", "An AWS access key id", |it, value| it.access_key = filled(value)),
    text(
        "secret-key",
        "SECRET_KEY",
        "Its secret access key; visible to others in the list of processes",
        |it, value| it.secret_key = filled(value).map(Secret::from),
    ),
    choice(
        "auth",
        "KIND",
        &["auto", "instance", "sigv4"],
        "Sign with the instance's identity or with SigV4 credentials",
        |it, value| {
            it.auth = match value {
                "instance" => Auth::Instance,
                "sigv4" => Auth::SigV4,
                _ => Auth::Auto,
            }
        },
    ),
];

/// The way to the network, which is not every platform's own.
pub const NETWORK: Group = Group {
    heading: Some("Proxy and TLS"),
    options: &[
        text(
            "http-proxy",
            "PROXY",
            "For http: [scheme://][user:password@]host:port; goes before NO_PROXY",
            |it, value| it.http_proxy = filled(value).map(Secret::from),
        ),
        text(
            "https-proxy",
            "PROXY",
            "For https: [scheme://][user:password@]host:port; goes before NO_PROXY",
            |it, value| it.https_proxy = filled(value).map(Secret::from),
        ),
        flag("no-proxy", "Use no proxy, whatever the environment says", |it| it.no_proxy = true),
        text(
            "ca-bundle",
            "FILE",
            "Trust the certificates in this PEM file, not the system's",
            |it, value| it.ca_bundle = filled(value),
        ),
    ],
};

const WAIT_CONDITION: [Opt; 2] = [
    text("reason", "REASON", "Why it succeeded or failed", |it, value| it.reason = filled(value)).short('r'),
    text("data", "DATA", "Data for the wait condition's Data attribute", |it, value| it.data = filled(value))
        .short('d'),
];

const RESOURCE: [Opt; 7] = [
    text("stack", "STACK", "The stack's name or ARN", |it, value| it.stack = filled(value)),
    text(
        "resource",
        "LOGICAL_ID",
        "The resource's logical id in the template; signals a resource",
        |it, value| it.resource = Some(value.to_owned()),
    ),
    text("url", "ENDPOINT", "CloudFormation's endpoint, in place of the region's", |it, value| {
        it.url = filled(value);
    }),
    text("region", "REGION", "The region", |it, value| it.region = Some(value.to_owned())),
    flag("discover", "Take stack and resource from the instance's tags, where they are not given", |it| {
        it.discover = true
    }),
    flag("fips", "Use the region's FIPS endpoint", |it| it.fips = true),
    flag("dual-stack", "Use the region's endpoint for IPv4 and IPv6", |it| it.dual_stack = true),
];

const DELIVERY: [Opt; 5] = [
    Opt {
        long: "deadline",
        short: None,
        takes: Takes::Duration("DURATION", "5m", |it, value| it.deadline = value),
        help: "Give up after so long, such as 90s or 5m; a plain number is seconds",
    },
    Opt {
        long: "max-attempts",
        short: None,
        takes: Takes::Number("N", |it, value| it.max_attempts = Some(value)),
        help: "Give up before the deadline, after so many requests that failed for what may be lasting; throttling does not \
               count",
    },
    Opt {
        long: "max-delay",
        short: None,
        takes: Takes::Duration("DURATION", "20s", |it, value| it.max_delay = value),
        help: "The longest wait between two requests",
    },
    choice(
        "if-complete",
        "RESULT",
        &["fail", "ok"],
        "Whether a stack that is not waiting any more is a failure, or exit code 0",
        |it, value| it.complete_is_ok = value == "ok",
    ),
    flag("dry-run", "Print the request with its secrets hidden, and send nothing", |it| it.dry_run = true),
];

const OUTPUT: [Opt; 3] = [
    choice("output", "FORMAT", &["text", "json"], "Of the outcome on standard output", |it, value| {
        it.json = value == "json";
    }),
    Opt {
        long: "verbose",
        short: Some('v'),
        takes: Takes::Count(|it| it.verbosity = it.verbosity.saturating_add(1)),
        help: "Say what is done; -vv says more",
    },
    choice("log-format", "FORMAT", &["text", "json"], "Of what is said on standard error", |it, value| {
        it.log_format = if value == "json" { Format::Json } else { Format::Text };
    }),
];

/// An option without a value.
#[must_use]
pub const fn flag(long: &'static str, help: &'static str, set: fn(&mut Options)) -> Opt {
    Opt { long, short: None, takes: Takes::Nothing(set), help }
}

/// An option with any text for its value, which the help calls `value`.
#[must_use]
pub const fn text(
    long: &'static str,
    value: &'static str,
    help: &'static str,
    set: fn(&mut Options, &str),
) -> Opt {
    Opt { long, short: None, takes: Takes::Text(value, set), help }
}

/// An option whose value, called `value`, is one of `choices`; the first is the default.
#[must_use]
pub const fn choice(
    long: &'static str,
    value: &'static str,
    choices: &'static [&'static str],
    help: &'static str,
    set: fn(&mut Options, &str),
) -> Opt {
    Opt { long, short: None, takes: Takes::Choice(value, choices, set), help }
}

impl Opt {
    /// With a letter.
    #[must_use]
    pub const fn short(self, letter: char) -> Self {
        Self { short: Some(letter), ..self }
    }

    /// The value that stands for one that is not given.
    #[must_use]
    pub fn default_value(&self) -> Option<&'static str> {
        match self.takes {
            Takes::Duration(_, default, _) => Some(default),
            Takes::Choice(_, choices, _) => choices.first().copied(),
            _ => None,
        }
    }

    /// Whether a value follows it.
    #[must_use]
    pub const fn takes_value(&self) -> bool {
        !matches!(self.takes, Takes::Help | Takes::Version | Takes::Nothing(_) | Takes::Count(_))
    }

    /// Sets in `options` what `given` says; `option` as it was typed.
    ///
    /// # Errors
    ///
    /// A complaint in optparse's words.
    pub fn set(&self, options: &mut Options, option: &str, given: &str) -> Result<(), String> {
        let invalid = |why: String| format!("option {option}: invalid value: '{given}': {why}");
        match self.takes {
            Takes::Help | Takes::Version => {}
            Takes::Nothing(set) | Takes::Count(set) => set(options),
            Takes::Text(_, set) | Takes::Texts(_, set) => set(options, given),
            Takes::Integer(_, set) => {
                let zero = number::is_zero(given);
                set(options, zero.ok_or_else(|| value::no_integer(option, given))?);
            }
            Takes::Choice(_, choices, set) | Takes::OneOf(_, choices, set) => {
                value::choice(option, given, choices)?;
                set(options, given);
            }
            Takes::Duration(_, _, set) => set(options, value::duration(given).map_err(invalid)?),
            Takes::Number(_, set) => set(options, value::number(given).map_err(invalid)?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
