//! `--user-data`: what instances run in place of the template's user data.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::rehearsal::Options;

#[cfg(test)]
mod tests;

/// What is run.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ScriptArguments {
    /// Run this file instead of the template's user data; with ID=FILE for the instance or group ID, with Stack/ID=FILE for
    /// one of a nested stack, and repeated for several; serve has it for the stacks that clients make, too
    #[arg(long = "user-data", value_name = "[ID=]FILE", value_parser = script)]
    scripts: Vec<Script>,
}

/// A file, and who runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Script {
    logical_id: Option<String>,
    file: PathBuf,
}

/// What the files have.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// For the one instance there is.
    pub(super) all: Option<Vec<u8>>,
    /// By logical id.
    pub(super) of: BTreeMap<String, Vec<u8>>,
}

impl ScriptArguments {
    /// Whether there are any.
    pub(super) fn any(&self) -> bool {
        !self.scripts.is_empty()
    }

    /// Reads the files.
    pub(super) fn read(&self) -> Result<Given, CliError> {
        let mut given = Given::default();
        for Script { logical_id, file } in &self.scripts {
            let data = std::fs::read(file)
                .map_err(|error| CliError::UserData { path: file.display().to_string(), error })?;
            let twice = match logical_id {
                None => given.all.replace(data).is_some(),
                Some(id) => given.of.insert(id.clone(), data).is_some(),
            };
            if twice {
                return Err(CliError::Usage(match logical_id {
                    None => {
                        "--user-data: two files without an instance; say which runs which: ID=FILE".to_owned()
                    }
                    Some(id) => format!("--user-data: two files for {id}"),
                }));
            }
        }
        Ok(given)
    }
}

/// Whether it is plain who runs what; `launching` are the instances and groups that boot.
pub(super) fn check(options: &Options, launching: &[&str]) -> Result<(), CliError> {
    let usage = |problem: String| Err(CliError::Usage(format!("--user-data: {problem}")));
    let is_below = |id: &str| id.contains('/') && options.resources.is_empty();
    let is_rehearsed = |id: &str| launching.contains(&id) || is_below(id);
    if let Some(id) = options.user_data_of.keys().find(|id| !is_rehearsed(id)) {
        return usage(format!("{id} is not rehearsed, for --resource names others"));
    }
    if options.user_data.is_none() {
        return Ok(());
    }
    let left: Vec<_> =
        launching.iter().filter(|id| !options.user_data_of.contains_key(**id)).copied().collect();
    match left.as_slice() {
        [_] => Ok(()),
        [] if launching.is_empty() => usage("the template has no instance of its own to run it; one of a nested stack is given it with Stack/ID=FILE".to_owned()),
        [] => usage("every instance has a file of its own, and none is left to run this one".to_owned()),
        many => usage(format!(
            "say which instance runs it, with ID=FILE (or choose one with --resource): {}",
            many.join(", ")
        )),
    }
}

/// `FILE` or `ID=FILE`; a file whose name has a `=` after letters and digits is written `./a=b`.
fn script(text: &str) -> Result<Script, String> {
    let is_name = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric());
    let is_id = |id: &str| id.split('/').all(is_name);
    let (logical_id, file) = match text.split_once('=') {
        Some((id, file)) if is_id(id) => (Some(id.to_owned()), file),
        _ => (None, text),
    };
    if file.is_empty() {
        return Err("--user-data takes FILE or ID=FILE".to_owned());
    }
    Ok(Script { logical_id, file: file.into() })
}
