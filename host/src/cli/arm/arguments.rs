//! What was typed after `arm` or `disarm`.

use std::time::Duration;

use cfn_signal_command_line::Options;
use clap::{ArgMatches, Command};

use super::definition::TABLE;
use crate::cli::run::Console;
use cfn_signal_core::delivery::Policy;

/// What is to be armed.
pub(super) struct Arguments {
    /// The signal, but for its status.
    pub options: Options,
    /// When it is due.
    pub deadline: Duration,
    /// Who watches; whoever can where none is named.
    pub watcher: Option<Watcher>,
    /// Where a resource's reason is written.
    pub console: Console,
    /// Say what is armed.
    pub status: bool,
    /// The manual page is asked for, and nothing else.
    pub manual: bool,
}

/// Who waits for the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watcher {
    /// A unit of its own.
    Systemd,
    /// A process of its own.
    Process,
}

impl Arguments {
    pub(super) fn of(matches: &ArgMatches, definition: fn() -> Command) -> Result<Self, clap::Error> {
        let mut options = TABLE.read(matches, definition)?;
        // Of the signal's delivery, once it is due.
        options.deadline = Duration::from_millis(Policy::default().deadline.into());
        options.state_dir = matches.get_one("state-dir").cloned();
        let is_given = |name| matches.try_get_one(name).ok().flatten().copied().unwrap_or(false);
        let typed = |name| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str);
        Ok(Self {
            options,
            watcher: typed("watcher").map(|it| match it {
                "process" => Watcher::Process,
                _ => Watcher::Systemd,
            }),
            console: Console::typed(typed("console")),
            deadline: matches.try_get_one("deadline").ok().flatten().copied().unwrap_or_default(),
            status: is_given("status"),
            manual: is_given("man"),
        })
    }
}
