//! What was typed after `run`.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use cfn_signal_command_line::Options;
use clap::ArgMatches;
use regex_lite::Regex;

use super::console::Console;
use super::definition::{TABLE, command};
use super::ending::Ending;

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
    /// It is the only thing that does: a failure that is told is none of ours.
    Only,
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
        let console = Console::typed(matches.get_one::<String>("console").map(String::as_str));
        let mut options = TABLE.read(matches, command)?;
        options.state_dir = matches.get_one("state-dir").cloned();
        let on_loss = match matches.get_one::<String>("signal-failure").map(String::as_str) {
            Some("ignore") => OnLoss::Ignore,
            Some("only") => OnLoss::Only,
            _ => OnLoss::Fail,
        };
        Ok(Self {
            program,
            rest: words.collect(),
            options,
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

    /// The signal of a command that ended so.
    pub(super) fn signal(&self, ending: &Ending, reason: String) -> Options {
        let failed = !ending.is_success(&self.success_exit_codes);
        Options { failed, reason: Some(reason), ..self.options.clone() }
    }

    /// The command's name, without its folder and what it is given.
    pub(super) fn name(&self) -> String {
        let words = self.words();
        let program = words.first().map(String::as_str).unwrap_or_default();
        Path::new(program).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// The command as it would be typed, more or less.
    pub(super) fn written(&self) -> String {
        self.words().join(" ")
    }

    /// Its words, without what `env` sets and removes, which may be secret.
    fn words(&self) -> Vec<String> {
        let words: Vec<_> = std::iter::once(&self.program)
            .chain(&self.rest)
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let mut rest = words.as_slice();
        if let Some((program, mut after)) = rest.split_first()
            && program.rsplit('/').next() == Some("env")
        {
            loop {
                after = match after {
                    [option, _, others @ ..] if option == "-u" => others,
                    [setting, others @ ..] if setting.contains('=') && !setting.starts_with('-') => others,
                    _ => break,
                };
            }
            rest = if after.is_empty() { rest } else { after };
        }
        rest.to_vec()
    }
}
