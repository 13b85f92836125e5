//! A rule: which fault meets whom, and how often.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::definitions::{DEFINITIONS, ValueKind};
use super::error::{Problem, RuleError};
use super::fault::{Fault, ImdsMode, definition};
use super::limits::Limits;
use super::target::{ACTIONS, Service, Target};

/// Longer than anybody waits for an answer.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Ten years.
const LONGEST_SPAN: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Characters of a word that an error repeats.
const LONGEST_WORD: usize = 40;

/// `[TARGET:]FAULT[=VALUE][,LIMIT=VALUE]…`, such as `SignalResource:throttling,first=3`.
///
/// Reads from its text and displays as the shortest text that reads as the same rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Whom it is about.
    pub target: Target,
    /// What happens.
    pub fault: Fault,
    /// How often.
    pub limits: Limits,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let mut at = 0;
        let mut parts = text.split(',');
        let head = parts.next().unwrap_or_default();
        let (target, fault_at, fault) = match head.split_once(':') {
            None => (None, 0, head),
            Some((target, fault)) => (Some(target), length(target) + 1, fault),
        };
        let target = target.map(read_target).transpose()?.unwrap_or_default();
        let fault = read_fault(fault, fault_at)?;
        check_suited(&fault, target)?;
        at += length(head) + 1;
        let mut limits = Limits::default();
        for part in parts {
            read_limit(part, at, &mut limits)?;
            at += length(part) + 1;
        }
        if let (true, Some(first), Some(every)) = (limits.are_impossible(), limits.first, limits.every) {
            return Err(RuleError { at: length(head) + 1, problem: Problem::Impossible { first, every } });
        }
        Ok(Self { target, fault, limits })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.target != Target::Any {
            write!(f, "{}:", self.target)?;
        }
        write!(f, "{}{}", self.fault, self.limits)
    }
}

fn read_target(word: &str) -> Result<Target, RuleError> {
    Target::parse(word.trim()).ok_or_else(|| {
        let known = Target::WORDS.iter().map(|(word, _)| *word).chain(ACTIONS.iter().copied());
        let nearest = nearest(word, known);
        RuleError { at: 0, problem: Problem::UnknownTarget { word: shown(word), nearest } }
    })
}

fn read_fault(text: &str, at: usize) -> Result<Fault, RuleError> {
    let (name, value) = split(text);
    if name.is_empty() {
        return Err(RuleError { at, problem: Problem::NoFault });
    }
    let Some(known) = definition(name) else {
        let nearest = nearest(name, DEFINITIONS.iter().map(|it| it.name));
        return Err(RuleError { at, problem: Problem::UnknownFault { word: shown(name), nearest } });
    };
    let bad = |wants: &'static str| RuleError {
        at: if value.is_some() { at + length(text.split('=').next().unwrap_or_default()) + 1 } else { at },
        problem: Problem::BadValue { name: known.name, wants, given: value.map(shown) },
    };
    let wait = || {
        value
            .and_then(span)
            .filter(|span| *span <= LONGEST_WAIT)
            .ok_or_else(|| bad("takes a DURATION from 1ms to 24h, such as 500ms or 2s"))
    };
    if known.value == ValueKind::None && value.is_some() {
        return Err(bad("takes no value"));
    }
    Ok(match known.name {
        "throttling" => Fault::Throttling,
        "500" => Fault::InternalFailure,
        "503" => Fault::ServiceUnavailable,
        "slow" => Fault::Slow(wait()?),
        "reset" => Fault::Reset,
        "lost" => Fault::Lost,
        "refused" => Fault::Refused(wait()?),
        "unpropagated" => Fault::Unpropagated,
        "denied" => Fault::Denied,
        "not-member" => Fault::NotMember,
        "skew" => value.and_then(skew).map(Fault::Skew).ok_or_else(|| {
            bad("takes a DURATION up to ten years, with - for a service that is behind, such as 15m or -15m")
        })?,
        "expired-token" => Fault::ExpiredToken,
        "imds" => ImdsMode::ALL
            .iter()
            .find(|(name, _)| Some(*name) == value)
            .map(|(_, mode)| Fault::Imds(*mode))
            .ok_or_else(|| bad("takes off, v1, hop-limited or slow"))?,
        _ => Fault::ExpiredHandle,
    })
}

fn check_suited(fault: &Fault, target: Target) -> Result<(), RuleError> {
    if fault.meets().iter().any(|service| target.can_select(*service)) {
        return Ok(());
    }
    let meets: Vec<_> = fault
        .meets()
        .iter()
        .map(|service| match service {
            Service::Api { .. } => "api",
            Service::Handle => "handle",
            Service::Imds { .. } => "imds",
            Service::Connection => "connections, which have no target",
        })
        .collect();
    let problem =
        Problem::Unsuited { fault: fault.name(), target: target.to_string(), meets: meets.join(", ") };
    Err(RuleError { at: 0, problem })
}

fn read_limit(text: &str, at: usize, limits: &mut Limits) -> Result<(), RuleError> {
    let (name, value) = split(text);
    let names = ["after", "first", "every", "p", "for"];
    let Some(name) = names.into_iter().find(|known| *known == name) else {
        let problem = Problem::UnknownLimit { word: shown(name), nearest: nearest(name, names.into_iter()) };
        return Err(RuleError { at, problem });
    };
    let bad = |wants: &'static str| RuleError {
        at,
        problem: Problem::BadValue { name, wants, given: value.map(shown) },
    };
    let count = || {
        value
            .and_then(|value| value.parse::<u64>().ok())
            .filter(|count| *count > 0)
            .ok_or_else(|| bad("takes a number from 1"))
    };
    let taken = match name {
        "after" => limits.after.replace(count()?).is_some(),
        "first" => limits.first.replace(count()?).is_some(),
        "every" => limits.every.replace(count()?).is_some(),
        "p" => {
            let probability = value
                .and_then(|value| value.parse::<f64>().ok())
                .filter(|probability| *probability > 0.0 && *probability <= 1.0)
                .ok_or_else(|| bad("takes a probability over 0 and at most 1, such as 0.3"))?;
            limits.probability.replace(probability).is_some()
        }
        _ => {
            let span = value
                .and_then(span)
                .ok_or_else(|| bad("takes a DURATION of at least 1ms, such as 10s or 2m"))?;
            limits.span.replace(span).is_some()
        }
    };
    if taken { Err(RuleError { at, problem: Problem::Twice(name) }) } else { Ok(()) }
}

/// A name and what follows its first `=`.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (text.trim(), None),
    }
}

/// In whole milliseconds, and at least one.
fn span(text: &str) -> Option<Duration> {
    let span = humantime::parse_duration(text).ok()?;
    let span = Duration::from_millis(u64::try_from(span.as_millis()).ok()?);
    (!span.is_zero() && span <= LONGEST_SPAN).then_some(span)
}

fn skew(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix(['-', '−']) {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    i64::try_from(span(text)?.as_millis()).ok().map(|millis| sign * millis)
}

/// The known word that was probably meant.
fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if word.trim().is_empty() {
        return None;
    }
    let word: String = word.trim().chars().take(LONGEST_WORD).flat_map(char::to_lowercase).collect();
    known
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (length(candidate) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A word of the user's, for an error: not too long, and nothing that a terminal would obey.
fn shown(word: &str) -> String {
    let mut shown: String =
        word.trim().chars().map(|it| if it.is_control() { ' ' } else { it }).take(LONGEST_WORD).collect();
    if length(word.trim()) > LONGEST_WORD {
        shown.push('…');
    }
    if shown.is_empty() { "\"\"".to_owned() } else { shown }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests;
