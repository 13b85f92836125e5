//! `commands`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value as Json;

use super::journal::Journal;
use super::{entries, is_true, text_of};
use crate::run::disk::Disk;

/// What stays where a command has an environment of its own: the way to the helpers, and what keeps SDKs from the
/// credentials of whoever rehearses.
const KEPT: [&str; 4] =
    ["PATH", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_SERVICE_ENDPOINT"];

/// Runs them in the order of their names until one fails.
pub(super) fn run(section: Option<&Json>, disk: &Disk, journal: &mut Journal) -> Result<(), String> {
    for (name, settings) in entries(section) {
        let Some(mut command) = command(settings.get("command"), settings, disk) else {
            journal.note(&format!(
                "cfn-init: command {name} is not run: it has a value that only the real service knows, or no command"
            ));
            continue;
        };
        if let Some(test) = settings.get("test") {
            let Some(mut test) = self::command(Some(test), settings, disk) else { continue };
            if !status(&mut test, journal).is_ok_and(|status| status.success()) {
                journal.log("INFO", &format!("the test of command {name} failed, so it is not run"));
                continue;
            }
        }
        match status(&mut command, journal) {
            Ok(status) if status.success() => journal.log("INFO", &format!("Command {name} succeeded")),
            how => {
                let why = how.map_or_else(|error| error.to_string(), |status| status.to_string());
                journal.log("ERROR", &format!("Command {name} failed ({why})"));
                if !is_true(settings.get("ignoreErrors")) {
                    return Err(format!("Command {name} failed"));
                }
            }
        }
    }
    Ok(())
}

fn status(command: &mut Command, journal: &Journal) -> std::io::Result<ExitStatus> {
    command.stdin(Stdio::null()).stdout(journal.output()?).stderr(journal.output()?).status()
}

/// Text is a shell's, a list is a program and its arguments.
fn command(value: Option<&Json>, settings: &Json, disk: &Disk) -> Option<Command> {
    let mut command = match value? {
        Json::Array(words) => {
            let words: Vec<String> = words.iter().map(text_of).collect::<Option<_>>()?;
            let (program, arguments) = words.split_first()?;
            let mut command = Command::new(program);
            command.args(arguments);
            command
        }
        other => {
            let mut command = Command::new("/bin/sh");
            command.arg("-c").arg(text_of(other)?);
            command
        }
    };
    if let Some(own) = settings.get("env").filter(|env| !env.is_null()) {
        // It takes the place of what is there.
        command.env_clear().envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        for (name, value) in own.as_object()? {
            command.env(name, text_of(value)?);
        }
    }
    if let Some(folder) = settings.get("cwd").filter(|cwd| !cwd.is_null()) {
        command.current_dir(here(Path::new(&text_of(folder)?), disk));
    }
    Some(command)
}

/// A folder of the instance: the one that was made here, or else this machine's.
fn here(folder: &Path, disk: &Disk) -> PathBuf {
    let own = disk.below(folder);
    if own.is_dir() { own } else { folder.to_owned() }
}
