//! What is to be said of a rehearsal beside its stacks' histories.

use std::fmt;

use super::redact::redact;

/// What else is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Which faults on demand came true how often, and how they can be had again.
    pub faults: Option<String>,
    /// What the rehearsal left out, took for granted or would warn of, a line each.
    pub remarks: Vec<String>,
    /// Signals and faults that came faster than they could be recorded. Those signals count all the same.
    pub untold: usize,
    /// Values that are made up, because only the real service would know them.
    pub made_up: Vec<Made>,
    /// Parameters' values that are made up, because none were given.
    pub filled: Vec<Made>,
}

/// A value that is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The stack that needs it; none where that goes without saying.
    pub stack: Option<String>,
    /// What it is the value of: a parameter, `Ip` or `Ip.AllocationId`.
    pub name: String,
    /// The value.
    pub value: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stack) = &self.stack {
            write!(f, "{stack}: ")?;
        }
        write!(f, "{} = {}", self.name, redact(&self.value))
    }
}

impl Notes {
    /// That not everything is told, if that is so.
    #[must_use]
    pub fn untold(&self) -> Option<String> {
        (self.untold > 0).then(|| {
            format!(
                "{} signals or faults came too fast to be shown, here and in the reports; signals among them count all the same",
                self.untold
            )
        })
    }
}
