//! What was typed after `run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use cfn_signal_command_line::definition::{GROUPS, Group, Opt, Takes};
use cfn_signal_command_line::{Options, duration};
use cfn_signal_core::secret::Secret;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use regex_lite::Regex;

use super::console::Console;
use crate::cli::definition;

/// What is to be run, and what is to be signalled of it.
#[derive(Clone)]
pub(super) struct Arguments {
    /// The command.
    pub program: OsString,
    /// Its arguments.
    pub rest: Vec<OsString>,
    /// The signal, but for status and reason.
    pub options: Options,
    /// When it is made to end.
    pub timeout: Option<Duration>,
    /// Between the request to end and the killing.
    pub grace: Duration,
    /// What is a success.
    pub success_exit_codes: Vec<u8>,
    /// Lines of standard error that are kept.
    pub tail: usize,
    /// What is hidden.
    pub mask: Vec<Regex>,
    /// What it started lives on.
    pub leave_children: bool,
    /// What a signal that is not delivered does to the exit code.
    pub on_loss: OnLoss,
    /// A wait condition that gets the reason of a resource's signal.
    pub reason_handle: Option<String>,
    /// Where the reason is written, where no handle takes it.
    pub console: Console,
    /// The manual page is asked for, and nothing else.
    pub manual: bool,
}

/// What a signal that is not delivered does to the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnLoss {
    /// Nothing.
    Ignore,
    /// A success of the command is none.
    Fail,
}

/// Options of the signal that `run` decides.
const DECIDED: [&str; 2] = ["success", "exit-code"];

/// What the manual page begins with.
pub(super) const DESCRIPTION: &str = "\
Runs a command, passes its output through, and sends exactly one signal for whatever becomes of it: nothing else has to be done for \
a script that stops at its first error, is killed or never ends.";

pub(super) const AFTER: &str = "\
Exactly one signal is sent, for every ending: success for an exit code of --success-exit-codes, failure for any other, for a \
command that a signal kills, that is not there, that has not ended when its time is over, and when this machine shuts down. \
The exit code is the command's own (128 and the number for a signal, 126 not executable, 127 not found); where it is 0 and the \
signal was not delivered, that of the outcome: see `cfn-signal --help`.

The reason of a failure is what the command wrote into the file $CFN_SIGNAL_REASON_FILE, else its last step where it runs with \
`set -x`, then its last complaint on standard error, then how it ended. It is delivered to a wait condition; a resource's signal \
has no such field: it is said on standard error and on the console, or delivered to --reason-handle.

Examples:
  cfn-signal run --stack my-stack --resource Server --timeout 18m -- /opt/app/setup.sh
  cfn-signal run --discover --success-exit-codes 0,2 -- bash -euxo pipefail setup.sh
  cfn-signal run \"$HANDLE_URL\" -- ansible-playbook site.yml";

impl Arguments {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// What clap says, also where help is asked for.
    pub(super) fn read(arguments: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let name = OsString::from("cfn-signal run");
        let matches = command().try_get_matches_from(std::iter::once(name).chain(arguments))?;
        Self::of(&matches)
    }

    fn of(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut words = matches.get_many::<OsString>("command").into_iter().flatten().cloned();
        let program = words.next().unwrap_or_default();
        let console = match matches.get_one::<String>("console").map(String::as_str) {
            None => Console::Own,
            Some("off") => Console::Off,
            Some(path) => Console::At(PathBuf::from(path)),
        };
        let on_loss = match matches.get_one::<String>("signal-failure").map(String::as_str) {
            Some("ignore") => OnLoss::Ignore,
            _ => OnLoss::Fail,
        };
        Ok(Self {
            program,
            rest: words.collect(),
            options: signal(matches)?,
            timeout: matches.get_one("timeout").copied(),
            grace: matches.get_one("grace").copied().unwrap_or_default(),
            success_exit_codes: matches
                .get_many("success-exit-codes")
                .into_iter()
                .flatten()
                .copied()
                .collect(),
            tail: matches.get_one::<u8>("tail").copied().map_or(0, usize::from),
            mask: matches.get_many("mask").into_iter().flatten().cloned().collect(),
            leave_children: matches.get_flag("leave-children"),
            on_loss,
            reason_handle: matches.get_one("reason-handle").cloned(),
            console,
            manual: matches.get_flag("man"),
        })
    }

    /// The command as it would be typed, more or less.
    pub(super) fn written(&self) -> String {
        let words: Vec<_> =
            std::iter::once(&self.program).chain(&self.rest).map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }
}

/// The options of the signal, as the table sets them.
fn signal(matches: &ArgMatches) -> Result<Options, clap::Error> {
    let mut options = Options::default();
    for option in table().iter().flat_map(|group| group.options).filter(|option| is_signals(option)) {
        let name = format!("--{}", option.long);
        let set = |options: &mut Options, value: &str| {
            option.set(options, &name, value).map_err(|why| command().error(ErrorKind::ValueValidation, why))
        };
        match option.takes {
            Takes::Help | Takes::Version => {}
            Takes::Nothing(_) => {
                if matches.get_flag(option.long) {
                    set(&mut options, "")?;
                }
            }
            Takes::Count(_) => {
                for _ in 0..matches.get_count(option.long) {
                    set(&mut options, "")?;
                }
            }
            _ => {
                if let Some(value) = matches.get_one::<String>(option.long) {
                    set(&mut options, value)?;
                }
            }
        }
    }
    options.handle =
        matches.get_one::<String>("handle").filter(|it| !it.is_empty()).map(|it| Secret::from(it.clone()));
    Ok(options)
}

fn table() -> Vec<&'static Group> {
    GROUPS.to_vec()
}

fn is_signals(option: &Opt) -> bool {
    !DECIDED.contains(&option.long) && !matches!(option.takes, Takes::Help | Takes::Version)
}

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
            .value_parser(duration)
            .default_value("10s")
            .help("Between SIGTERM and SIGKILL"),
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
            .value_parser(["fail", "ignore"])
            .default_value("fail")
            .help("Whether a signal that was not delivered fails a command that succeeded"),
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
        Arg::new("console")
            .long("console")
            .value_name("off|PATH")
            .help("Where a resource's reason is written in one line [default: /dev/console, if it can be written to]"),
        Arg::new("leave-children")
            .long("leave-children")
            .action(ArgAction::SetTrue)
            .help("Leave what the command started running, such as daemons; standard error is not kept then"),
        Arg::new("man").long("man").action(ArgAction::SetTrue).help("Print the manual page, in roff, and exit"),
    ];
    let command = Command::new("run")
        .bin_name("cfn-signal run")
        .about("Runs a command, and signals CloudFormation once for whatever becomes of it")
        .override_usage("cfn-signal run [options] [WaitConditionHandle URL] -- COMMAND [ARGUMENTS]")
        .args_override_self(true)
        .next_help_heading("Command")
        .args(own)
        .after_help(AFTER)
        .arg(
            Arg::new("handle")
                .value_name("WaitConditionHandle URL")
                .help("The handle's URL; signals a wait condition"),
        )
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .help("The command and its arguments, after `--`")
                .value_parser(value_parser!(OsString))
                .num_args(1..)
                .last(true)
                .required_unless_present("man"),
        );
    table().iter().fold(command, |command, group| {
        let options = group.options.iter().filter(|option| is_signals(option));
        command.args(
            options.map(|option| definition::arg(option).help_heading(group.heading.unwrap_or("Signal"))),
        )
    })
}
