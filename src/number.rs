//! Numbers in text, one function for every type: each type's own conversion would be another in the component.

use alloc::string::{String, ToString};

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
    number.to_string()
}
