//! Numbers as Python's reader of YAML takes them: `0644` is 420, `22:30` is 1350.
//!
//! Source: <https://yaml.org/type/int.html>, <https://yaml.org/type/float.html>

#[cfg(test)]
mod tests;

/// A number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// As Python writes it.
    pub(super) text: String,
    /// Whether it is written as a whole number of decimal digits, so not as an octal one.
    pub(super) is_decimal: bool,
}

/// The number that plain text is; none where it is no number, or one that nobody writes.
pub(super) fn number(written: &str) -> Option<Number> {
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
