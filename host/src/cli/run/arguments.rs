//! What was typed after `run`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use cfn_signal_command_line::Options;
use cfn_signal_command_line::definition::Takes;
use cfn_signal_core::secret::Secret;
use clap::ArgMatches;
use clap::error::ErrorKind;
use regex_lite::Regex;

use super::console::Console;
use super::definition::{command, is_signals, table};

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
                for value in matches.get_many::<String>(option.long).into_iter().flatten() {
                    set(&mut options, value)?;
                }
            }
        }
    }
    options.handle =
        matches.get_one::<String>("handle").filter(|it| !it.is_empty()).map(|it| Secret::from(it.clone()));
    Ok(options)
}
