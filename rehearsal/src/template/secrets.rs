//! The values of parameters with `NoEcho`, and what a store of secrets keeps: no message has them.

use std::collections::BTreeMap;

use super::{
    Inputs, MadeUp, Parameter, Supplied, TemplateError,
    error::{one_line, quoted},
    parameters,
};
use crate::secrets::{HIDDEN, LONG};

#[cfg(test)]
mod tests;

/// What is not to be told.
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn of(parameters: &[Parameter], inputs: &Inputs<'_>) -> Self {
        let mut values = values(parameters, inputs.parameters, inputs.supplied);
        // One may be a part of another.
        values.sort_by_key(|it| std::cmp::Reverse(it.len()));
        Self(values)
    }

    /// The same error without them.
    pub(super) fn hidden(&self, error: TemplateError) -> TemplateError {
        match error {
            TemplateError::Invalid { at, problem, message } => {
                let told = self.without(&problem);
                // The service's words have no quotes, by which a short one could be found.
                let tells =
                    |message: &str| told != problem && self.0.iter().any(|it| message.contains(it.as_str()));
                let message = message.filter(|it| !tells(it)).map(|it| self.without(&it));
                TemplateError::Invalid { at, problem: told, message }
            }
            TemplateError::Unsupported { at, problem } => {
                TemplateError::Unsupported { at, problem: self.without(&problem) }
            }
            TemplateError::Unresolved { at, problem } => {
                TemplateError::Unresolved { at, problem: self.without(&problem) }
            }
            other => other,
        }
    }

    /// What was made up, where they are part of it without them.
    pub(super) fn none_of(&self, made_up: Vec<MadeUp>) -> Vec<MadeUp> {
        made_up.into_iter().map(|it| MadeUp { value: self.without(&it.value), ..it }).collect()
    }

    pub(super) fn without(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            // As messages show it: escaped, and cut where it is long.
            text = text.replace(&quoted(secret), &quoted(HIDDEN));
            if secret.chars().count() >= LONG {
                text = text.replace(secret.as_str(), HIDDEN);
                text = text.replace(&one_line(secret), HIDDEN);
                text = text.replace(&secret.escape_debug().to_string(), HIDDEN);
                text = without_beginning(&text, secret);
            }
        }
        text
    }
}

/// The values of `NoEcho` parameters, the elements of lists, what is kept under names, and what is given for references to
/// stores of secrets.
pub(super) fn values(
    parameters: &[Parameter],
    given: &BTreeMap<String, String>,
    supplied: &Supplied,
) -> Vec<String> {
    let mut values = supplied.secrets();
    for parameter in parameters.iter().filter(|it| it.no_echo) {
        let named = given.get(&parameter.name).or(parameter.default.as_ref()).cloned();
        let kept = parameters::stands_for(parameter, given, supplied);
        for value in named.into_iter().chain(kept) {
            values.extend(parameters::elements(parameter, &value).map(str::to_owned));
            values.push(value);
        }
    }
    values.retain(|it| !it.is_empty());
    values.sort();
    values.dedup();
    values
}

/// Text without the beginning of a secret where a message was cut in it.
fn without_beginning(text: &str, secret: &str) -> String {
    const CUT: char = '…';
    let mut parts: Vec<String> = text.split(CUT).map(str::to_owned).collect();
    let last = parts.len().saturating_sub(1);
    let mut beginnings: Vec<&str> =
        secret.char_indices().skip(LONG).filter_map(|(at, _)| secret.get(..at)).collect();
    beginnings.reverse();
    for part in parts.iter_mut().take(last) {
        if let Some(beginning) = beginnings.iter().find(|it| part.ends_with(**it)) {
            part.truncate(part.len() - beginning.len());
            part.push_str(HIDDEN);
        }
    }
    parts.join(&CUT.to_string())
}
