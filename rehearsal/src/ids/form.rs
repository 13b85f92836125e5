//! Forms of values, such as `{ref}.{a:12}.{region}.rds.{suffix}`, and values of those forms.
//!
//! | in a form | is |
//! |---|---|
//! | `{ref}`, `{name}`, `{second}` | what `Ref` gives; the name in it; what stands before that |
//! | `{after:TEXT}` | what follows the text in what `Ref` gives |
//! | `{account}`, `{region}`, `{short}`, `{partition}`, `{suffix}` | where it is; `{short}` is `euw1` for `eu-west-1` |
//! | `{x:N}`, `{X:N}`, `{a:N}`, `{A:N}`, `{n:N}` | so many digits of base 16, letters and digits, digits |
//! | `{uuid}`, `{host}` | an id; a number from 11 to 250 |
//!
//! What is made up is the same each time for the same seed, also in other forms.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cfn_signal_core::endpoint::Partition;

use super::{Home, name_in};

#[cfg(test)]
mod tests;

/// What a value is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// What `Ref` gives.
    pub reference: &'s str,
    /// Where it is.
    pub home: Home<'s>,
    /// What is made up follows from it.
    pub seed: &'s str,
}

/// Whether values of this form have parts that are made up.
#[must_use]
pub fn is_made_up(form: &str) -> bool {
    ["{account}", "{x:", "{X:", "{a:", "{A:", "{n:", "{uuid}", "{host}"].iter().any(|it| form.contains(it))
}

/// A value of this form.
#[must_use]
pub fn fill(form: &str, subject: Subject<'_>) -> String {
    let mut value = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((what, next)) = after.split_once('}') else { break };
        value.push_str(before);
        value.push_str(&part(what, subject));
        rest = next;
    }
    value + rest
}

fn part(what: &str, subject: Subject<'_>) -> String {
    const HEX: &[u8] = b"0123456789abcdef";
    const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    let Subject { reference, home: Home { region, account_id }, seed } = subject;
    let partition = Partition::of(region);
    let made = |alphabet: &[u8], count: &str| made(alphabet, count.parse().unwrap_or(0), seed);
    match what.split_once(':').unwrap_or((what, "")) {
        ("ref", _) => reference.to_owned(),
        ("name", _) => name_in(reference).to_owned(),
        ("second", _) => reference.rsplit([':', '/']).nth(1).unwrap_or_default().to_owned(),
        ("after", text) => reference.split_once(text).map_or(reference, |(_, after)| after).to_owned(),
        ("account", _) => account_id.to_owned(),
        ("region", _) => region.to_owned(),
        ("short", _) => short(region),
        ("partition", _) => partition.name().to_owned(),
        ("suffix", _) => partition.dns_suffix().to_owned(),
        ("x", count) => made(HEX, count),
        ("X", count) => made(HEX, count).to_ascii_uppercase(),
        ("a", count) => made(LOWER, count),
        ("A", count) => made(UPPER, count),
        ("n", count) => made(b"123456789", count),
        ("uuid", _) => {
            let digits = made(HEX, "30");
            let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
            format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
        }
        ("host", _) => (11 + hash(seed, 0) % 240).to_string(),
        _ => String::new(),
    }
}

fn made(alphabet: &[u8], count: usize, seed: &str) -> String {
    let length = u64::try_from(alphabet.len()).unwrap_or(1).max(1);
    (1..)
        .take(count)
        .filter_map(|at| alphabet.get(usize::try_from(hash(seed, at) % length).unwrap_or(0)))
        .map(|byte| char::from(*byte))
        .collect()
}

fn hash(seed: &str, at: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, at).hash(&mut hasher);
    hasher.finish()
}

/// A region as it stands in the names of caches: `euw1` for `eu-west-1`.
fn short(region: &str) -> String {
    let mut parts: Vec<&str> = region.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let mut short = String::new();
    for part in parts {
        match part {
            "north" | "south" | "east" | "west" | "central" | "gov" => short.extend(part.chars().next()),
            "northeast" => short.push_str("ne"),
            "northwest" => short.push_str("nw"),
            "southeast" => short.push_str("se"),
            "southwest" => short.push_str("sw"),
            other => short.push_str(other),
        }
    }
    short + number
}
