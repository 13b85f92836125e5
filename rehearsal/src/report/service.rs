//! How many of a group's instances serve, at each moment, and where they are too few.

use std::time::Duration;

use super::phase::Verb;
use super::record::ResourceRecord;
use crate::moment::{Moment, spoken};
use crate::stack::Capacity;

/// What instances in service are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// `MinInstancesInService` of the rolling update under way.
    Least,
    /// What the template or a scaling policy asks for: once it was reached.
    Wanted,
}

impl Need {
    /// As the JSON report has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Least => "min_in_service",
            Self::Wanted => "wanted",
        }
    }

    const fn of(self, size: &Capacity) -> Option<u32> {
        match self {
            Self::Least => size.kept,
            Self::Wanted => Some(size.wanted),
        }
    }
}

/// A time with too few in service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// What it is short of.
    pub of: Need,
    /// From when.
    pub since: Moment,
    /// To when.
    pub until: Moment,
    /// In service, at the fewest.
    pub fewest: u32,
    /// How many it would have taken then.
    pub needed: u32,
}

/// A group's sizes, each with the moment to which it lasted; `latest` is the last that is known of. Of a group that is deleted
/// they end with that.
#[must_use]
pub fn sizes(group: &ResourceRecord, latest: Moment) -> Vec<(&Capacity, Moment)> {
    let deleted = group.spans.iter().filter(|it| it.verb == Verb::Delete).map(|it| it.since).next();
    let end = deleted.unwrap_or(latest);
    let all: Vec<_> = group.sizes.iter().filter(|it| it.at <= end).collect();
    let ends = all.iter().skip(1).map(|it| it.at).chain([end]);
    all.iter().copied().zip(ends).collect()
}

/// When too few were in service, in the order of time.
#[must_use]
pub fn shortfalls(sizes: &[(&Capacity, Moment)], of: Need) -> Vec<Shortfall> {
    let mut all: Vec<Shortfall> = Vec::new();
    // While a group is created it has fewer than it wants, and nothing is wrong with that.
    let mut reached = of == Need::Least;
    for (size, until) in sizes {
        let Some(needed) = of.of(size).filter(|needed| size.in_service < *needed) else {
            reached = true;
            continue;
        };
        if !reached || *until <= size.at {
            continue;
        }
        match all.last_mut() {
            Some(last) if last.until == size.at => {
                last.until = *until;
                if needed.saturating_sub(size.in_service) > last.needed.saturating_sub(last.fewest) {
                    (last.fewest, last.needed) = (size.in_service, needed);
                }
            }
            _ => all.push(Shortfall { of, since: size.at, until: *until, fewest: size.in_service, needed }),
        }
    }
    all
}

/// What is to be said of a group's sizes; `began` is what times count from.
#[must_use]
pub fn words(sizes: &[(&Capacity, Moment)], began: Moment) -> Vec<String> {
    let mut words: Vec<_> = shortfalls(sizes, Need::Least)
        .iter()
        .map(|it| {
            format!(
                "Fell short of MinInstancesInService for {}, from {} on: {} in service of {}.",
                spoken(it.until.since(it.since)),
                spoken(it.since.since(began)),
                it.fewest,
                it.needed
            )
        })
        .collect();
    let least = sizes.iter().filter_map(|(it, _)| it.kept).max();
    if let (true, Some(least)) = (words.is_empty(), least.filter(|it| *it > 0)) {
        words.push(format!("There were always MinInstancesInService, {least}, in service."));
    }
    let wanted = shortfalls(sizes, Need::Wanted);
    if let Some(worst) = wanted.iter().max_by_key(|it| it.needed.saturating_sub(it.fewest)) {
        let span: Duration = wanted.iter().map(|it| it.until.since(it.since)).sum();
        let (fewest, needed) = (worst.fewest, worst.needed);
        words.push(format!("Fewer than wanted for {}: {fewest} of {needed} at the fewest.", spoken(span)));
    } else if sizes.len() > 1 && sizes.iter().any(|(it, _)| it.in_service > 0) {
        words.push("Once there, never fewer than wanted.".to_owned());
    }
    words
}

#[cfg(test)]
mod tests;
