//! The configs, section by section, in the order that is documented.

use serde_json::Value as Json;

use super::config_sets::configs;
use super::journal::Journal;
use super::{commands, entries, files, services};
use crate::run::disk::Disk;

/// Sections that would change this machine.
const NOT_DONE: [(&str, &str); 3] =
    [("packages", "not installed"), ("groups", "not made"), ("users", "not made")];

/// Works through config sets until something fails.
pub(super) fn build(
    init: &Json,
    sets: Vec<String>,
    disk: &Disk,
    stubs: Vec<String>,
    journal: &mut Journal,
) -> Result<(), String> {
    journal.log("INFO", &format!("running config sets: {}", sets.join(", ")));
    let result = configs(init, &sets).and_then(|configs| {
        configs.iter().try_for_each(|name| {
            let Some(config) = init.get(name) else { return Err(format!("there is no config {name}")) };
            journal.log("INFO", &format!("running config {name}"));
            one(config, disk, &stubs, journal)
        })
    });
    match result {
        Ok(()) => {
            journal.log("INFO", "the config sets are completed");
            Ok(())
        }
        Err(problem) => {
            journal.log("ERROR", &format!("Error occurred during build: {problem}"));
            Err(format!("Error occurred during build: {problem}"))
        }
    }
}

fn one(config: &Json, disk: &Disk, stubs: &[String], journal: &mut Journal) -> Result<(), String> {
    for (section, what) in NOT_DONE {
        let names = named(section, config.get(section));
        if !names.is_empty() {
            journal.note(&format!("cfn-init: {section} are {what} here: {}", names.join(", ")));
        }
    }
    for (folder, from) in entries(config.get("sources")) {
        let _ = disk.make_folder(folder);
        let from = super::text_of(from).unwrap_or_default();
        journal.note(&format!("cfn-init: sources are not fetched here: {folder} from {from}"));
    }
    files::write(config.get("files"), disk, journal)?;
    commands::run(config.get("commands"), disk, journal)?;
    services::start(config.get("services"), stubs, journal)
}

/// Packages are by their managers.
fn named(section: &str, value: Option<&Json>) -> Vec<String> {
    let entries = entries(value).into_iter();
    match section {
        "packages" => entries.flat_map(|(_, packages)| keys(packages)).collect(),
        _ => entries.map(|(name, _)| name.clone()).collect(),
    }
}

fn keys(value: &Json) -> Vec<String> {
    entries(Some(value)).into_iter().map(|(name, _)| name.clone()).collect()
}
