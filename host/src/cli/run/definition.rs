//! The definition of `cfn-signal run`: its own options, and those of the signal but for what it decides itself.

use std::ffi::OsString;
use std::time::Duration;

use cfn_signal_command_line::duration;
use clap::{Arg, ArgAction, Command, value_parser};
use regex_lite::Regex;

use crate::cli::part::Table;
use crate::cli::state;

/// Options of the signal, but for those that `run` decides.
pub(super) const TABLE: Table = Table { decided: &["success", "exit-code"], gates: true };

/// What the manual page begins with.
pub(super) const DESCRIPTION: &str = "\
Runs a command, passes its output through, and sends exactly one signal for whatever becomes of it: nothing else has to be done for \
a script that stops at its first error, is killed or never ends.";

/// Over the page's next part, which is the help's end.
pub(super) const HEADING: &str = "WHAT IS SIGNALLED";

pub(super) const AFTER: &str = "\
Exactly one signal is sent, for every ending: success for an exit code of --success-exit-codes, failure for any other, for a \
command that a signal kills, that is not there, that has not ended when its time is over, and when this machine shuts down. \
The exit code is the command's own (128 and the number for a signal, 126 not executable, 127 not found); where it is 0 and the \
signal was not delivered, that of the outcome: see `cfn-signal --help`. With --signal-failure it is always the command's (ignore), or \
always the outcome's (only), 0 for a failure that was told: so systemd does not count it twice.

The reason of a failure is what the command wrote into the file $CFN_SIGNAL_REASON_FILE, else its last step where it runs with \
`set -x`, then its last complaint on standard error, then how it ended. It is delivered to a wait condition; a resource's signal \
has no such field: it is said on standard error and on the console, or delivered to --reason-handle.

Examples:
  cfn-signal run --stack my-stack --resource Server --timeout 18m -- /opt/app/setup.sh
  cfn-signal run --discover --success-exit-codes 0,2 -- bash -euxo pipefail setup.sh
  cfn-signal run \"$HANDLE_URL\" -- ansible-playbook site.yml";

/// After the complaint that there is no command.
pub(super) const NO_COMMAND: &str =
    "  tip: the command comes after `--`, as in `cfn-signal run --discover -- /opt/app/setup.sh`";

/// The definition.
pub(in crate::cli) fn command() -> Command {
    let own = [
        Arg::new("timeout")
            .long("timeout")
            .value_name("DURATION")
            .value_parser(duration)
            .help("End the command with SIGTERM after so long, such as 18m, and signal the failure"),
        Arg::new("grace")
            .long("grace")
            .value_name("DURATION")
            .value_parser(grace)
            .default_value("10s")
            .help("Between SIGTERM and SIGKILL; 0s kills at once"),
        Arg::new("success-exit-codes")
            .long("success-exit-codes")
            .value_name("CODES")
            .value_delimiter(',')
            .value_parser(value_parser!(u8))
            .default_value("0")
            .help("The exit codes that are a success, separated by commas"),
        Arg::new("signal-failure")
            .long("signal-failure")
            .value_name("RESULT")
            .value_parser(["fail", "ignore", "only"])
            .default_value("fail")
            .help("Whether a signal that was not delivered fails a command that succeeded; with `only` it alone is the exit code"),
        Arg::new("tail")
            .long("tail")
            .value_name("LINES")
            .value_parser(value_parser!(u8))
            .default_value("20")
            .help("Lines of standard error to keep for the reason; 0 leaves standard error to the command alone"),
        Arg::new("mask")
            .long("mask")
            .value_name("REGEX")
            .value_parser(Regex::new)
            .action(ArgAction::Append)
            .help("Hide what matches in the reason; may be repeated"),
        Arg::new("reason-handle")
            .long("reason-handle")
            .value_name("URL")
            .help("The handle of a wait condition that gets the reason, before a resource is signalled"),
        console(),
        Arg::new("leave-children")
            .long("leave-children")
            .action(ArgAction::SetTrue)
            .help("Leave what the command started running, such as daemons; standard error is not kept then"),
        state::arg(state::JOURNAL),
        Arg::new("man").long("man").action(ArgAction::SetTrue).help("Print the manual page, in roff, and exit"),
    ];
    let command = Command::new("run")
        .bin_name("cfn-signal run")
        .about("Runs a command, and signals CloudFormation once for whatever becomes of it")
        .override_usage("cfn-signal run [options] [WaitConditionHandle URL] -- COMMAND [ARGUMENTS]")
        .args_override_self(true)
        .next_help_heading("Command")
        .args(own)
        .after_help(AFTER);
    // The handle comes before the command.
    TABLE.of(command).arg(
        Arg::new("command")
            .value_name("COMMAND")
            .help("The command and its arguments, after `--`")
            .value_parser(value_parser!(OsString))
            .num_args(1..)
            .last(true)
            .required_unless_present("man"),
    )
}

/// It may be none.
fn grace(text: &str) -> Result<Duration, String> {
    if ["0", "0s"].contains(&text.trim()) { Ok(Duration::ZERO) } else { duration(text) }
}

/// Where the reason is written, of a signal that has no field for it.
pub(in crate::cli) fn console() -> Arg {
    Arg::new("console").long("console").value_name("off|PATH").help(
        "Where a resource's reason is written in one line [default: /dev/console, if it can be written to]",
    )
}
