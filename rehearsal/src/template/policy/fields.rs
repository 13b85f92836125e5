//! The values inside policies.

use std::time::Duration;

use super::super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
};
use super::leaf;
use crate::duration::{iso8601, to_iso8601};
use crate::model::Percent;
use crate::number::digits;

/// A value that is given, with its node; none where it is not, or is `AWS::NoValue`.
pub(super) fn scalar<'n>(
    resolver: &Resolver<'_>,
    parent: &'n Node,
    key: &str,
) -> Result<Option<(&'n Node, String)>, Fault> {
    let node = match parent.get(key) {
        Some(node) => resolver.chosen(node)?,
        None => None,
    };
    let Some(node) = node.filter(|node| !leaf::is_left_out(resolver, key, node)) else { return Ok(None) };
    Ok(Some((node, resolver.undynamic(node, resolver.string(node)?)?)))
}

/// A map inside another; none where it is not given, or is `AWS::NoValue`.
pub(super) fn map<'n>(
    resolver: &Resolver<'_>,
    parent: &'n Node,
    key: &str,
    what: &str,
    keys: &[&str],
) -> Result<Option<&'n Node>, Fault> {
    let Some(node) = parent.get(key) else { return Ok(None) };
    let Some(node) = resolver.chosen(node)? else { return Ok(None) };
    only(node, what, keys)?;
    Ok(Some(node))
}

/// Refuses what is not a map of these keys.
pub(super) fn only(node: &Node, what: &str, keys: &[&str]) -> Result<(), Fault> {
    if !node.is_map() || node.function().is_some() {
        return Err(Fault::invalid(
            node,
            format!("{what} is a map of {}; this is {}", keys.join(", "), node.described()),
        ));
    }
    match node.entries().iter().find(|entry| !keys.contains(&entry.key.as_str())) {
        Some(entry) => {
            let problem = format!("{what} has no {}; it has {}", quoted(&entry.key), keys.join(", "));
            Err(Fault::invalid(&entry.value, problem).at(entry.place))
        }
        None => Ok(()),
    }
}

/// A whole number, with its node; `of` is what it counts.
pub(super) fn whole<'n>(
    resolver: &Resolver<'_>,
    parent: &'n Node,
    key: &str,
    of: &str,
) -> Result<Option<(&'n Node, u32)>, Fault> {
    let Some((node, text)) = scalar(resolver, parent, key)? else { return Ok(None) };
    match digits(&text).and_then(|number| u32::try_from(number).ok()) {
        Some(number) => Ok(Some((node, number))),
        None => Err(Fault::invalid(node, format!("{} is no {key}, a whole number of {of}", quoted(&text)))),
    }
}

/// `true` or `false`; false where it is not given.
pub(super) fn flag(resolver: &Resolver<'_>, parent: &Node, key: &str) -> Result<bool, Fault> {
    let Some((node, text)) = scalar(resolver, parent, key)? else { return Ok(false) };
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Fault::invalid(node, format!("{} is no {key}: true or false", quoted(&text)))),
    }
}

/// A percentage, rounded to a tenth; everything where it is not given.
pub(super) fn percent(resolver: &Resolver<'_>, parent: &Node, key: &str) -> Result<Percent, Fault> {
    let Some((node, text)) = scalar(resolver, parent, key)? else { return Ok(Percent::ALL) };
    tenths(&text)
        .and_then(Percent::from_tenths)
        .ok_or_else(|| Fault::invalid(node, format!("{} is no {key}, a number from 0 to 100", quoted(&text))))
}

fn tenths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let whole = u16::try_from(digits(whole)?).ok().filter(|whole| *whole <= 100)?;
    digits(fraction)?;
    let mut decimals = fraction.bytes().map(|digit| u16::from(digit - b'0'));
    let (first, second) = (decimals.next().unwrap_or(0), decimals.next().unwrap_or(0));
    Some(whole * 10 + first + u16::from(second >= 5))
}

/// An ISO 8601 duration, at most so long; `of` is what it belongs to.
pub(super) fn iso_duration(
    resolver: &Resolver<'_>,
    parent: &Node,
    key: &str,
    of: &str,
    most: Duration,
) -> Result<Option<Duration>, Fault> {
    let Some((node, text)) = scalar(resolver, parent, key)? else { return Ok(None) };
    if let Some(duration) = iso8601(&text) {
        return bounded(node, key, duration, &text, most, &to_iso8601(most)).map(Some);
    }
    let hint = match digits(&text) {
        Some(seconds) => format!("for {text} seconds write {}", to_iso8601(Duration::from_secs(seconds))),
        None => "for 15 minutes write PT15M".to_owned(),
    };
    Err(Fault::invalid(node, format!("{} is no {key} of {of}, PT#H#M#S; {hint}", quoted(&text))))
}

/// Refuses what is longer than `most`, which is `spelt` so there.
pub(super) fn bounded(
    node: &Node,
    key: &str,
    duration: Duration,
    written: &str,
    most: Duration,
    spelt: &str,
) -> Result<Duration, Fault> {
    if duration > most {
        let span = match most.as_secs() / 3600 {
            1 => "an hour".to_owned(),
            hours => format!("{hours} hours"),
        };
        let problem =
            format!("a {key} of {written} is more than CloudFormation waits, which is {span}: {spelt}");
        return Err(Fault::invalid(node, problem));
    }
    Ok(duration)
}
