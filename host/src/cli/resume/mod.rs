//! `cfn-signal resume`: what the journal has of signals that were interrupted is finished.

mod definition;
mod handles;
mod status;

use std::ffi::OsString;
use std::iter::once;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cfn_signal_command_line::{self as command_line, Options, Platform as _, exit};

use super::journal::{Entry, Folder, Found, Journal, Machine, Record};
use super::manual;
use super::platform::Native;
use super::printed;
use super::run::{Console, console};
use super::state::{Names, Place};
use handles::Handles;

pub(super) use definition::command;

/// Its manual page, in roff.
fn manual() -> String {
    let page = command().name("cfn-signal-resume").bin_name("cfn-signal resume");
    manual::page_of_part(&page, definition::DESCRIPTION, definition::HEADING, definition::AFTER)
}

/// Finishes what `arguments` name, without the word `resume`; returns the exit code.
pub(super) fn main(arguments: &mut dyn Iterator<Item = OsString>) -> ExitCode {
    let name = OsString::from("cfn-signal resume");
    let read = command().try_get_matches_from(once(name).chain(arguments));
    let read = read.and_then(|matches| Ok((definition::TABLE.read(&matches, command)?, matches)));
    let (mut options, matches) = match read {
        Ok(read) => read,
        Err(error) => return printed::instead(&error),
    };
    if matches.get_flag("man") {
        return printed::page(&manual());
    }
    options.state_dir = matches.get_one("state-dir").cloned();
    Native::default().listen(options.log_format, options.verbosity);
    let handles =
        Handles::new(options.handle.as_ref(), matches.get_one::<String>("handle-file").map(String::as_str));
    let Some(place) = Place::of_journal(options.state_dir.as_deref()) else {
        command_line::note(&options, "no journal is kept here: there is nothing to resume");
        return ExitCode::SUCCESS;
    };
    let nothing = format!("nothing to resume in {}", place.folder.display());
    let folder = match Folder::known(&place.folder) {
        Ok(folder) => folder,
        Err(error) => {
            let line = format!("the journal in {} cannot be used: {error}", place.folder.display());
            command_line::note(&options, &line);
            return exit::REFUSED.into();
        }
    };
    let names = Names::typed(&options);
    let is_meant = |found: &Found| found.record().is_none_or(|record| record.names.is_meant_by(&names));
    let contents: Vec<_> = folder.iter().flat_map(Folder::contents).filter(|(_, it)| is_meant(it)).collect();
    if matches.get_flag("status") {
        let found: Vec<Found> = contents.into_iter().map(|(_, found)| found).collect();
        return status::tell(&found, &nothing, &options).into();
    }
    let resume = Resume { options: &options, handles, this: Machine::this() };
    let codes: Vec<u8> = folder.iter().flat_map(|folder| resume.all(folder, &contents)).collect();
    if codes.is_empty() {
        command_line::note(&options, &nothing);
    }
    codes.into_iter().find(|code| *code != 0).unwrap_or(0).into()
}

/// What is finished, and how.
struct Resume<'a> {
    options: &'a Options,
    handles: Handles<'a>,
    this: Machine,
}

impl Resume<'_> {
    /// The exit code of each that something was done for, or should have been.
    fn all(&self, folder: &Folder, contents: &[(PathBuf, Found)]) -> Vec<u8> {
        contents.iter().filter_map(|(path, found)| self.one(folder, path, found)).collect()
    }

    fn one(&self, folder: &Folder, path: &Path, found: &Found) -> Option<u8> {
        let record = match found {
            Found::Record(record) => record,
            Found::Newer(version) => {
                let file = path.display();
                self.note(&format!(
                    "{file} is of a later cfn-signal (version {version} of the journal): resume it with that one"
                ));
                return Some(exit::REFUSED);
            }
            Found::Unreadable(why) => {
                let file = path.display();
                self.note(&format!(
                    "{file} cannot be read, and is left as it is: {why}: remove it once its signal is known to have arrived"
                ));
                return Some(exit::REFUSED);
            }
        };
        if record.state.is_over() {
            return None;
        }
        let what = &record.names;
        if record.machine.is_another_than(&self.this) {
            self.note(&format!("{what}: not resumed, it is of another machine, whose image this one has"));
            return None;
        }
        if record.is_late() {
            let age = humantime::format_duration(std::time::Duration::from_secs(record.age().as_secs()));
            self.note(&format!(
                "{what}: not resumed, it began {age} ago, and no stack waits longer than 12h"
            ));
            return None;
        }
        match folder.acquire(path) {
            Ok(Some(entry)) if entry.record().state.is_over() => None,
            Ok(Some(entry)) => Some(self.finish(folder, entry)),
            // Somebody else has finished it meanwhile, or is about to.
            Ok(None) => {
                self.note(&format!("{what}: another process is at it"));
                None
            }
            Err(error) => {
                self.note(&format!("{what}: {}: {error}", folder.path().display()));
                Some(exit::REFUSED)
            }
        }
    }

    /// Sends it; returns the exit code.
    fn finish(&self, folder: &Folder, entry: Entry) -> u8 {
        let mut record = entry.record().clone();
        let what = record.names.to_string();
        if record.running.is_some() && folder.was_confirmed_since(&record) {
            self.note(&format!("{what}: the command that was interrupted had signalled itself"));
            entry.forget();
            return 0;
        }
        if record.running.is_some() && folder.may_have_left_since(&record, &self.this) {
            self.note(&format!(
                "{what}: the command that was interrupted had begun a signal itself, which is resumed"
            ));
            entry.forget();
            return 0;
        }
        let interrupted = record.interrupted(&self.this);
        let options = match self.options_of(&record) {
            Ok(options) => options,
            Err(lack) => {
                self.note(&format!(
                    "{what}: cannot be resumed: give {lack} again, which the journal does not keep"
                ));
                return exit::REFUSED;
            }
        };
        self.note(&format!("{what}: its {} was not confirmed: sending it", record.order.status()));
        if let Some(reason) = interrupted {
            self.note(&reason);
            if options.handle.is_none() {
                let typed = record.running.as_ref().and_then(|running| running.console.as_deref());
                console::write(&Console::typed(typed), &options, &reason);
            }
        }
        let is_resource = options.handle.is_none();
        let options = Options { reason: options.reason.clone().filter(|_| !is_resource), ..options };
        let code = command_line::signal(&Native::with(Journal::of(Some(entry))), &options);
        if code == 0 {
            self.note(&format!("{what}: CloudFormation has it"));
        }
        code
    }

    /// What is to be sent, or what has to be given for that.
    fn options_of(&self, record: &Record) -> Result<Options, String> {
        let mut options = record.order.options(self.options).map_err(str::to_owned)?;
        if let Some(handle) = &record.names.handle {
            let found = self.handles.find(handle);
            options.handle = Some(found.ok_or_else(|| "the handle's URL, or --handle-file,".to_owned())?);
        }
        Ok(options)
    }

    fn note(&self, text: &str) {
        command_line::note(self.options, text);
    }
}
