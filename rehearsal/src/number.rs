//! Numbers as whoever reads them takes them: a policy's, JSON's, and those of YAML 1.1.

#[cfg(test)]
mod tests;

/// A number of YAML 1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// As Python writes it.
    pub(crate) text: String,
    /// Whether it is written as a whole number of decimal digits, so not as an octal one.
    pub(crate) is_decimal: bool,
}

/// A whole number without a sign, as policies have it.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    only.then(|| text.parse().ok()).flatten()
}

/// Whether JSON has this number: `012` and `0x1F` are none of its.
pub(crate) fn is_json(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

/// The number that plain text is to Python's reader of YAML: `0644` is 420, `22:30` is 1350. None where it is no number,
/// or one that nobody writes.
///
/// Source: <https://yaml.org/type/int.html>, <https://yaml.org/type/float.html>
pub(crate) fn yaml(written: &str) -> Option<Number> {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, written.strip_prefix('+').unwrap_or(written)),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    if let Some(whole) = whole(digits) {
        let is_decimal = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
        return Some(Number { text: (sign * whole).to_string(), is_decimal });
    }
    // An exponent has a sign and follows a point, or it is text.
    let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, None), |(a, b)| (a, Some(b)));
    let has_form = mantissa.contains('.')
        && mantissa != "."
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || b"._".contains(&byte))
        && exponent.is_none_or(|exponent| exponent.starts_with(['+', '-']));
    let value: f64 = has_form.then(|| written.replace('_', "").parse().ok())??;
    Some(Number { text: format!("{value:?}"), is_decimal: false })
}

fn whole(digits: &str) -> Option<i64> {
    let plain = digits.replace('_', "");
    if let Some(rest) = plain.strip_prefix("0x") {
        return i64::from_str_radix(unsigned(rest)?, 16).ok();
    }
    if let Some(rest) = plain.strip_prefix("0b") {
        return i64::from_str_radix(unsigned(rest)?, 2).ok();
    }
    if plain.len() > 1 && plain.starts_with('0') {
        return i64::from_str_radix(unsigned(&plain)?, 8).ok();
    }
    let mut parts = plain.split(':');
    let first = unsigned(parts.next()?)?.parse::<i64>().ok()?;
    parts.try_fold(first, |whole, part| {
        let part =
            unsigned(part).filter(|part| part.len() <= 2)?.parse::<i64>().ok().filter(|it| *it < 60)?;
        whole.checked_mul(60)?.checked_add(part)
    })
}

/// Text that has no sign of its own.
fn unsigned(text: &str) -> Option<&str> {
    text.starts_with(|first: char| first.is_ascii_alphanumeric()).then_some(text)
}
