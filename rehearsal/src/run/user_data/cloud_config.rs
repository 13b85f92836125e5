//! `#cloud-config`: of its many modules `bootcmd`, `write_files` and `runcmd`.
//!
//! Sources: <https://docs.cloud-init.io/en/latest/reference/modules.html>,
//! <https://docs.cloud-init.io/en/latest/reference/merging.html>

use super::{
    files::{WrittenFile, files},
    kind::Frequency,
    script::{Folder, Script},
    yaml::{Value, read},
};
use crate::run::quoting::quoted;
use crate::yaml::Budget;

/// The modules that are rehearsed.
const MODULES: [&str; 3] = ["bootcmd", "runcmd", "write_files"];

/// Keys that change nothing of a first boot.
const HARMLESS: [&str; 5] =
    ["merge_how", "merge_type", "output", "cloud_final_modules", "cloud_config_modules"];

/// By these words such a note is known.
pub(super) const LOST: &str = "takes the place of";

/// And that files stand elsewhere by these.
pub(super) const SCRATCH: &str = "written in the scratch directory only";

/// All cloud-config of the user data, merged.
#[derive(Default)]
pub(super) struct CloudConfig {
    entries: Vec<(String, Value)>,
    /// The parts that the lists of the modules come from.
    origins: Vec<(String, String)>,
}

/// What is run of it.
pub(super) struct Ran {
    pub(super) bootcmd: Option<Script>,
    pub(super) files: Vec<WrittenFile>,
    pub(super) runcmd: Option<Script>,
}

impl CloudConfig {
    /// Adds a part, merged as it asks for.
    pub(super) fn merge(
        &mut self,
        name: &str,
        header: Option<&str>,
        content: &[u8],
        budget: &mut Budget,
        notes: &mut Vec<String>,
    ) {
        let Ok(text) = std::str::from_utf8(content) else {
            notes.push(format!("{name}: cloud-config is not text in UTF-8; cloud-init takes none of it"));
            return;
        };
        let entries = match read(text, budget) {
            Ok(Value::Map(entries)) => entries,
            Ok(Value::Null) => return,
            Ok(other) => {
                let what = other.described();
                notes.push(format!(
                    "{name}: cloud-config is a map, this is {what}; cloud-init takes none of it"
                ));
                return;
            }
            Err(error) => {
                notes.push(format!("{name}: cloud-config is {error}; cloud-init takes none of it"));
                return;
            }
        };
        let how = How::asked(&entries, header);
        for (key, value) in entries {
            let lost = self.lost(how, &key, &value, name);
            if let Some(lost) = lost {
                notes.push(lost);
            }
            match self.entries.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => how.merge(known, value),
                None => self.entries.push((key, value)),
            }
        }
    }

    /// What is said of a list that another takes the place of, or that does not take another's.
    fn lost(&mut self, how: How, key: &str, value: &Value, part: &str) -> Option<String> {
        if !MODULES.contains(&key) || value.items().is_none() {
            return None;
        }
        let Some((_, origin)) = self.origins.iter_mut().find(|(known, _)| known == key) else {
            self.origins.push((key.to_owned(), part.to_owned()));
            return None;
        };
        let (winner, loser) = match how {
            How::Replace | How::Overlay => (part.to_owned(), std::mem::replace(origin, part.to_owned())),
            How::Keep => (origin.clone(), part.to_owned()),
            How::Append | How::Prepend => return None,
        };
        let (items, not_done) = match key {
            "write_files" => ("files", "written"),
            _ => ("commands", "run"),
        };
        let (what, which) = match how {
            How::Overlay => ("the beginning of that", "where both have an item, the earlier one is"),
            _ => ("that", &*format!("whose {items} are")),
        };
        Some(format!(
            "{key}: that of {winner} {LOST} {what} of {loser}, {which} not {not_done}; to have both, give the later part the \
             header Merge-Type: list(append)+dict(recurse_array)+str()"
        ))
    }

    /// What comes of it.
    pub(super) fn finish(self, budget: &mut Budget, notes: &mut Vec<String>) -> Ran {
        let config = Value::Map(self.entries);
        let Value::Map(entries) = &config else {
            return Ran { bootcmd: None, files: Vec::new(), runcmd: None };
        };
        let others: Vec<&str> = entries
            .iter()
            .map(|(key, _)| key.as_str())
            .filter(|key| !MODULES.contains(key) && !HARMLESS.contains(key))
            .collect();
        if !others.is_empty() {
            notes.push(format!(
                "cloud-config: {} {} not rehearsed; {} are",
                others.join(", "),
                if others.len() == 1 { "is" } else { "are" },
                MODULES.join(", ")
            ));
        }
        let command = |module: &str, folder: Folder, notes: &mut Vec<String>| {
            let value = config.get(module).filter(|value| **value != Value::Null)?;
            match script(value) {
                Ok(text) => Some(Script { name: module.to_owned(), folder, text }),
                Err(problem) => {
                    notes.push(format!("{module}: {problem}; cloud-init runs none of it"));
                    None
                }
            }
        };
        let bootcmd = command("bootcmd", Folder::Temporary, notes);
        let runcmd = command("runcmd", Folder::Scripts(Frequency::User), notes);
        let files = config.get("write_files").map(|value| files(value, budget, notes)).unwrap_or_default();
        if !files.is_empty() {
            let paths: Vec<_> = files.iter().map(|file| file.path.display().to_string()).collect();
            notes.push(format!(
                "write_files: {} {SCRATCH}, and scripts that name {} look there",
                if let [path] = paths.as_slice() {
                    format!("{path} is")
                } else {
                    format!("{} are", paths.join(", "))
                },
                if paths.len() == 1 { "it" } else { "them" },
            ));
        }
        Ran { bootcmd, files, runcmd }
    }
}

