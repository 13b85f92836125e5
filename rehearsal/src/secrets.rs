//! Values that are not to be shown: those of `NoEcho` parameters, and what a store of secrets keeps.
//!
//! They are looked for in whatever is told of a rehearsal, most of all in what user data prints with `set -x`. A value of
//! up to three characters would be found everywhere, in times and in names, so it is hidden only where it stands alone.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

#[cfg(test)]
mod tests;

/// What stands in a secret's place, as the service has it in place of a `NoEcho` parameter's value.
pub(crate) const HIDDEN: &str = "****";
/// Characters from which on a value is looked for inside a text.
pub(crate) const LONG: usize = 4;
/// The same for a line of a value that has several, of which any may be a word of a program.
const LONG_LINE: usize = 8;

/// What is not to be shown of an account's stacks: more is learnt as stacks are made.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

/// Longest first, for one may be a part of another.
#[derive(Default)]
struct Known {
    /// As they may stand inside a text.
    inside: Vec<String>,
    /// Those that are hidden where nothing else is there.
    alone: Vec<String>,
    /// Values that are made up.
    spared: Vec<String>,
}

impl Secrets {
    /// These may be shown, whoever has them: they are made up, and may be what other values are as well.
    pub(crate) fn spare(&self, values: impl IntoIterator<Item = String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.spared.extend(values);
    }

    /// These are not shown from now on.
    pub(crate) fn learn(&self, values: impl IntoIterator<Item = String>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for value in values {
            if value.trim().is_empty() || known.spared.contains(&value) {
                continue;
            }
            if value.chars().count() < LONG {
                add(&mut known.alone, value);
                continue;
            }
            spellings(&value).into_iter().for_each(|it| add(&mut known.inside, it));
        }
    }

    /// A text without them.
    pub(crate) fn without<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.alone.iter().any(|it| it.trim() == text.trim()) {
            return Cow::Borrowed(HIDDEN);
        }
        let mut text = Cow::Borrowed(text);
        for secret in &known.inside {
            if text.contains(secret) {
                text = Cow::Owned(text.replace(secret, HIDDEN));
            }
        }
        text
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

fn add(values: &mut Vec<String>, value: String) {
    let place = values.partition_point(|it| it.len() > value.len());
    let same = values.iter().skip(place).take_while(|it| it.len() == value.len()).any(|it| *it == value);
    if !same {
        values.insert(place, value);
    }
}

/// A value as a shell traces it, as JSON has it and as messages escape it, and, since output comes by the line, its lines.
fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let json = json.get(1..json.len() - 1).unwrap_or_default();
    let escaped = [value.to_owned(), value.replace('\'', "'\\''"), value.escape_debug().to_string()];
    let lines = value.lines().map(str::trim).filter(|it| *it != value && it.chars().count() >= LONG_LINE);
    escaped.into_iter().chain([json.to_owned()]).chain(lines.map(str::to_owned)).collect()
}
