//! The definition of `cfn-signal resume`: its own options, and the signal's that are found anew or have to be given again.

use clap::{Arg, ArgAction, Command};

use crate::cli::part::Table;
use crate::cli::state;

/// Options of the signal, but for those that the journal has.
pub(super) const TABLE: Table = Table {
    decided: &[
        "success",
        "exit-code",
        "reason",
        "region",
        "discover",
        "fips",
        "dual-stack",
        "if-complete",
        "dry-run",
    ],
    gates: true,
};

/// What the manual page begins with.
pub(super) const DESCRIPTION: &str = "\
Finishes what was interrupted: signals that were to be sent, or were sent without an answer, when the machine restarted or the process \
was killed. Where there is nothing to finish it says so and does nothing. For a unit that runs at each boot.";

/// Over the page's next part, which is the help's end.
pub(super) const HEADING: &str = "WHAT IS FINISHED";

pub(super) const AFTER: &str = "\
Every signal of this command is written into a journal before anything is sent (prepared), when it leaves (sent) and once \
CloudFormation has answered (confirmed). Those that are not confirmed are sent again, under the same unique id, which CloudFormation \
counts once. A command under `cfn-signal run` that was interrupted is a failure, which says so. Left alone are signals that a living \
process sends, those that CloudFormation has refused for good, those of another machine, and those older than 12 hours, the longest that a \
stack waits.

Without a stack, a resource, an id or a handle: everything that is in the journal. No secret is in it: keys are found anew, as for any \
signal, and a wait condition's URL is looked for in the instance's user data, where cloud-init keeps it, unless it is given here or is \
in --handle-file. --data, --url with a password, and gates that run a command or hold a secret have to be given again.

Exit codes:
   0  nothing was to be done, or all of it was
   1  something could not be sent, or not be read: it is still in the journal
  10 and above: the outcome of the first signal that was sent again and not delivered, as `cfn-signal --help` has it

Examples:
  cfn-signal resume
  cfn-signal resume --handle-file /etc/my-app/handle --data \"$TOKEN\"
  cfn-signal resume --status";

/// The definition.
pub(in crate::cli) fn command() -> Command {
    let own = [
        Arg::new("handle-file").long("handle-file").value_name("PATH").help(
            "A file that a handle's URL is in, or a folder of such [default: cloud-init's /var/lib/cloud/instance]",
        ),
        Arg::new("status")
            .long("status")
            .action(ArgAction::SetTrue)
            .help("Say what is in the journal, and send nothing"),
        state::arg(state::JOURNAL),
        Arg::new("man").long("man").action(ArgAction::SetTrue).help("Print the manual page, in roff, and exit"),
    ];
    let command = Command::new("resume")
        .bin_name("cfn-signal resume")
        .about("Sends again what was interrupted before CloudFormation had confirmed it")
        .override_usage("cfn-signal resume [options] [WaitConditionHandle URL]")
        .args_override_self(true)
        .next_help_heading("Journal")
        .args(own)
        .after_help(AFTER);
    TABLE.of(command)
}
