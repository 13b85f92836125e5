//! The options: Amazon's, in its groups, and ours.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use clap_complete::Shell;

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

/// The usage line, as the original's errors begin with.
pub(super) const USAGE: &str = "cfn-signal [options] [WaitConditionHandle URL]";

/// What the help ends with: a table, then a paragraph.
pub(super) const AFTER: &str = "\
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
  70                      the program itself failed

Without --credential-file, --role or keys, a resource is signalled with the instance's identity (CFN_V1), else with \
the credentials that AWS's tools would find. The region is --region, AWS_REGION, AWS_DEFAULT_REGION, the instance's, or \
us-east-1.";

/// The command.
pub(super) fn command() -> Command {
    Command::new("cfn-signal")
        .about("Tells AWS CloudFormation that an instance is configured, or could not be")
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage(USAGE)
        .after_help(AFTER)
        .no_binary_name(true)
        .args_override_self(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(
            Arg::new("handle")
                .value_name("WaitConditionHandle URL")
                .help("The handle's presigned URL, as it is or in base64; signals a wait condition")
                .num_args(0..)
                .hide_possible_values(true),
        )
        .args(general())
        .args(credentials().into_iter().map(|arg| arg.help_heading("AWS credentials")))
        .args(network().into_iter().map(|arg| arg.help_heading("Proxy and TLS")))
        .args(wait_condition().into_iter().map(|arg| arg.help_heading("Wait condition signals")))
        .args(resource().into_iter().map(|arg| arg.help_heading("Resource signals")))
        .args(delivery().into_iter().map(|arg| arg.help_heading("Delivery")))
        .args(output().into_iter().map(|arg| arg.help_heading("Output")))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).num_args(1)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn general() -> Vec<Arg> {
    vec![
        flag("help", "Show this help and exit").short('h'),
        flag("version", "Show the version and exit"),
        option("success", "SUCCESS", "Signal success if true, failure if false; true by default")
            .short('s')
            .value_parser(PossibleValuesParser::new(["true", "false"])),
        option("id", "ID", "The signal's unique id; the instance's id by default, else the host's name")
            .short('i'),
        option("exit-code", "EXIT_CODE", "Signal failure if it is not 0, such as $? of the step before")
            .short('e'),
    ]
}

fn credentials() -> Vec<Arg> {
    vec![
        option(
            "credential-file",
            "FILE",
            "A file that only its owner may read, with AWSAccessKeyId= and AWSSecretKey=",
        )
        .short('f'),
        option("role", "ROLE", "The instance's IAM role, by name"),
        option("access-key", "ACCESS_KEY", "An AWS access key id"),
        option(
            "secret-key",
            "SECRET_KEY",
            "Its secret access key; visible to others in the list of processes",
        ),
        option("auth", "KIND", "Sign with the instance's identity or with SigV4 credentials")
            .value_parser(PossibleValuesParser::new(["auto", "instance", "sigv4"]))
            .default_value("auto"),
    ]
}

fn network() -> Vec<Arg> {
    vec![
        option("http-proxy", "PROXY", "For http: [scheme://][user:password@]host:port; goes before NO_PROXY"),
        option(
            "https-proxy",
            "PROXY",
            "For https: [scheme://][user:password@]host:port; goes before NO_PROXY",
        ),
        flag("no-proxy", "Use no proxy, whatever the environment says"),
        option("ca-bundle", "FILE", "Trust the certificates in this PEM file, not the system's"),
    ]
}

fn wait_condition() -> Vec<Arg> {
    vec![
        option("reason", "REASON", "Why it succeeded or failed").short('r'),
        option("data", "DATA", "Data for the wait condition's Data attribute").short('d'),
    ]
}

fn resource() -> Vec<Arg> {
    vec![
        option("stack", "STACK", "The stack's name or ARN"),
        option("resource", "LOGICAL_ID", "The resource's logical id in the template; signals a resource"),
        option("url", "ENDPOINT", "CloudFormation's endpoint, in place of the region's"),
        option("region", "REGION", "The region"),
        flag(
            "discover",
            "Take stack and resource from the instance's tags in its metadata, where they are not given",
        ),
        flag("fips", "Use the region's FIPS endpoint"),
        flag("dual-stack", "Use the region's endpoint for IPv4 and IPv6"),
    ]
}

fn delivery() -> Vec<Arg> {
    vec![
        option("deadline", "DURATION", "Give up after so long, such as 90s or 5m; a plain number is seconds")
            .value_parser(duration)
            .default_value("5m"),
        option("max-attempts", "N", "Requests that may fail for lasting reasons; throttling does not count")
            .value_parser(value_parser!(u32).range(1..))
            .default_value("10"),
        option("max-delay", "DURATION", "The longest wait between two requests")
            .value_parser(duration)
            .default_value("20s"),
        option(
            "if-complete",
            "RESULT",
            "Whether a stack that is not waiting any more is a failure, or exit code 0",
        )
        .value_parser(PossibleValuesParser::new(["ok", "fail"]))
        .default_value("fail"),
        #[cfg(feature = "jit")]
        option("component", "FILE", "Run this build of the signing component, not the embedded one"),
        flag("dry-run", "Print the request with its secrets hidden, and send nothing"),
    ]
}

fn output() -> Vec<Arg> {
    vec![
        option("output", "FORMAT", "Of the outcome on standard output")
            .value_parser(PossibleValuesParser::new(["text", "json"]))
            .default_value("text"),
        Arg::new("verbose")
            .long("verbose")
            .short('v')
            .action(ArgAction::Count)
            .help("Say what is done; -vv says more"),
        option("log-format", "FORMAT", "Of what is said on standard error")
            .value_parser(PossibleValuesParser::new(["text", "json"]))
            .default_value("text"),
        option("completions", "SHELL", "Print a completion script and exit")
            .value_parser(value_parser!(Shell)),
        flag("man", "Print the manual page, in roff, and exit"),
    ]
}

/// A plain number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let duration = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            humantime::parse_duration(text).map_err(|_| "it has to be like 90s, 5m or 1h30m".to_owned())?
        }
    };
    if duration.as_millis() == 0 || duration.as_millis() > u128::from(u32::MAX) {
        return Err("it has to be more than nothing and less than 49 days".to_owned());
    }
    Ok(duration)
}
