//! Python's optparse: its grammar and its complaints.
//!
//! Options and positionals may be mixed, `--` ends the options, an unambiguous beginning of a long option stands for it,
//! a value is taken as it is even when it begins with `-`, and the first mistake from the left is the one that is told.

use cfn_signal_core::secret::Secret;

use super::definition::{Group, ORIGINAL, Opt, Takes};
use super::options::Options;

/// What a command line asks for.
#[derive(Clone)]
pub(super) enum Parsed {
    /// What was typed.
    Options(Box<Options>),
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
    let mut typed = defaults(options);
    let mut positionals = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let mut found = Vec::new();
        if argument == "--" {
            positionals.extend(rest);
            break;
        } else if let Some(long) = argument.strip_prefix("--") {
            found.push(long_option(options, long, &mut rest)?);
        } else if let Some(cluster) = argument.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
            found = short_options(options, cluster, &mut rest)?;
        } else {
            positionals.push(argument);
        }
        for (option, name, value) in found {
            match option.takes {
                Takes::Help => return Ok(Parsed::Help),
                Takes::Version => return Ok(Parsed::Version),
                _ => option.set(&mut typed, &name, value.as_deref().unwrap_or_default())?,
            }
        }
    }
    // More than one are ignored, as in the original.
    typed.handle = positionals.into_iter().next().filter(|handle| !handle.is_empty()).map(Secret::from);
    Ok(Parsed::Options(Box::new(typed)))
}

/// What a line says that says nothing: every row's default.
fn defaults(table: &[&Group]) -> Options {
    let mut options = Options::default();
    for option in all(table) {
        if let Some(default) = option.default_value() {
            // A test holds every default to its option.
            let _is_one = option.set(&mut options, option.long, default);
        }
    }
    options
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
    match (option.takes_value(), value) {
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
        if !option.takes_value() {
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

#[cfg(test)]
mod tests;
