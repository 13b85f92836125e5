//! `cfn-signal run`: a command, and exactly one signal for whatever becomes of it.

mod arguments;
mod child;
pub(super) mod console;
mod definition;
mod ending;
mod hint;
mod leftovers;
mod lines;
mod memory;
mod note;
mod reason;
mod signals;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use cfn_signal_command_line::{self as command_line, Options, Platform as _};
use cfn_signal_core::secret::Secret;
use clap::error::ErrorKind;

use arguments::{Arguments, OnLoss};
use child::{Run, Said};
use ending::Ending;
use reason::Reason;

use super::journal::{self, Journal, Record, Running};
use super::manual;
use super::platform::Native;
use super::printed;

pub(super) use console::Console;
pub(super) use definition::{command, console as console_option};

/// Its manual page, in roff.
pub(super) fn manual() -> String {
    let page = command().name("cfn-signal-run").bin_name("cfn-signal run");
    manual::page_of_part(&page, definition::DESCRIPTION, definition::HEADING, definition::AFTER)
}

/// Runs a command as `arguments` say, without the word `run`; returns the exit code.
pub(super) fn main(arguments: &mut dyn Iterator<Item = OsString>) -> ExitCode {
    let typed: Vec<OsString> = arguments.collect();
    // What is an option of the command's is none of this one's.
    let is_apart = typed.iter().any(|word| word == "--");
    let arguments = match Arguments::read(typed.into_iter()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = printed::instead(&error);
            let kind = error.kind();
            if kind == ErrorKind::MissingRequiredArgument || (kind == ErrorKind::UnknownArgument && !is_apart)
            {
                command_line::line(&format!("\n{}", definition::NO_COMMAND));
            }
            return code;
        }
    };
    if arguments.manual {
        return printed::page(&manual());
    }
    let platform = Native::default();
    platform.listen(arguments.options.log_format, arguments.options.verbosity);
    // What cannot be signalled is said before anything is done, not after an hour of work.
    let gates = || platform.review(&arguments.options).map(drop);
    let reasons = || {
        let handle = arguments.reason_handle.clone().map(Secret::from);
        handle.map_or(Ok(()), |handle| command_line::review_handle(&handle))
    };
    let reviewed = command_line::review(&arguments.options).and_then(|()| gates()).and_then(|()| reasons());
    if let Err(line) = reviewed {
        return command_line::refuse(&arguments.options, &line).into();
    }
    let heard = match signals::Heard::begin() {
        Ok(heard) => heard,
        Err(error) => {
            let line = format!("Error: this process cannot listen to signals: {error}");
            return command_line::refuse(&arguments.options, &line).into();
        }
    };
    let running = Running { program: arguments.name(), console: arguments.console.text() };
    let entry = if arguments.options.dry_run {
        None
    } else {
        journal::begin(Record::of_command(&arguments.options, running), &arguments.options)
    };
    let platform = Native::with(Journal::of(entry));
    let started = Instant::now();
    // From then on that is what is resumed, and not that the command was interrupted: before anything else, for whoever shuts down
    // the machine does not wait.
    let known = |ending: &Ending| {
        let reason = Reason::of(ending, &Said::default(), started.elapsed(), &arguments);
        platform.prepared(&arguments.signal(ending, reason.full()));
    };
    let Run { ending, said } = child::run(&arguments, &heard, known);
    let reason = Reason::of(&ending, &said, started.elapsed(), &arguments);
    tell(&platform, &arguments, &ending, reason.full()).into()
}

/// Signals how the command ended, once; returns the exit code of it all.
fn tell(platform: &Native, arguments: &Arguments, ending: &Ending, mut reason: String) -> u8 {
    let mut options = arguments.signal(ending, reason.clone());
    platform.prepared(&options);
    if !options.failed
        && !options.dry_run
        && let Err(why) = platform.await_gates(&options)
    {
        // What a gate was told, and says, is hidden as the rest of the reason is.
        let why = reason::hidden(&why, &arguments.mask);
        reason = reason::within(&format!("{why}; {reason}"));
        options = Options { failed: true, reason: Some(reason.clone()), ..options };
        platform.prepared(&options);
    }
    // They have held, or it is no success.
    options.wait_for.clear();
    let clock = Instant::now();
    if options.failed {
        command_line::note(&options, &reason);
    }
    if options.handle.is_none() && options.failed {
        console::write(&arguments.console, &options, &reason);
    }
    if let Some(handle) = arguments.reason_handle.as_ref().filter(|_| options.handle.is_none()) {
        // The rich one first, for nothing is waiting any more after the other. Half of the time is the other's.
        let rich = Options {
            handle: Some(Secret::from(handle.clone())),
            stack: None,
            resource: None,
            discover: false,
            json: false,
            deadline: options.deadline / 2,
            ..options.clone()
        };
        if command_line::signal(&Native::default(), &rich) != 0 {
            command_line::note(&options, "the reason was not delivered: the signal itself is, all the same");
        }
        options.deadline = options.deadline.saturating_sub(clock.elapsed()).max(options.deadline / 4);
    }
    if options.handle.is_none() {
        options.reason = None;
    }
    let signalled = command_line::signal(platform, &options);
    let own = ending.exit_code();
    match arguments.on_loss {
        OnLoss::Fail if own == 0 => signalled,
        OnLoss::Only => signalled,
        _ => own,
    }
}
