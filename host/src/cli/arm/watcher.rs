//! Whoever waits for the deadline.

use std::ffi::OsString;
use std::iter::once;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cfn_signal_command_line::{self as command_line, Options, Platform as _, exit};

use super::arguments::{Arguments, Watcher};
use super::definition;
use super::folder;
use super::record::Record;
use crate::cli::journal::{self, Heard, Journal};
use crate::cli::platform::Native;
use crate::cli::run::console;

/// The words that a watcher is started with, and whoever signals for it.
pub(super) const WATCH: &str = "--watch";
pub(super) const FIRE: &str = "--fire";

/// The exit code of the latter where the journal has a signal that the stack has heard.
const HEARD: u8 = 100;

/// How often it is looked whether it is disarmed, or the deadline moved.
const BETWEEN: Duration = Duration::from_millis(500);
/// Between two tries to be the one who watches.
const AGAIN: Duration = Duration::from_millis(5);
/// For a watcher to begin.
const TO_BEGIN: Duration = Duration::from_secs(10);

/// Has what is armed in `path` watched: by whom is `asked`, else by a unit of systemd's where that runs, else by a process of its own.
pub(super) fn start(path: &Path, asked: Option<Watcher>) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| format!("this program is not found: {error}"))?;
    if asked == Some(Watcher::Systemd) || (asked.is_none() && is_systemds()) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut unit = Command::new("systemd-run");
        unit.args(["--quiet", "--no-ask-password", "--collect", "--unit"])
            .arg(format!("cfn-signal-armed-{name}"));
        unit.arg(definition::UNIT);
        unit.arg("--").arg(&program).args(["arm", WATCH]).arg(path);
        if quiet(&mut unit).status().is_ok_and(|status| status.success()) && begins(path) {
            return Ok(());
        }
        if asked.is_some() {
            return Err("systemd starts no unit that watches: try --watcher process".to_owned());
        }
        tracing::info!("systemd starts no unit: a process of its own watches");
    }
    let mut process = Command::new(&program);
    process.args(["arm", WATCH]).arg(path).current_dir("/");
    let mut child =
        quiet(&mut process).spawn().map_err(|error| format!("no watcher can be started: {error}"))?;
    if begins(path) {
        return Ok(());
    }
    let _gone = child.kill();
    Err("no watcher can be started: it does not begin".to_owned())
}

/// Waits for the deadline, and has the failure signalled; returns the exit code.
pub(super) fn watch(path: &Path) -> u8 {
    #[cfg(unix)]
    {
        // Already a leader, under systemd.
        let _leads = rustix::process::setsid();
    }
    // Whoever looks whether it is watched holds it for a moment.
    let mut held = (0..20).find_map(|_| {
        let held = folder::hold(path).ok().flatten();
        if held.is_none() {
            sleep(AGAIN);
        }
        held
    });
    if held.is_none() {
        return 0;
    }
    loop {
        let record = folder::read(path).filter(|record| record.fired.is_none());
        let left = record.as_ref().map(Record::left);
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            sleep(BETWEEN.min(left));
            continue;
        }
        // Due, or disarmed. It may be armed again meanwhile.
        let fired = record.map(|record| (record, signal(path))).filter(|(_, code)| *code != HEARD);
        let code = fired.as_ref().map_or(0, |(_, code)| *code);
        if !folder::settle(path, fired, &mut held).unwrap_or(false) {
            return code;
        }
    }
}

/// In a process with the environment that it was armed in.
fn signal(path: &Path) -> u8 {
    let Some(record) = folder::read(path) else { return 0 };
    let Ok(program) = std::env::current_exe() else { return exit::INTERNAL };
    let mut process = Command::new(program);
    process.args(["arm", FIRE]).arg(path).env_clear().envs(&record.environment);
    if record.folder.is_dir() {
        process.current_dir(&record.folder);
    }
    let status = process.stdin(Stdio::null()).status();
    status.ok().and_then(|status| u8::try_from(status.code()?).ok()).unwrap_or(exit::INTERNAL)
}

/// Signals the failure that is armed in `path`; returns the exit code.
pub(super) fn fire(path: &Path) -> u8 {
    let Some(record) = folder::read(path) else { return 0 };
    let name = OsString::from("cfn-signal arm");
    let typed = once(name).chain(record.arguments.iter().map(OsString::from));
    let read = definition::arm().try_get_matches_from(typed);
    let Ok(arguments) = read.and_then(|matches| Arguments::of(&matches, definition::arm)) else {
        return exit::USAGE;
    };
    let platform = Native::with(Journal::default());
    platform.listen(arguments.options.log_format, arguments.options.verbosity);
    // A signal that has left is one, even where whoever sent it did not live to see it arrive.
    match journal::heard(&record.names, record.age(), &arguments.options) {
        None => {}
        Some(Heard::Confirmed) => return heard(path, &record),
        Some(Heard::Left(entry)) => {
            let handle = arguments.options.handle.clone();
            if let Ok(options) = entry.record().order.options(&arguments.options) {
                let platform = Native::with(Journal::of(Some(*entry)));
                return match command_line::signal(&platform, &Options { handle, ..options }) {
                    0 => heard(path, &record),
                    code => code,
                };
            }
        }
    }
    let reason = format!("no signal within {} (cfn-signal arm)", record.after);
    let reason = match &arguments.options.reason {
        Some(said) => format!("{said}; {reason}"),
        None => reason,
    };
    let is_resource = arguments.options.handle.is_none();
    let options = Options { failed: true, reason: Some(reason.clone()), ..arguments.options };
    command_line::note(&options, &reason);
    if is_resource {
        console::write(&arguments.console, &options, &reason);
    }
    command_line::signal(
        &platform,
        &Options { reason: options.reason.clone().filter(|_| !is_resource), ..options },
    )
}

/// Nothing is armed any more, unless it was armed again.
fn heard(path: &Path, record: &Record) -> u8 {
    if folder::read(path).is_some_and(|now| now.due == record.due) {
        folder::forget(path);
    }
    HEARD
}

fn begins(path: &Path) -> bool {
    let started = Instant::now();
    while started.elapsed() < TO_BEGIN {
        if folder::is_watched(path) {
            return true;
        }
        sleep(Duration::from_millis(5));
    }
    false
}

/// Whether systemd runs this machine, and takes units of this user.
fn is_systemds() -> bool {
    #[cfg(unix)]
    return Path::new("/run/systemd/system").is_dir() && rustix::process::geteuid().is_root();
    #[cfg(not(unix))]
    false
}

/// Nobody waits for its output: what it says goes to the journal, under systemd.
fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}
