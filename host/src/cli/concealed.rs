//! What commands say, without credentials: whatever names one, or looks like one, wherever it stands.

mod forms;

use std::sync::LazyLock;

use cfn_signal_command_line::conceal_secrets;
use forms::RULES;
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
    FORMS.iter().fold(conceal_secrets(&without_key(text)), |text, (form, is_one)| {
        let hidden = |it: &Captures<'_>| {
            let whole = it.get(0).map_or("", |whole| whole.as_str());
            let secret = it.name("s").filter(|_| is_one(it)).zip(it.get(0));
            let Some((secret, at)) = secret else { return whole.to_owned() };
            let (from, to) = (secret.start() - at.start(), secret.end() - at.start());
            let [before, after] = [whole.get(..from), whole.get(to..)].map(Option::unwrap_or_default);
            // What opens a text stays, and so does what closes it.
            let quote = secret.as_str().chars().next().filter(|it| matches!(it, '"' | '\''));
            let open = quote.map(String::from).unwrap_or_default();
            let closed = quote.is_some_and(|it| secret.len() > 1 && secret.as_str().ends_with(it));
            let close = if closed { open.as_str() } else { "" };
            format!("{before}{open}{HIDDEN}{close}{after}")
        };
        form.replace_all(&text, hidden).into_owned()
    })
}

const BEGINS: &str = "-----BEGIN ";
const KEY: &str = "PRIVATE KEY";
const ENDS: &str = "-----END ";

/// A private key within a text.
fn without_key(text: &str) -> String {
    let begun = text.split_once(BEGINS).filter(|(_, rest)| rest.contains(KEY));
    let Some((before, rest)) = begun else { return text.to_owned() };
    let after = rest.split_once(ENDS).and_then(|(_, rest)| rest.split_once(KEY)).map_or("", |(_, rest)| rest);
    format!("{before}{HIDDEN}{}", after.trim_start_matches('-'))
}

/// Lines without those of a private key, which may have begun before the first of them.
pub(super) fn without_keys(lines: &[String]) -> Vec<String> {
    let is_end = |line: &str| line.contains(ENDS) && line.contains(KEY);
    let is_code = |line: &str| line.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=".contains(&it));
    let first = lines.iter().position(|line| is_end(line));
    let cut_off = first.filter(|end| lines.iter().take(*end).all(|line| is_code(line)));
    let mut within = cut_off.is_some();
    let mut kept = Vec::new();
    for line in lines {
        let begins = line.contains(BEGINS) && line.contains(KEY);
        if begins && !is_end(line) {
            within = true;
            kept.push(without_key(line));
        } else if !within {
            kept.push(line.clone());
        }
        within &= !is_end(line);
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
    let name = it.name("n").map_or("", |name| name.as_str()).to_ascii_lowercase();
    !PARTS.iter().any(|part| name.strip_suffix(part).is_some_and(|it| !it.is_empty()))
        // An access key's id says whose it is, and is known by its form.
        || name.ends_with("access_key_id")
}

/// Whether it looks like no word of a language.
fn random(it: &Captures<'_>) -> bool {
    let secret = secret(it);
    secret.len() >= 16 || secret.chars().any(|c| !c.is_alphabetic() && !matches!(c, '.' | ',' | '!'))
}

#[cfg(test)]
mod tests;
