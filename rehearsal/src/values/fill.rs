//! `--fill`: values for the parameters that have none.

use std::collections::BTreeMap;

use super::{ValuesError, generate, sample};
use crate::ids::Home;
use crate::template::{Parameter, Supplied, Template};
use meet::Meeting;

mod meet;
#[cfg(test)]
mod tests;

/// Values of one parameter that are tried.
const CHOICES: usize = 200;

/// A value that was made up.
pub(crate) struct Filled {
    /// The parameter's name, or what Systems Manager would be asked for.
    pub(crate) name: String,
    /// Its value; not to be told where it is a secret.
    pub(crate) value: String,
    /// Whether it is one.
    pub(crate) no_echo: bool,
}

/// Gives every parameter a value that has none, and gives back what it was. A parameter that nothing was found for is left.
///
/// # Errors
///
/// [`ValuesError::Unmet`]: no values were found that a rule of the template takes.
pub(crate) fn fill(
    template: &Template,
    home: Home<'_>,
    given: &mut BTreeMap<String, String>,
    supplied: &mut Supplied,
) -> Result<Vec<Filled>, ValuesError> {
    let mut filled = Vec::new();
    let mut choices = BTreeMap::new();
    for parameter in template.parameters() {
        if given.contains_key(&parameter.name) {
            continue;
        }
        let kind = inner(&parameter.parameter_type);
        match &parameter.default {
            Some(name) if parameter.is_stored() => {
                if supplied.stored(name).is_some() {
                    continue;
                }
                let value = kept(kind, &parameter.name, home);
                supplied.resolve(&format!("ssm:{name}"), &value);
                let name = format!("{} ({name})", parameter.name);
                filled.push(Filled { name, value, no_echo: parameter.no_echo });
            }
            Some(_) => {}
            None => {
                let candidates = candidates(template, parameter, &parameter.name, kind, home);
                let Some(value) = candidates.iter().find(|it| template.takes(parameter, it)).cloned() else {
                    continue;
                };
                given.insert(parameter.name.clone(), value.clone());
                choices.insert(parameter.name.clone(), candidates);
                filled.push(Filled { name: parameter.name.clone(), value, no_echo: parameter.no_echo });
            }
        }
    }
    Meeting { template, home, given, supplied, choices }.arrange()?;
    for it in &mut filled {
        if let Some(value) = given.get(&it.name) {
            it.value.clone_from(value);
        }
    }
    Ok(filled)
}

/// The type of what Systems Manager keeps.
fn inner(kind: &str) -> &str {
    kind.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|it| it.strip_suffix('>')).unwrap_or(kind)
}

/// What Systems Manager would keep.
fn kept(kind: &str, name: &str, home: Home<'_>) -> String {
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    let typed = sample::typed(kind, name, home);
    typed.or_else(|| sample::texts(name, is_list, home).into_iter().next()).unwrap_or_default()
}

/// What a parameter may be, the likeliest first.
///
/// `name` says what it may be about; another makes other values.
fn candidates(
    template: &Template,
    parameter: &Parameter,
    name: &str,
    kind: &str,
    home: Home<'_>,
) -> Vec<String> {
    if !parameter.allowed_values.is_empty() {
        return parameter.allowed_values.clone();
    }
    let mut candidates = template.keys_for(&parameter.name, home.region);
    let said = |key: &str| template.said_of(&parameter.name, key);
    if parameter.is_number() {
        let bounds = [said("MinValue"), Some("1"), said("MaxValue"), Some("8080"), Some("0")];
        candidates.extend(bounds.into_iter().flatten().map(str::to_owned));
        return candidates;
    }
    let length = |key: &str| said(key).and_then(|it| it.parse::<usize>().ok());
    let (least, most) = (length("MinLength").unwrap_or(0), length("MaxLength").unwrap_or(usize::MAX));
    let likely = sample::typed(kind, name, home).into_iter();
    let likely = likely.chain(sample::texts(name, parameter.is_list(), home));
    candidates.extend(likely.flat_map(|it| [fitted(&it, least, most), it]));
    if let Some(pattern) = said("AllowedPattern") {
        candidates.extend(generate::texts(pattern, least.max(most.min(64))));
    }
    candidates
}

/// The same text, cut or made longer until it fits.
fn fitted(text: &str, least: usize, most: usize) -> String {
    let mut fitted: String = text.chars().take(most).collect();
    while fitted.chars().count() < least.min(4096) {
        fitted.push('x');
    }
    fitted
}
