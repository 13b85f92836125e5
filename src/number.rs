//! Numbers in text, one function for every type: each type's own conversion would be another in the component.

use alloc::string::String;

/// In decimal.
pub(crate) fn decimal(number: impl Into<u64>) -> String {
    digits(number.into())
}

/// The number that `text` is, of digits only: no sign, no fraction. `radix` is 2 to 36.
pub(crate) fn parse(text: &str, radix: u32) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.chars().try_fold(0_u64, |number, digit| {
        let digit = digit.to_digit(radix)?;
        number.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    })
}

fn digits(number: u64) -> String {
    // Smaller than the standard library's, which has a table of all numbers of two digits.
    let mut text = if number < 10 { String::new() } else { digits(number / 10) };
    let digit = u32::try_from(number % 10).unwrap_or_default();
    text.push(char::from_digit(digit, 10).unwrap_or('0'));
    text
}
