//! The definition of `cfn-signal check`: its own options, and the signal's that say who signals whom, and how.

use cfn_signal_command_line::duration;
use clap::{Arg, ArgAction, Command};

use crate::cli::part::Table;

/// Options of the signal, but for those that say what is signalled, and when.
pub(super) const TABLE: Table = Table {
    decided: &["success", "exit-code", "reason", "data", "deadline", "max-attempts", "max-delay", "dry-run"],
    gates: false,
};

/// What the manual page begins with.
pub(super) const DESCRIPTION: &str = "\
Looks at everything that a signal needs, and sends none: the instance's metadata, region and unique id, the way to CloudFormation and to \
the buckets of wait conditions, proxies, certificates, the clock, credentials, the stack and its resource, and the signing component. \
Each is a line that begins with ok, warning or failed; how to mend it is on the next.";

/// Over the page's next part, which is the help's end.
pub(super) const HEADING: &str = "WHAT IS LOOKED AT";

pub(super) const AFTER: &str = "\
It sends no signal. The stack is asked for its resource with what would sign the signal: an access key needs the permission \
cloudformation:DescribeStackResource for that, and where it is missing that is a warning; an instance's identity needs none.

Exit codes:
   0  a signal would get through, as far as can be seen
   1  the same, with warnings (--strict)
   2  something failed, or usage error

Examples:
  cfn-signal check --discover
  cfn-signal check --strict --output json --stack my-stack --resource Server
  cfn-signal check \"$HANDLE_URL\"";

/// The definition.
pub(in crate::cli) fn command() -> Command {
    let own = [
        Arg::new("deadline")
            .long("deadline")
            .value_name("DURATION")
            .value_parser(duration)
            .default_value("15s")
            .help("Look for no longer than this, all together"),
        Arg::new("strict")
            .long("strict")
            .action(ArgAction::SetTrue)
            .help("Exit with 1 where there are warnings"),
        Arg::new("man")
            .long("man")
            .action(ArgAction::SetTrue)
            .help("Print the manual page, in roff, and exit"),
    ];
    let command = Command::new("check")
        .bin_name("cfn-signal check")
        .about("Looks at everything that a signal needs, and sends none")
        .override_usage("cfn-signal check [options] [WaitConditionHandle URL]")
        .args_override_self(true)
        .next_help_heading("Check")
        .args(own)
        .after_help(AFTER);
    TABLE.of(command)
}
