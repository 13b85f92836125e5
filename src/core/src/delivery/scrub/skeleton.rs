//! Finding a secret in a text however it is respelt.
//!
//! Case, escapes, white space and what is invisible change with each respelling; letters and digits stay. So both are compared by
//! those alone, and a part of a secret is a secret too.

use alloc::vec;
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
    ///
    /// They are compared by a sum of 32 bits, in time that does not grow with the secret: both may be a server's choice. Where
    /// two differ and have one sum, a word is hidden that need not be.
    pub(super) fn mask(&mut self, secret: &Self, width: usize) {
        let width = width.min(secret.0.len()).max(1);
        // Open addressing, half empty at most; 0 is an empty slot.
        let mut sums = vec![0; (secret.0.len() * 2).next_power_of_two()];
        for window in secret.0.windows(width) {
            let sum = sum(window);
            if let Some(slot) = slot(&mut sums, sum) {
                *slot = sum;
            }
        }
        for at in 0..self.0.len() {
            let Some(window) = self.0.get_mut(at..at + width) else { break };
            let sum = sum(window);
            if slot(&mut sums, sum).is_some_and(|slot| *slot == sum) {
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

/// Never 0. Its lower bits depend on every letter.
fn sum(window: &[Bone]) -> u32 {
    let sum = window.iter().fold(1_u32, |sum, bone| (sum ^ u32::from(bone.letter)).wrapping_mul(0x0100_0193));
    (sum ^ sum >> 15) | 1
}

/// Where `sum` is among `sums`, or would be.
fn slot(sums: &mut [u32], sum: u32) -> Option<&mut u32> {
    let mask = sums.len().wrapping_sub(1);
    let mut at = (sum >> 1) as usize & mask;
    while sums.get(at).is_some_and(|found| *found != 0 && *found != sum) {
        at = (at + 1) & mask;
    }
    sums.get_mut(at)
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
