//! Python's optparse: its grammar and its complaints.
//!
//! Options and positionals may be mixed, `--` ends the options, an unambiguous beginning of a long option stands for it,
//! a value is taken as it is even when it begins with `-`, and the first mistake from the left is the one that is told.

use super::definition::{Group, ORIGINAL, Opt, Takes};
use super::{number, value};

/// A command line that was read. It may hold secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Options in their order, with their values.
    given: Vec<(Opt, Option<String>)>,
    /// What is no option.
    pub(super) positionals: Vec<String>,
}

impl Line {
    /// The last value of the option that is called `long`, or its default.
    #[must_use]
    pub fn value(&self, options: &[&Group], long: &str) -> Option<String> {
        let last = self.given.iter().rev().find(|(option, _)| option.long == long);
        match last {
            Some((_, value)) => value.clone(),
            None => all(options).find(|option| option.long == long)?.default_value().map(str::to_owned),
        }
    }

    /// How often the option that is called `long` is there.
    #[must_use]
    pub fn count(&self, long: &str) -> usize {
        self.given.iter().filter(|(option, _)| option.long == long).count()
    }
}

/// What a command line asks for.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    /// What the options say.
    Line(Line),
    /// `--help` came before any mistake.
    Help,
    /// `--version` came before any mistake.
    Version,
}

/// Reads `arguments` by the table `options`.
///
/// # Errors
///
/// optparse's complaint, without the usage line and the program's name.
pub(super) fn parse(options: &[&Group], arguments: Vec<String>) -> Result<Parsed, String> {
    let mut line = Line::default();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let mut found = Vec::new();
        if argument == "--" {
            line.positionals.extend(rest);
            break;
        } else if let Some(long) = argument.strip_prefix("--") {
            found.push(long_option(options, long, &mut rest)?);
        } else if let Some(cluster) = argument.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
            found = short_options(options, cluster, &mut rest)?;
        } else {
            line.positionals.push(argument);
        }
        for (option, typed, value) in found {
            match (option.long, &value) {
                ("help", _) => return Ok(Parsed::Help),
                ("version", _) => return Ok(Parsed::Version),
                (_, Some(value)) => option.check(&typed, value)?,
                (_, None) => {}
            }
            line.given.push((*option, value));
        }
    }
    Ok(Parsed::Line(line))
}

/// Whether `--output json` is there, for the sake of a line with a mistake in it: wherever it is, however it is written.
pub(super) fn asks_for_json(arguments: &[String]) -> bool {
    let is_output = |typed: &str| typed.len() > "--".len() && "--output".starts_with(typed);
    let attached = arguments.iter().any(|argument| match argument.split_once('=') {
        Some((typed, value)) => is_output(typed) && value == "json",
        None => false,
    });
    let mut next = arguments.iter().skip(1);
    attached
        || arguments.iter().any(|typed| next.next().is_some_and(|value| is_output(typed) && value == "json"))
}

/// Whether `given` is an integer to optparse; `option` as it was typed.
pub(super) fn integer(option: &str, given: &str) -> Result<(), String> {
    match number::is_zero(given) {
        Some(_) => Ok(()),
        None => Err(format!("option {option}: invalid integer value: {}", value::quoted(given))),
    }
}

/// An option, how it is named in a complaint, and its value.
type Found = (&'static Opt, String, Option<String>);

fn long_option(
    options: &[&Group],
    text: &str,
    rest: &mut impl Iterator<Item = String>,
) -> Result<Found, String> {
    let (typed, value) = match text.split_once('=') {
        Some((typed, value)) => (typed, Some(value.to_owned())),
        None => (text, None),
    };
    let option = resolve(options, typed)?;
    let name = format!("--{}", option.long);
    match (takes_value(option), value) {
        (true, Some(value)) => Ok((option, name, Some(value))),
        (true, None) => match rest.next() {
            Some(value) => Ok((option, name, Some(value))),
            None => Err(format!("{name} option requires 1 argument")),
        },
        (false, Some(_)) => Err(format!("{name} option does not take a value")),
        (false, None) => Ok((option, name, None)),
    }
}

fn short_options(
    options: &[&Group],
    cluster: &str,
    rest: &mut impl Iterator<Item = String>,
) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    for (at, letter) in cluster.char_indices() {
        let name = format!("-{letter}");
        let option = all(options)
            .find(|option| option.short == Some(letter))
            .ok_or_else(|| format!("no such option: {name}"))?;
        if !takes_value(option) {
            found.push((option, name, None));
            continue;
        }
        let attached = cluster.get(at + letter.len_utf8()..).filter(|attached| !attached.is_empty());
        let value = match attached.map(str::to_owned).or_else(|| rest.next()) {
            Some(value) => value,
            None => return Err(format!("{name} option requires 1 argument")),
        };
        found.push((option, name, Some(value)));
        break;
    }
    Ok(found)
}

/// The long option that `typed` names or begins. Amazon's options come first: an abbreviation that worked keeps its meaning.
fn resolve(options: &[&Group], typed: &str) -> Result<&'static Opt, String> {
    if let Some(option) = all(options).find(|option| option.long == typed) {
        return Ok(option);
    }
    let begun: Vec<&Opt> = all(options).filter(|option| option.long.starts_with(typed)).collect();
    let original: Vec<&Opt> =
        begun.iter().copied().filter(|option| ORIGINAL.contains(&option.long)).collect();
    let candidates = if original.is_empty() { begun } else { original };
    match candidates.as_slice() {
        [] => Err(format!("no such option: --{typed}")),
        [option] => Ok(option),
        several => {
            let mut names: Vec<String> = several.iter().map(|option| format!("--{}", option.long)).collect();
            names.sort_unstable();
            Err(format!("ambiguous option: --{typed} ({}?)", names.join(", ")))
        }
    }
}

fn all(options: &[&Group]) -> impl Iterator<Item = &'static Opt> {
    options.iter().flat_map(|group| group.options)
}

fn takes_value(option: &Opt) -> bool {
    !matches!(option.takes, Takes::Nothing | Takes::Count)
}

#[cfg(test)]
mod tests;
