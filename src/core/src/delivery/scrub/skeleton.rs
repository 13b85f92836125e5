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
    /// Without escapes of HTML and JSON, which stand for neither. An escape of an escaped URL's counts as one of the URL's.
    pub(super) fn of(text: &str) -> Self {
        let mut bones = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            let place = text.len() - rest.len();
            rest = match rest {
                [b'&', b'#', digits @ ..] => digits.get(entity(digits)..).unwrap_or_default(),
                [b'\\', b'u', _, _, _, _, after @ ..] | [b'%', b'2', b'5', after @ ..] => after,
                // What is left of an escape that was escaped twice or more.
                [b'2', b'5', after @ ..] if text.get(..place).is_some_and(|front| front.ends_with("%25")) => {
                    after
                }
                _ => {
                    if first.is_ascii_alphanumeric() {
                        bones.push(Bone { letter: first.to_ascii_lowercase(), place, masked: false });
                    }
                    after
                }
            };
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

/// How long the rest of an entity such as `&#43;` is, of which `text` follows `&#`.
fn entity(text: &[u8]) -> usize {
    const LONGEST: usize = 7;
    text.iter().take(LONGEST).position(|byte| *byte == b';').map_or(0, |end| end + 1)
}
