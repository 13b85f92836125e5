//! `cfn-init` and `cfn-get-metadata` as an instance has them with `--init run`: they work through the metadata of the
//! template, as far as that can be done without being root of a machine of one's own.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-init.html>

mod arguments;
mod build;
mod commands;
mod config_sets;
mod files;
mod journal;
mod services;
mod written;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use serde_json::{Value as Json, json};

use self::{arguments::Arguments, journal::Journal};
use super::disk::Disk;
use crate::init_metadata::INIT;
use crate::shown;
pub(super) use written::written_files;

/// The helpers that it is.
pub(super) const HELPERS: [&str; 2] = ["cfn-init", "cfn-get-metadata"];

/// What this program is called with to be one of them.
pub const AS_HELPER: &str = "--as-helper";

/// What an instance's `cfn-init` needs to know.
pub(super) struct Plan<'a> {
    pub(super) stack: &'a str,
    /// By logical id, pointed at what stands here for the instance's own.
    pub(super) metadata: Json,
    /// The instance's disk.
    pub(super) disk: &'a Path,
    /// Where stubs note how they are called.
    pub(super) calls: &'a Path,
    /// `cfn-init.log`.
    pub(super) log: &'a Path,
    /// Stubs of commands that services are started with.
    pub(super) stubs: Vec<&'a str>,
}

impl Plan<'_> {
    pub(super) fn text(&self) -> String {
        json!({
            "stack": self.stack,
            "metadata": self.metadata,
            "disk": self.disk,
            "calls": self.calls,
            "log": self.log,
            "stubs": self.stubs,
        })
        .to_string()
    }
}

/// Is a helper: `arguments` are a plan's file, the helper's name, and what it was called with. Gives its exit status.
#[must_use]
pub fn help(arguments: &[OsString]) -> u8 {
    let [plan, name, own @ ..] = arguments else { return 2 };
    let name = name.to_string_lossy();
    let parsed = match Arguments::try_parse_from([OsString::from(name.as_ref())].iter().chain(own)) {
        Ok(parsed) => parsed,
        Err(error) => {
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let read = File::open(plan).map_err(|error| error.to_string());
    let plan = read.and_then(|file| serde_json::from_reader(file).map_err(|error| error.to_string()));
    let result = plan.and_then(|plan: Json| {
        let called: Vec<_> = own.iter().map(|word| word.to_string_lossy()).collect();
        work(&plan, &name, &parsed, &called.join(" "))
    });
    match result {
        Ok(()) => 0,
        Err(problem) => {
            shown::on_stderr(&problem);
            1
        }
    }
}

fn work(plan: &Json, name: &str, arguments: &Arguments, called: &str) -> Result<(), String> {
    let path = |key: &str| PathBuf::from(plan.get(key).and_then(Json::as_str).unwrap_or_default());
    let mut journal = Journal::open(&path("calls"), &path("log")).map_err(|error| error.to_string())?;
    journal.note(&format!("{name} {called} (--init run)"));
    let metadata = chosen(plan, arguments)?;
    if name != "cfn-init" {
        let text = format!("{:#}\n", keyed(metadata, arguments.key.as_deref())?);
        return match std::io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(format!("standard output cannot be written: {error}"))
            }
            _ => Ok(()),
        };
    }
    let init = metadata.get(INIT).unwrap_or(&Json::Null);
    let disk = Disk::open(path("disk")).map_err(|error| error.to_string())?;
    let stubs = plan.get("stubs").and_then(Json::as_array).into_iter().flatten();
    let stubs = stubs.filter_map(|it| it.as_str().map(str::to_owned)).collect();
    build::build(init, arguments.config_sets(), &disk, stubs, &mut journal)
}

/// The metadata of the resource that was asked for.
fn chosen<'p>(plan: &'p Json, arguments: &Arguments) -> Result<&'p Json, String> {
    let (Some(stack), Some(resource)) = (&arguments.stack, &arguments.resource) else {
        return Err("Error: a stack and a logical resource id are needed (--stack, --resource)".to_owned());
    };
    let known = plan.get("stack").and_then(Json::as_str).unwrap_or_default();
    // An ARN has the name in its middle.
    if stack != known && stack.split('/').nth(1) != Some(known) {
        return Err(format!("ValidationError: Stack '{stack}' does not exist; this one is {known}"));
    }
    plan.get("metadata")
        .and_then(|all| all.get(resource))
        .ok_or_else(|| format!("Error: {resource} has no metadata for cfn-init in this template"))
}

fn keyed<'m>(metadata: &'m Json, key: Option<&str>) -> Result<&'m Json, String> {
    let Some(key) = key else { return Ok(metadata) };
    key.split('.')
        .try_fold(metadata, |value, name| value.get(name))
        .ok_or_else(|| format!("Error: the metadata has no {key}"))
}

/// A scalar as text; none of what holds others, such as a function whose value is not known.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(it) => Some(it.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Whether a setting is on: JSON's own truth, or its text.
fn is_true(value: Option<&Json>) -> bool {
    value.and_then(text_of).is_some_and(|it| it.eq_ignore_ascii_case("true") || it == "1")
}

/// The entries of a section, by key.
fn entries(section: Option<&Json>) -> Vec<(&String, &Json)> {
    let mut entries: Vec<_> = section.and_then(Json::as_object).into_iter().flatten().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

#[cfg(test)]
mod tests;
