//! User data that is base64 text already, as tools write it: what it holds, every byte in its place.

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};

use super::text::Text;

/// As EC2 takes it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Letters and what they encode: the least of which both are a whole number.
const LETTERS: usize = 4;
const BYTES: usize = 3;

/// The text that is encoded; none where it is none, or nothing is encoded.
pub(super) fn decoded(encoded: &Text) -> Option<Text> {
    let letters = encoded.text.bytes().enumerate().filter(|(_, letter)| !letter.is_ascii_whitespace());
    let (places, letters): (Vec<usize>, Vec<u8>) = letters.unzip();
    let text = String::from_utf8(LENIENT.decode(letters).ok()?).ok()?;
    if text.is_empty() {
        return None;
    }
    let mut decoded = Text::default();
    let starts = places.iter().step_by(LETTERS).enumerate();
    decoded.push(&text, starts.map(|(index, place)| (index * BYTES, encoded.file_byte(*place))));
    Some(decoded)
}

#[cfg(test)]
mod tests;
