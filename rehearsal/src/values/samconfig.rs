//! `samconfig.toml`: the parameters of one of its environments.
//!
//! Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html>

use toml::{Table, Value};

use super::{FileValues, ValuesError};
use crate::template::Place;

#[cfg(test)]
mod tests;

const START: Place = Place { line: 1, column: 1 };

/// Reads the values of an environment's deployments.
pub(super) fn parse(text: &str, file: &str, environment: &str) -> Result<FileValues, ValuesError> {
    let wrong = |place: Place, problem: String| ValuesError::Form { file: file.to_owned(), place, problem };
    let root: Table = text.parse().map_err(|error: toml::de::Error| {
        // Its own text shows the line, and what stands there may be a secret.
        let place = error.span().map_or(START, |span| place(text, span.start));
        wrong(place, format!("not readable as TOML: {}", first_line(error.message())))
    })?;
    let Some(chosen) = root.get(environment).and_then(Value::as_table) else {
        let known: Vec<_> =
            root.iter().filter(|(_, it)| it.is_table()).map(|(name, _)| name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(wrong(
            START,
            format!("there is no environment {environment}; there are: {known} (--config-env)"),
        ));
    };
    let mut values = FileValues::default();
    let mut any = false;
    // What is for one command wins over what is for all.
    for command in ["global", "deploy"] {
        let given = chosen.get(command).and_then(|it| it.get("parameters")?.get("parameter_overrides"));
        let Some(given) = given else { continue };
        any = true;
        for (name, value) in overrides(given).map_err(|problem| wrong(START, problem))? {
            values.parameters.insert(name, value);
        }
    }
    if !any {
        return Err(wrong(
            START,
            format!("[{environment}.deploy.parameters] has no parameter_overrides, and no values with it"),
        ));
    }
    Ok(values)
}

fn overrides(given: &Value) -> Result<Vec<(String, String)>, String> {
    let words = match given {
        Value::String(text) => shlex::split(text)
            .ok_or("parameter_overrides: a quotation mark is not closed, or a backslash is last")?,
        Value::Array(items) => items
            .iter()
            .map(|item| {
                item.as_str().map(str::to_owned).ok_or("parameter_overrides: its items are texts: NAME=VALUE")
            })
            .collect::<Result<_, _>>()?,
        Value::Table(table) => {
            return table.iter().map(|(name, value)| Ok((name.clone(), scalar(value)?))).collect();
        }
        _ => return Err("parameter_overrides is text, a list or a table".to_owned()),
    };
    words.iter().enumerate().map(|(at, word)| pair(word, at + 1)).collect()
}

/// `NAME=VALUE`, or the older `ParameterKey=NAME,ParameterValue=VALUE`.
fn pair(word: &str, number: usize) -> Result<(String, String), String> {
    let long = word.strip_prefix("ParameterKey=").and_then(|rest| rest.split_once(",ParameterValue="));
    match long.or_else(|| word.split_once('=')) {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), unquoted(value).to_owned())),
        _ => Err(format!("parameter_overrides: its value number {number} is not NAME=VALUE")),
    }
}

/// Quotation marks that are in a list's item, as SAM's own examples have them.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(value)
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(flag) => Ok(flag.to_string()),
        Value::Array(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(scalar).collect();
            items.map(|it| it.join(","))
        }
        Value::Datetime(_) | Value::Table(_) => {
            Err("parameter_overrides: a value is text, a number, true or false, or a list of them".to_owned())
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn place(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or_default();
    let (lines, last) = (before.matches('\n').count(), before.rsplit('\n').next().unwrap_or_default());
    let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
    Place { line: number(lines), column: number(last.chars().count()) }
}
