//! `cfn-signal arm` and `cfn-signal disarm`: a failure that is signalled at a deadline unless something else was before.

mod arguments;
mod definition;
mod folder;
mod moment;
mod record;
mod status;
mod watcher;

use std::ffi::OsString;
use std::iter::once;
use std::process::ExitCode;

use clap::Command;

use cfn_signal_command_line::{self as command_line, Look, Options, Platform as _, exit};
use cfn_signal_core::delivery::{Signal, Target};

use arguments::Arguments;
use folder::Folder;
use record::Record;

use super::manual;
use super::platform::Native;
use super::printed;
use super::state::Names;

pub(super) use definition::{arm as command, disarm as command_to_disarm};

/// Its manual page, in roff.
fn manual() -> String {
    let page = command().name("cfn-signal-arm").bin_name("cfn-signal arm");
    manual::page_of_part(&page, definition::DESCRIPTION, definition::HEADING, definition::AFTER)
}

/// Arms, or tells what is armed, as `arguments` say, without the word `arm`; returns the exit code.
pub(super) fn main(arguments: &mut dyn Iterator<Item = OsString>) -> ExitCode {
    let typed: Vec<OsString> = arguments.collect();
    if let [first, file] = typed.as_slice() {
        if first == watcher::WATCH {
            return watcher::watch(file.as_ref()).into();
        }
        if first == watcher::FIRE {
            return watcher::fire(file.as_ref()).into();
        }
    }
    let arguments = match read(command, "cfn-signal arm", &typed) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    if arguments.manual {
        return printed::page(&manual());
    }
    let options = &arguments.options;
    let code = if arguments.status {
        Folder::known(options.state_dir.as_deref()).and_then(|folders| status::tell(&folders, options))
    } else {
        arm(&arguments)
    };
    conclude(options, code)
}

/// Disarms what `arguments` name, without the word `disarm`; returns the exit code.
pub(super) fn disarm(arguments: &mut dyn Iterator<Item = OsString>) -> ExitCode {
    let typed: Vec<OsString> = arguments.collect();
    let arguments = match read(command_to_disarm, "cfn-signal disarm", &typed) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    if arguments.manual {
        let page = command_to_disarm().name("cfn-signal-disarm").bin_name("cfn-signal disarm");
        let (description, heading) = (definition::DESCRIPTION_OF_DISARM, definition::HEADING_OF_DISARM);
        let page = manual::page_of_part(&page, description, heading, definition::AFTER_OF_DISARM);
        return printed::page(&page);
    }
    let options = &arguments.options;
    let names = Names::typed(options);
    let everything = names == Names::default();
    let gone = remove(options, |known| everything || known.is_meant_by(&names));
    let code = gone.map(|gone| {
        if gone.is_empty() {
            command_line::note(options, status::NOTHING);
        }
        for names in gone {
            command_line::note(options, &format!("disarmed: {names}"));
        }
        0
    });
    conclude(options, code)
}

/// Disarms what waits for the signal that has reached its target.
pub(super) fn signalled(options: &Options, signal: &Signal, target: &Target) {
    let removed = remove(options, |known| known.is_met_by(options, signal, target));
    match removed {
        Ok(gone) => gone.iter().for_each(|names| tracing::info!(%names, "disarmed")),
        Err(why) => tracing::info!(why, "nothing can be disarmed"),
    }
}

fn remove(options: &Options, which: impl Fn(&Names) -> bool) -> Result<Vec<Names>, String> {
    let mut gone = Vec::new();
    for folder in Folder::known(options.state_dir.as_deref())? {
        gone.extend(folder.remove(&which)?);
    }
    Ok(gone)
}

fn read(definition: fn() -> Command, name: &str, typed: &[OsString]) -> Result<Arguments, ExitCode> {
    let words = once(OsString::from(name)).chain(typed.iter().cloned());
    let read = definition().try_get_matches_from(words);
    let read = read.and_then(|matches| Arguments::of(&matches, definition));
    let arguments = read.map_err(|error| printed::instead(&error))?;
    Native::default().listen(arguments.options.log_format, arguments.options.verbosity);
    Ok(arguments)
}

fn conclude(options: &Options, code: Result<u8, String>) -> ExitCode {
    match code {
        Ok(code) => code.into(),
        Err(line) if line.starts_with("Error: ") => command_line::refuse(options, &line).into(),
        Err(line) => {
            command_line::note(options, &line);
            exit::REFUSED.into()
        }
    }
}

/// Arms, or moves the deadline of what is armed already.
fn arm(arguments: &Arguments) -> Result<u8, String> {
    let options = &arguments.options;
    let platform = Native::default();
    command_line::review(options)?;
    let mut names = Names::typed(options);
    if options.discover {
        // By their names, that a signal by them disarms it, too. What the instance does not know yet is found when it is signalled.
        let look = Look::new(&platform, options)?;
        look.imds().within(definition::TAGS);
        if let Ok(target) = look.resource(&look.region().value) {
            (names.stack, names.resource) = (Some(target.stack), Some(target.logical_id));
        }
    }
    let folder = Folder::of_ones_own(options.state_dir.as_deref())?;
    let record = Record::new(names, arguments);
    let (path, watched) = folder.put(record)?;
    // Whoever watched it may be gone.
    if !watched {
        watcher::start(&path, arguments.watcher).inspect_err(|_| folder::forget(&path))?;
    }
    let after = humantime::format_duration(arguments.deadline);
    let what = if watched { "the deadline is moved: failure" } else { "armed: failure" };
    command_line::note(options, &format!("{what} is signalled in {after}, unless something is before"));
    Ok(0)
}
