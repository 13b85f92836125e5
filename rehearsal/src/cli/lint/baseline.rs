//! Findings that are old: a file has them, and only new ones are told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};

use super::CliError;
use crate::lint::{Report, Selection, rules};

const VERSION: u64 = 1;

/// The findings of a file.
#[derive(Debug)]
pub(super) struct Baseline {
    folder: PathBuf,
    entries: BTreeSet<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// From the baseline's own folder.
    file: String,
    code: String,
    resource: String,
    fingerprint: String,
}

impl Baseline {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let unusable = |why: String| CliError::Usage(format!("{}: {why}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| {
            unusable(format!("the baseline cannot be read: {error}; --write-baseline makes one"))
        })?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| unusable(format!("is no baseline: {error}")))?;
        if value.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(unusable(format!("is no baseline of version {VERSION}")));
        }
        let listed = value.get("findings").and_then(Value::as_array);
        let entries = listed.and_then(|list| list.iter().map(entry).collect());
        let entries = entries.ok_or_else(|| unusable("has findings that are none".to_owned()))?;
        Ok(Self { folder: folder(path), entries })
    }

    /// All that is found, as a file.
    pub(super) fn write(path: &Path, reports: &[Report]) -> Result<usize, CliError> {
        let folder = folder(path);
        let entries: BTreeSet<Entry> = reports.iter().flat_map(|it| entries(&folder, it)).collect();
        let findings: Vec<Value> = entries
            .iter()
            .map(|it| {
                json!({
                    "file": it.file,
                    "code": it.code,
                    "resource": it.resource,
                    "fingerprint": it.fingerprint,
                })
            })
            .collect();
        let text = format!("{:#}\n", json!({"version": VERSION, "findings": findings}));
        let failed = |error: std::io::Error| {
            CliError::Usage(format!("{}: the baseline cannot be written: {error}", path.display()))
        };
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(failed)?;
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
        // As any file that is new, or as the one that was there.
        let permissions = path.metadata().map(|it| it.permissions());
        let permissions = permissions.unwrap_or_else(|_| std::os::unix::fs::PermissionsExt::from_mode(0o644));
        file.as_file().set_permissions(permissions).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(entries.len())
    }

    /// Takes out of the reports what is old, and gives what is old no longer: entries of templates that were looked at, or
    /// are gone, of rules that were asked.
    pub(super) fn hold(&self, reports: &mut [Report], selection: &Selection) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut files = BTreeSet::new();
        for report in reports {
            files.insert(file(&self.folder, &report.file));
            let own = entries(&self.folder, report);
            let before = report.findings.len();
            let mut is_old = own.iter().map(|entry| self.entries.contains(entry));
            report.findings.retain(|_| !is_old.next().unwrap_or_default());
            report.accepted = before - report.findings.len();
            found.extend(own);
        }
        let is_asked = |code: &str| rules().iter().any(|rule| rule.code == code && selection.takes(rule));
        let is_stale = |entry: &&Entry| {
            let is_seen = files.contains(&entry.file) || !self.folder.join(&entry.file).exists();
            is_seen && !found.contains(*entry) && is_asked(&entry.code)
        };
        let told = |it: &Entry| {
            let resource =
                if it.resource.is_empty() { String::new() } else { format!(" in {}", it.resource) };
            format!("{}: {}{resource} is in the baseline and found no longer", it.file, it.code)
        };
        self.entries.iter().filter(is_stale).map(told).collect()
    }
}

fn entry(value: &Value) -> Option<Entry> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Entry {
        file: text("file")?,
        code: text("code")?,
        resource: text("resource")?,
        fingerprint: text("fingerprint")?,
    })
}

fn entries(folder: &Path, report: &Report) -> Vec<Entry> {
    let file = file(folder, &report.file);
    let one = |finding: &crate::lint::Finding| Entry {
        file: file.clone(),
        code: finding.rule.code.to_owned(),
        resource: finding.resource.clone(),
        fingerprint: finding.fingerprint.clone(),
    };
    report.findings.iter().map(one).collect()
}

fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    parent.canonicalize().unwrap_or_else(|_| parent.to_owned())
}

/// A file's name from the baseline's folder, wherever the command runs.
fn file(folder: &Path, name: &str) -> String {
    let Ok(path) = Path::new(name).canonicalize() else { return name.to_owned() };
    let (mut from, mut to) = (folder.components().peekable(), path.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        (_, _) = (from.next(), to.next());
    }
    let up = from.map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(to).collect();
    relative.display().to_string()
}
