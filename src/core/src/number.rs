//! Numbers in text, one function for every type: each type's own conversion would be another in the component.

/// The number that `text` is, of digits only: no sign, no fraction. `radix` is 2 to 36.
pub(crate) fn parse(text: &str, radix: u32) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    // Checked by a division, which WebAssembly has: a checked product of 64 bits is a function of its own.
    let most = u64::MAX / u64::from(radix);
    text.chars().try_fold(0_u64, |number, digit| {
        let digit = u64::from(digit.to_digit(radix)?);
        if number > most { None } else { (number * u64::from(radix)).checked_add(digit) }
    })
}

/// The hexadecimal digit, in lower case, for a number below 16.
pub(crate) fn digit(number: u8) -> char {
    char::from_digit(u32::from(number), 16).unwrap_or('0')
}
