//! What commands say, without credentials: whatever names one, or looks like one, wherever it stands.

mod forms;

use std::sync::LazyLock;

use cfn_signal_command_line::conceal_secrets;
use forms::{KEY, KEY_ENDS, RULES};
use regex_lite::{Captures, Regex};

/// Stands where something was taken out.
const HIDDEN: &str = "<redacted>";

/// Whether what was found is a secret.
type Is = fn(&Captures<'_>) -> bool;

/// A form, in which `s` is the secret, and when it is one.
type Rule = (&'static str, Is);

/// Of which the name is no more than a part: what it says has to end there.
const PARTS: [&str; 9] = ["arn", "id", "name", "type", "count", "length", "file", "path", "expiration"];

/// Words that come after an option where it is spoken of.
const PROSE: [&str; 12] =
    ["is", "was", "has", "must", "requires", "needs", "cannot", "or", "and", "not", "option", "needs:"];

static FORMS: LazyLock<Vec<(Regex, Is)>> =
    LazyLock::new(|| RULES.iter().filter_map(|(form, is)| Some((Regex::new(form).ok()?, *is))).collect());

/// `text` without credentials, presigned URLs and private keys.
pub(super) fn conceal(text: &str) -> String {
    FORMS.iter().fold(conceal_secrets(&without_key(text).0), |text, (form, is_one)| {
        let hidden = |it: &Captures<'_>| {
            let whole = it.get(0).map_or("", |whole| whole.as_str());
            let secret = it.name("s").filter(|_| is_one(it)).zip(it.get(0));
            let Some((secret, at)) = secret else { return whole.to_owned() };
            let (from, to) = (secret.start() - at.start(), secret.end() - at.start());
            let [before, after] = [whole.get(..from), whole.get(to..)].map(Option::unwrap_or_default);
            // What opens a text stays, and so does what closes it.
            let (open, close) = quotes(secret.as_str()).unwrap_or_default();
            format!("{before}{open}{HIDDEN}{close}{after}")
        };
        form.replace_all(&text, hidden).into_owned()
    })
}

/// What `text` is quoted in, with a `$` or backslashes before it as they may be. None where it is not closed.
fn quotes(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_start_matches(['\\', '$']);
    let quote = inside.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (open, rest) = text.split_at_checked(text.len() - inside.len() + 1)?;
    let close = open.trim_start_matches('$');
    let close = if rest.ends_with(close) { close } else { open.get(open.len() - 1..)? };
    rest.ends_with(quote).then_some((open, close))
}

/// `text` without its private keys, and whether the last of them has not ended.
fn without_key(text: &str) -> (String, bool) {
    let Some(key) = KEY.as_ref() else { return (text.to_owned(), false) };
    let is_open = key.captures_iter(text).last().is_some_and(|it| it.name("e").is_none());
    (key.replace_all(text, HIDDEN).into_owned(), is_open)
}

/// What comes behind the end of a private key that `text` does not begin, if it ends one.
fn behind_key(text: &str) -> Option<&str> {
    let end = KEY_ENDS.as_ref()?.find(text)?;
    let begun = KEY.as_ref()?.find(text).is_some_and(|it| it.start() < end.start());
    (!begun).then(|| text.get(end.end()..)).flatten()
}

/// Lines without those of a private key, which may have begun before the first of them.
pub(super) fn without_keys(lines: &[String]) -> Vec<String> {
    let is_code = |line: &str| line.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=".contains(&it));
    let mut within = lines.iter().find(|line| !is_code(line)).is_some_and(|line| behind_key(line).is_some());
    let mut kept = Vec::new();
    for line in lines {
        let mut shown = line.as_str();
        if within {
            let Some(behind) = behind_key(line) else { continue };
            shown = behind;
        }
        let (told, is_open) = without_key(shown);
        within = is_open;
        // Of the line that ends it nothing may be left.
        if shown.len() == line.len() || !told.trim().is_empty() {
            kept.push(told);
        }
    }
    kept
}

fn always(_: &Captures<'_>) -> bool {
    true
}

fn secret<'t>(it: &Captures<'t>) -> &'t str {
    it.name("s").map_or("", |secret| secret.as_str())
}

/// Whether the name is of the secret itself.
fn named(it: &Captures<'_>) -> bool {
    let name = it.name("n").map_or("", |name| name.as_str());
    !PARTS.iter().any(|part| ends_in(name, part))
        // An access key's id says whose it is, and is known by its form.
        || name.to_ascii_lowercase().ends_with("access_key_id")
}

/// Whether the last word of `name`, and not only its last letters, is `part`.
fn ends_in(name: &str, part: &str) -> bool {
    let split = name.len().checked_sub(part.len()).and_then(|at| name.split_at_checked(at));
    let Some((before, last)) = split.filter(|(_, last)| last.eq_ignore_ascii_case(part)) else {
        return false;
    };
    let is_capital = last.starts_with(|it: char| it.is_ascii_uppercase());
    before.ends_with(|it: char| matches!(it, '_' | '-' | '.') || (is_capital && !it.is_ascii_uppercase()))
}

/// Whether it looks like no word of a language.
fn random(it: &Captures<'_>) -> bool {
    let secret = secret(it);
    secret.len() >= 16 || secret.chars().any(|c| !c.is_alphabetic() && !matches!(c, '.' | ',' | '!'))
}

#[cfg(test)]
mod tests;
