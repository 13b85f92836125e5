//! Base64 in the standard alphabet, with padding (RFC 4648 §4).
//!
//! `base64ct` takes the same time whatever it encodes, against onlookers that an instance's document and a URL do not
//! have, and is 2.7 kB of the component. The tests hold this against it.

use alloc::string::String;
use alloc::vec::Vec;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| group.get(place).map_or(0, |byte| u32::from(*byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize % 64);
            text.push(char::from(digit.copied().filter(|_| place <= group.len()).unwrap_or(b'=')));
        }
    }
    text
}

/// `None` where `text` is not what [`encode`] gives for any bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_suffix("=").map_or(text, |text| text.strip_suffix("=").unwrap_or(text));
    let mut bytes = Vec::with_capacity(digits.len());
    // The bits that are no whole byte yet, and how many they are.
    let (mut held, mut count) = (0, 0);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        held = held << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(held >> count).ok()?);
            held &= (1 << count) - 1;
        }
    }
    (text.len() % 4 == 0 && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests;
