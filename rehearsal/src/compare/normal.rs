//! A reason without what differs from one stack to the next.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use fancy_regex::{Captures, Regex};

use super::words::failed_list;

/// What is made up by whoever plays the service: instances are called by the order in which they are first seen.
#[derive(Debug, Default)]
pub(super) struct Naming {
    seen: HashMap<String, usize>,
}

static INSTANCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bi-(?:[0-9a-f]{17}|[0-9a-f]{8})\b").ok());
static ARN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\barn:[a-z0-9-]+:[^\s,'\]\)]+").ok());
static UUID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b").ok()
});

impl Naming {
    /// The reason with ids in a form of which both sides make the same. Of a list of resources that failed, those
    /// that count are `kept`.
    pub(super) fn normal(&mut self, reason: &str, kept: &BTreeSet<String>) -> String {
        let reason = older_words(reason.trim_end());
        let reason = lists(&reason, kept);
        let reason = replaced(&ARN, &reason, |_| "arn:(any)".to_owned());
        let reason = replaced(&UUID, &reason, |_| "(id)".to_owned());
        let reason = replaced(&INSTANCE, &reason, |id| {
            let next = self.seen.len() + 1;
            format!("i-({})", self.seen.entry(id.to_owned()).or_insert(next))
        });
        sorted(&reason)
    }
}

/// Whether a unique id is an instance's.
pub(super) fn is_instance(unique_id: &str) -> bool {
    let whole =
        |regex: &Regex| regex.find(unique_id).is_ok_and(|it| it.is_some_and(|it| it.as_str() == unique_id));
    INSTANCE.as_ref().is_some_and(whole)
}

fn replaced(regex: &Option<Regex>, text: &str, mut with: impl FnMut(&str) -> String) -> String {
    match regex {
        Some(regex) => {
            let with = |found: &Captures<'_>| with(found.get(0).map_or("", |it| it.as_str()));
            regex.replace_all(text, with).into_owned()
        }
        None => text.to_owned(),
    }
}

/// Until 2018 a sentence ended with two full stops.
fn older_words(reason: &str) -> String {
    reason.replace("]. . ", "]. ")
}

/// The names of what failed, without those that have only been cancelled somewhere on the way.
fn lists(reason: &str, kept: &BTreeSet<String>) -> String {
    let mut out = String::new();
    let mut rest = reason;
    while let Some((verb, names, after)) = failed_list(rest) {
        let names: BTreeSet<_> = names.into_iter().filter(|it| kept.contains(*it)).collect();
        let names: Vec<_> = names.into_iter().collect();
        if !names.is_empty() {
            out.push_str(&format!("The following resource(s) failed to {verb}: [{}].", names.join(", ")));
        }
        let next = after.strip_prefix('.').unwrap_or(after).trim_start();
        if !next.is_empty() && !names.is_empty() {
            out.push(' ');
        }
        rest = next;
    }
    out.push_str(rest);
    out.trim_end().to_owned()
}

/// Instances in brackets in one order: which of several is the first means nothing.
fn sorted(reason: &str) -> String {
    let mut out = String::new();
    let mut rest = reason;
    while let Some((before, after)) = rest.split_once("[i-(") {
        let Some((inside, next)) = after.split_once(']') else { break };
        let mut ids: Vec<&str> = inside.split(',').map(|it| it.trim().trim_start_matches("i-(")).collect();
        ids.sort_by_key(|it| (it.len(), it.to_owned()));
        out.push_str(before);
        out.push_str(&format!("[i-({}]", ids.join(", i-(")));
        rest = next;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
