//! The values of parameters with `NoEcho`: no message has them.

use std::collections::BTreeMap;

use super::{
    MadeUp, Parameter, TemplateError,
    error::{one_line, quoted},
};

#[cfg(test)]
mod tests;

const HIDDEN: &str = "****";
/// Shorter ones are looked for in quotes only, or they would be found everywhere.
const LONG: usize = 4;

/// What is not to be told.
pub(super) struct Secrets<'v>(Vec<&'v str>);

impl<'v> Secrets<'v> {
    pub(super) fn of(parameters: &'v [Parameter], given: &'v BTreeMap<String, String>) -> Self {
        let value = |it: &'v Parameter| given.get(&it.name).or(it.default.as_ref()).map(String::as_str);
        let mut values: Vec<_> =
            parameters.iter().filter(|it| it.no_echo).filter_map(value).filter(|it| !it.is_empty()).collect();
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
                let tells = |message: &str| told != problem && self.0.iter().any(|it| message.contains(it));
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

    fn without(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            // As messages show it: escaped, and cut where it is long.
            text = text.replace(&quoted(secret), &quoted(HIDDEN));
            if secret.len() >= LONG {
                text = text.replace(secret, HIDDEN);
                text = text.replace(&one_line(secret), HIDDEN);
                text = text.replace(&secret.escape_debug().to_string(), HIDDEN);
                text = without_beginning(&text, secret);
            }
        }
        text
    }
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
