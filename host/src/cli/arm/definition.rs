//! The definitions of `cfn-signal arm` and `disarm`: their own options, and the signal's.

use std::time::Duration;

use cfn_signal_command_line::duration;
use clap::{Arg, ArgAction, Command};

use crate::cli::part::Table;
use crate::cli::run::console_option;
use crate::cli::state;

/// Options of the signal, but for those that are decided here.
pub(super) const TABLE: Table =
    Table { decided: &["success", "exit-code", "data", "deadline", "dry-run"], gates: false };

/// For the instance's tags, when it is armed.
pub(super) const TAGS: Duration = Duration::from_secs(3);

/// Says what the unit is that watches.
pub(super) const UNIT: &str =
    "--description=Signals CloudFormation a failure at its deadline (cfn-signal arm)";

/// What the manual page begins with.
pub(super) const DESCRIPTION: &str = "\
A dead man's switch: signals a failure at a deadline, unless a signal was sent before, or `cfn-signal disarm` said that none is needed. \
For scripts that nobody wants to restructure: whatever becomes of them, the stack hears of it.";

/// Over the page's next part, which is the help's end.
pub(super) const HEADING: &str = "WHAT IS SIGNALLED";

pub(super) const AFTER: &str = "\
A failure, once, when the deadline comes. Any signal of this command for the same stack, resource and id that is delivered before \
disarms it: `cfn-signal -e $?` and `cfn-signal run` do. Arming again moves the deadline. A wait condition gets the reason; a \
resource's goes to the console.

It is watched by a unit of systemd where that runs and this is root's, else by a process of its own (--watcher); either outlives the script. What \
it needs for the signal, AWS's variables among it, is kept in a file that nobody else may read, until it is over. `--status` says what \
is armed, and exits with 1 where a watcher has died.

Examples:
  cfn-signal arm --deadline 20m --stack my-stack --resource Server
  cfn-signal arm --deadline 20m --discover
  cfn-signal arm --status
  cfn-signal disarm";

/// What the manual page of `disarm` begins with.
pub(super) const DESCRIPTION_OF_DISARM: &str = "\
Takes back what `cfn-signal arm` has armed, without a signal. A signal for the same stack, resource and id that is delivered does the \
same.";

/// Over its next part.
pub(super) const HEADING_OF_DISARM: &str = "WHAT IS DISARMED";

pub(super) const AFTER_OF_DISARM: &str = "\
Without a stack, a resource, an id or a handle: everything that is armed. Nothing else of the signal is needed.

Examples:
  cfn-signal disarm
  cfn-signal disarm --stack my-stack --resource Server";

/// The definition of `arm`.
pub(in crate::cli) fn arm() -> Command {
    let own =
        [
            Arg::new("deadline")
                .long("deadline")
                .value_name("DURATION")
                .value_parser(duration)
                .required_unless_present_any(["man", "status"])
                .help("Signal the failure after so long, such as 20m: less than the stack's own timeout"),
            Arg::new("status")
                .long("status")
                .action(ArgAction::SetTrue)
                .conflicts_with("deadline")
                .help("Say what is armed, and whether somebody watches it"),
            Arg::new("watcher").long("watcher").value_name("KIND").value_parser(["systemd", "process"]).help(
                "Who waits for the deadline [default: a unit of systemd where that runs, else a process]",
            ),
            console_option(),
            state_dir(),
            Arg::new("man")
                .long("man")
                .action(ArgAction::SetTrue)
                .help("Print the manual page, in roff, and exit"),
        ];
    let command = Command::new("arm")
        .bin_name("cfn-signal arm")
        .about("Signals a failure at a deadline, unless a signal was sent before")
        .override_usage("cfn-signal arm --deadline DURATION [options] [WaitConditionHandle URL]")
        .args_override_self(true)
        .next_help_heading("Deadline")
        .args(own)
        .after_help(AFTER);
    TABLE.of(command)
}

/// The definition of `disarm`.
pub(in crate::cli) fn disarm() -> Command {
    let command = Command::new("disarm")
        .bin_name("cfn-signal disarm")
        .about("Takes back what `cfn-signal arm` has armed")
        .override_usage("cfn-signal disarm [options] [WaitConditionHandle URL]")
        .args_override_self(true)
        .next_help_heading("Deadline")
        .args([
            state_dir(),
            Arg::new("man")
                .long("man")
                .action(ArgAction::SetTrue)
                .help("Print the manual page, in roff, and exit"),
        ])
        .after_help(AFTER_OF_DISARM);
    TABLE.of(command)
}

fn state_dir() -> Arg {
    state::arg("Where it is kept [default: /run/cfn-signal, or $XDG_RUNTIME_DIR/cfn-signal]")
}
