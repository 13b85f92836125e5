//! Finding a secret in a text however it is respelt.
//!
//! Case, escapes, white space and what is invisible change with each respelling; letters and digits stay. So both are compared by
//! those alone, and a part of a secret is a secret too.

use alloc::vec::Vec;

/// How many letters and digits of a secret in a row give it away, where it has so many.
pub(super) const TELLING: usize = 12;

/// A text's letters and digits.
pub(super) struct Skeleton(Vec<Bone>);

struct Bone {
    /// In lower case.
    letter: u8,
    place: usize,
    masked: bool,
}

impl Skeleton {
    /// Escapes of URLs, of JSON and of HTML count as what they stand for.
    pub(super) fn of(text: &str) -> Self {
        let mut bones = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let place = text.len() - rest.len();
            let (byte, after) = unescaped(rest);
            if byte.is_ascii_alphanumeric() {
                bones.push(Bone { letter: byte.to_ascii_lowercase(), place, masked: false });
            }
            rest = after;
        }
        Self(bones)
    }

    /// Masks every `width` letters and digits in a row that stand in `secret` in a row too; all of a shorter secret.
    pub(super) fn mask(&mut self, secret: &Self, width: usize) {
        let width = width.min(secret.0.len()).max(1);
        // What most windows that are not in the secret fall through.
        let mut seen = [0_u64; 64];
        for window in secret.0.windows(width) {
            let (word, bit) = sieve(window);
            if let Some(word) = seen.get_mut(word) {
                *word |= bit;
            }
        }
        for at in 0..self.0.len() {
            let Some(window) = self.0.get_mut(at..at + width) else { break };
            let (word, bit) = sieve(window);
            let may_be = seen.get(word).is_some_and(|word| word & bit != 0);
            if may_be && secret.0.windows(width).any(|known| same(known, window)) {
                for bone in window {
                    bone.masked = true;
                }
            }
        }
    }

    /// Where the text is masked: the places of letters in a row.
    pub(super) fn masked(&self) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.0.iter().map(|bone| (bone.place, bone.masked))
    }
}

/// A word and a bit in it.
fn sieve(window: &[Bone]) -> (usize, u64) {
    let sum = window.iter().fold(0_u32, |sum, bone| sum.wrapping_mul(37).wrapping_add(bone.letter.into()));
    ((sum >> 6) as usize % 64, 1 << (sum % 64))
}

fn same(one: &[Bone], other: &[Bone]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.letter == other.letter)
}

/// What `text` begins with, and what follows it. A percent sign may have been escaped itself, again and again.
fn unescaped(text: &[u8]) -> (u8, &[u8]) {
    match text {
        [b'%', rest @ ..] => {
            let mut rest = rest;
            while let [b'2', b'5', after @ ..] = rest {
                rest = after;
            }
            match rest {
                [high, low, after @ ..] => hex(*high, *low).map_or((b'%', rest), |byte| (byte, after)),
                _ => (b'%', rest),
            }
        }
        [b'\\', b'u', b'0', b'0', high, low, after @ ..] | [b'\\', b'x', high, low, after @ ..] => {
            (hex(*high, *low).unwrap_or_default(), after)
        }
        [b'&', b'#', b'x' | b'X', rest @ ..] => entity(rest, 16),
        [b'&', b'#', rest @ ..] => entity(rest, 10),
        [first, after @ ..] => (*first, after),
        [] => (0, text),
    }
}

fn hex(high: u8, low: u8) -> Option<u8> {
    Some(digit(high, 16)? << 4 | digit(low, 16)?)
}

fn digit(byte: u8, radix: u32) -> Option<u8> {
    (byte as char).to_digit(radix).and_then(|digit| u8::try_from(digit).ok())
}

/// What an entity such as `&#43;` stands for, whose digits `text` begins with; and what follows it.
fn entity(text: &[u8], radix: u8) -> (u8, &[u8]) {
    let (mut number, mut rest) = (0_u8, text);
    while let [first, after @ ..] = rest {
        let Some(digit) = digit(*first, radix.into()) else { break };
        number = number.wrapping_mul(radix).wrapping_add(digit);
        rest = after;
    }
    (number, rest)
}