/// Commands as the shell script that cloud-init makes of them: text as it is, lists quoted.
fn script(value: &Value) -> Result<Vec<u8>, String> {
    let Some(items) = value.items() else {
        return Err(format!("a list of commands is needed, this is {}", value.described()));
    };
    let mut script = b"#!/bin/sh\n".to_vec();
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::Null => continue,
            Value::Text(command) => script.extend(command.bytes()),
            Value::List(words) => {
                let words: Option<Vec<_>> =
                    words.iter().map(|word| Some(quoted(word.text()?.as_bytes()))).collect();
                let Some(words) = words else {
                    return Err(format!("command {} has a list or a map in its list", index + 1));
                };
                script.extend(words.join(&b' '));
            }
            Value::Bool(_) | Value::Number(_) | Value::Binary(_) | Value::Map(_) => {
                let hint =
                    if matches!(item, Value::Map(_)) { " (is there a \": \" in it? quote it)" } else { "" };
                return Err(format!(
                    "command {} is {}, and has to be text or a list{hint}",
                    index + 1,
                    item.described()
                ));
            }
        }
        script.push(b'\n');
    }
    Ok(script)
}

/// How a key that was there before is merged with what comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// The later value counts: so it is unless told.
    Replace,
    /// The earlier value stays.
    Keep,
    Append,
    Prepend,
    /// Item by item.
    Overlay,
}

impl How {
    /// What `merge_how` or `merge_type` of the part says, or else its header.
    fn asked(entries: &[(String, Value)], header: Option<&str>) -> Self {
        let own = ["merge_how", "merge_type"]
            .iter()
            .find_map(|key| entries.iter().find(|(name, _)| name == key))
            .map(|(_, value)| Self::spelt(value));
        let asked = own.or(header.map(str::to_owned)).unwrap_or_default();
        let (dict, list) = (options(&asked, "dict"), options(&asked, "list"));
        if asked.trim().is_empty() || dict.iter().any(|it| it == "replace") {
            return Self::Replace;
        }
        if !dict.iter().any(|it| it == "recurse_array" || it == "recurse_list") {
            return Self::Keep;
        }
        let has = |name: &str| list.iter().any(|it| it == name);
        if has("append") {
            Self::Append
        } else if has("prepend") {
            Self::Prepend
        } else if has("no_replace") {
            Self::Keep
        } else {
            Self::Overlay
        }
    }

    /// The long form, a list of names and settings, in the short one.
    fn spelt(value: &Value) -> String {
        let Some(items) = value.items() else { return value.text().unwrap_or_default().to_owned() };
        let one = |item: &Value| {
            let name = item.get("name").and_then(Value::text).unwrap_or_default();
            let settings = item.get("settings").and_then(Value::items).unwrap_or_default();
            let settings: Vec<&str> = settings.iter().filter_map(Value::text).collect();
            format!("{name}({})", settings.join(","))
        };
        items.iter().map(one).collect::<Vec<_>>().join("+")
    }

    fn merge(self, known: &mut Value, value: Value) {
        match (self, known, value) {
            (Self::Append, Value::List(known), Value::List(items)) => known.extend(items),
            (Self::Prepend, Value::List(known), Value::List(items)) => {
                known.splice(0..0, items);
            }
            (Self::Overlay, Value::List(known), Value::List(items)) => {
                let more = items.len().min(known.len());
                known.splice(0..more, items);
            }
            (Self::Replace, known, value) => *known = value,
            _ => {}
        }
    }
}

/// `append` and `recurse_dict` of `list(append, recurse_dict)+dict()`.
fn options(asked: &str, name: &str) -> Vec<String> {
    let one = asked.split('+').find_map(|one| one.trim().strip_prefix(name)?.trim().strip_prefix('('));
    let inner = one.and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    inner
        .split(',')
        .map(|option| option.trim().to_ascii_lowercase())
        .filter(|option| !option.is_empty())
        .collect()
}
