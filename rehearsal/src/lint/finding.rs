//! What is found.

use super::rule::Rule;
use crate::template::node::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it breaks.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// What is wrong, in this template's words.
    pub message: String,
    /// The logical id of the resource in which it is.
    pub resource: String,
    /// The line it is on.
    pub excerpt: Excerpt,
}

/// A line of the template, or, where it is long, what is around a place in it.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The column of its first character, from 1.
    pub column: u32,
}
