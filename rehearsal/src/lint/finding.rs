//! What is found.

use super::mend::Edit;
use super::source::Excerpt;
use crate::template::node::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Works, and says less than it should.
    Note,
    /// Works here or today, and not elsewhere or after a change.
    Warning,
    /// Costs a timeout, or turns a stack green that is not.
    Error,
}

impl Severity {
    /// As in the output: `error`, `warning` or `note`, which are SARIF's levels too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is said of a rule.
#[derive(Debug)]
#[non_exhaustive]
pub struct RuleInfo {
    /// Stable: `CFS` and three digits.
    pub code: &'static str,
    /// A name in words with hyphens.
    pub name: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// Whether it is asked unless it is told otherwise: it is right nearly always, and what it finds has a cost.
    pub is_default: bool,
    /// What is wrong, in general.
    pub summary: &'static str,
    /// Why it costs a timeout, or hides a failure.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What it breaks.
    pub rule: &'static RuleInfo,
    /// Where.
    pub place: Place,
    /// What is wrong, in this template's words.
    pub message: String,
    /// The logical id of the resource in which it is.
    pub resource: String,
    /// The line it is on.
    pub excerpt: Excerpt,
    /// Where else the same is, such as in the same script of other machines.
    pub also: Vec<Also>,
    /// What it is known again by when its line has moved.
    pub fingerprint: String,
    /// What mends it and all that is folded into it, where that is safe.
    pub edits: Vec<Edit>,
    /// What is the same for all findings that are folded into one; empty where nothing is.
    pub(super) cause: String,
    /// Which of the template's scripts it is about, by its number.
    pub(super) script: Option<usize>,
}

/// Another place of a finding that has one cause.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Also {
    /// Where.
    pub place: Place,
    /// The logical id of the resource in which it is.
    pub resource: String,
}
