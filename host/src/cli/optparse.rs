//! Python's optparse, as far as it differs from clap: its grammar and its complaints.
//!
//! Options and positionals may be mixed, `--` ends the options, an unambiguous beginning of a long option stands for it,
//! a value is taken as it is even when it begins with `-`, and the first mistake from the left is the one that is told.
//! The options themselves are those of the clap command; what comes out is a command line that clap reads one way only.

use clap::{Arg, Command};

use super::{args, number};

/// A command line, made plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// `--name=value`, `--flag`, then `--` and the positionals.
    Arguments(Vec<String>),
    /// `--help` came before any mistake.
    Help,
    /// `--version` came before any mistake.
    Version,
}

/// Reads `arguments` against `command`.
///
/// # Errors
///
/// optparse's complaint, without the usage line and the program's name.
pub(super) fn parse(command: &Command, arguments: Vec<String>) -> Result<Parsed, String> {
    let mut plain = Vec::new();
    let mut positionals = Vec::new();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let mut found = Vec::new();
        if argument == "--" {
            positionals.extend(rest);
            break;
        } else if let Some(long) = argument.strip_prefix("--") {
            found.push(long_option(command, long, &mut rest)?);
        } else if let Some(cluster) = argument.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
            found = short_options(command, cluster, &mut rest)?;
        } else {
            positionals.push(argument);
        }
        for (arg, option, value) in found {
            match (arg.get_id().as_str(), value) {
                ("help", _) => return Ok(Parsed::Help),
                ("version", _) => return Ok(Parsed::Version),
                (id, Some(value)) => {
                    check(arg, &option, &value)?;
                    plain.push(format!("--{id}={value}"));
                }
                (id, None) => plain.push(format!("--{id}")),
            }
        }
    }
    plain.push("--".to_owned());
    plain.append(&mut positionals);
    Ok(Parsed::Arguments(plain))
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
type Found<'a> = (&'a Arg, String, Option<String>);

fn long_option<'a>(
    command: &'a Command,
    text: &str,
    rest: &mut impl Iterator<Item = String>,
) -> Result<Found<'a>, String> {
    let (typed, value) = match text.split_once('=') {
        Some((typed, value)) => (typed, Some(value.to_owned())),
        None => (text, None),
    };
    let arg = resolve(command, typed)?;
    let option = format!("--{}", arg.get_id());
    match (takes_value(arg), value) {
        (true, Some(value)) => Ok((arg, option, Some(value))),
        (true, None) => match rest.next() {
            Some(value) => Ok((arg, option, Some(value))),
            None => Err(format!("{option} option requires 1 argument")),
        },
        (false, Some(_)) => Err(format!("{option} option does not take a value")),
        (false, None) => Ok((arg, option, None)),
    }
}

fn short_options<'a>(
    command: &'a Command,
    cluster: &str,
    rest: &mut impl Iterator<Item = String>,
) -> Result<Vec<Found<'a>>, String> {
    let mut found = Vec::new();
    for (at, letter) in cluster.char_indices() {
        let option = format!("-{letter}");
        let arg = command
            .get_arguments()
            .find(|arg| arg.get_short() == Some(letter))
            .ok_or_else(|| format!("no such option: {option}"))?;
        if !takes_value(arg) {
            found.push((arg, option, None));
            continue;
        }
        let attached = cluster.get(at + letter.len_utf8()..).filter(|attached| !attached.is_empty());
        let value = match attached.map(str::to_owned).or_else(|| rest.next()) {
            Some(value) => value,
            None => return Err(format!("{option} option requires 1 argument")),
        };
        found.push((arg, option, Some(value)));
        break;
    }
    Ok(found)
}

/// The long option that `typed` names or begins. Amazon's options come first: an abbreviation that worked keeps its meaning.
fn resolve<'a>(command: &'a Command, typed: &str) -> Result<&'a Arg, String> {
    let named = |name: &str| command.get_arguments().find(|arg| arg.get_long() == Some(name));
    if let Some(arg) = named(typed) {
        return Ok(arg);
    }
    let all: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| arg.get_long().is_some_and(|long| long.starts_with(typed)))
        .collect();
    let original: Vec<&Arg> =
        all.iter().copied().filter(|arg| args::ORIGINAL.contains(&arg.get_id().as_str())).collect();
    let candidates = if original.is_empty() { all } else { original };
    match candidates.as_slice() {
        [] => Err(format!("no such option: --{typed}")),
        [arg] => Ok(arg),
        several => {
            let mut names: Vec<String> = several.iter().map(|arg| format!("--{}", arg.get_id())).collect();
            names.sort();
            Err(format!("ambiguous option: --{typed} ({}?)", names.join(", ")))
        }
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

/// The values whose rules optparse knows; clap checks the others.
fn check(arg: &Arg, option: &str, value: &str) -> Result<(), String> {
    if arg.get_id() == "exit-code" {
        return match number::is_zero(value) {
            Some(_) => Ok(()),
            None => Err(format!("option {option}: invalid integer value: {}", quoted(value))),
        };
    }
    let choices = arg.get_possible_values();
    if choices.is_empty() || choices.iter().any(|choice| choice.get_name() == value) {
        return Ok(());
    }
    let names: Vec<String> = choices.iter().map(|choice| format!("'{}'", choice.get_name())).collect();
    Err(format!("option {option}: invalid choice: {} (choose from {})", quoted(value), names.join(", ")))
}

/// As Python's `repr` writes a string.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\\' => result.push_str("\\\\"),
            c if c == quote => {
                result.push('\\');
                result.push(c);
            }
            c if c.is_control() => result.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => result.push(c),
        }
    }
    result.push(quote);
    result
}

#[cfg(test)]
mod tests;
