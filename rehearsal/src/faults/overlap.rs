//! Rules that say the same, or that leave another nothing to do.

use std::fmt;

use super::rule::Rule;

/// Two rules that cannot both be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The second rule's place among the rules, from 0.
    pub index: usize,
    /// The rule that comes first.
    pub first: String,
    /// The rule that can be left out.
    pub second: String,
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, second, .. } = self;
        if first == second {
            write!(f, "{first} is given twice")
        } else {
            write!(
                f,
                "{first} contradicts {second}: the first always comes before the second; give it a limit such as first=3, \
                 or leave one out"
            )
        }
    }
}

impl std::error::Error for Overlap {}

/// The first rule that is there twice or that an earlier one leaves nothing to do.
#[must_use]
pub fn overlap(rules: &[Rule]) -> Option<Overlap> {
    rules.iter().enumerate().find_map(|(index, second)| {
        let first = rules.iter().take(index).find(|first| *first == second || hides(first, second))?;
        Some(Overlap { index, first: first.to_string(), second: second.to_string() })
    })
}

/// Of all rules for one stage, the first that comes true is the one that does.
fn hides(first: &Rule, second: &Rule) -> bool {
    first.limits.is_empty()
        && first.fault.stage() == second.fault.stage()
        && first.target.covers(second.target)
        && (!first.fault.is_choosy() || first.fault.name() == second.fault.name())
        && second
            .fault
            .meets()
            .iter()
            .all(|service| !second.target.can_select(*service) || first.fault.meets().contains(service))
}
