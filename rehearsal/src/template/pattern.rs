//! `AllowedPattern`, matched within bounds: a pattern may backtrack for ages, and a list has many values.

use fancy_regex::{Error, Regex, RegexBuilder, RuntimeError};

/// Steps that a template's patterns may take in all; then values are taken unchecked. A tenth of a second or two.
const ALL: usize = 1_000_000;

/// Steps that a parameter's pattern may take, for all of its values.
const EACH: usize = 100_000;

/// Steps of a value's first try; each further one has twice as many.
const FIRST: usize = 16;

/// What is left of the steps.
pub(super) struct Steps(usize);

impl Default for Steps {
    fn default() -> Self {
        Self(ALL)
    }
}

/// A parameter's pattern.
pub(super) struct Pattern<'p> {
    pattern: &'p str,
    /// For [`FIRST`] steps, and twice as many each.
    tries: Vec<Regex>,
    /// What it says where it cannot be tried.
    untried: bool,
    left: usize,
    taken: usize,
}

impl<'p> Pattern<'p> {
    pub(super) fn new(pattern: &'p str, steps: &Steps) -> Self {
        let first = compiled(pattern, FIRST);
        let untried = first.is_none() && Regex::new(pattern).is_err();
        Self { pattern, tries: first.into_iter().collect(), untried, left: steps.0.min(EACH), taken: 0 }
    }

    pub(super) const fn text(&self) -> &'p str {
        self.pattern
    }

    /// Whether a value matches as a whole. A pattern that only Java's engine knows is not checked here, nor is what would
    /// take too long.
    pub(super) fn matches(&mut self, text: &str) -> bool {
        let mut limit = FIRST;
        for at in 0.. {
            if self.taken + limit > self.left {
                return true;
            }
            if at > 0 && self.tries.len() == at {
                self.tries.extend(compiled(self.pattern, limit));
            }
            let Some(whole) = self.tries.get(at) else { return self.untried };
            match whole.is_match(text) {
                Ok(matches) => {
                    // More than the try before it had, as far as is known.
                    self.taken += if at == 0 { 1 } else { limit / 2 };
                    return matches;
                }
                Err(Error::RuntimeError(RuntimeError::BacktrackLimitExceeded)) => self.taken += limit,
                Err(_) => return true,
            }
            limit *= 2;
        }
        true
    }

    /// What it took is gone.
    pub(super) fn done(self, steps: &mut Steps) {
        steps.0 = steps.0.saturating_sub(self.taken);
    }
}

/// Whether a pattern is none in any engine: something in it is not closed, is closed that is not open, or nothing is
/// repeated.
pub(super) fn is_broken(pattern: &str) -> bool {
    // Java quotes between these, and what only its engine knows is not judged here.
    if pattern.contains("\\Q") || Regex::new(pattern).is_ok() {
        return false;
    }
    let (mut groups, mut classes) = (0_u32, 0_u32);
    let mut letters = pattern.chars();
    if pattern.starts_with(['*', '+', '?']) {
        return true;
    }
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next().is_none() => return true,
            '[' => classes += 1,
            ']' => classes = classes.saturating_sub(1),
            '(' if classes == 0 => groups += 1,
            ')' if classes == 0 && groups == 0 => return true,
            ')' if classes == 0 => groups -= 1,
            _ => {}
        }
    }
    groups > 0 || classes > 0
}

fn compiled(pattern: &str, limit: usize) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).backtrack_limit(limit).build().ok()
}

/// Whether a value matches a pattern as a whole, as far as that can be found out within bounds.
pub(crate) fn matches_pattern(pattern: &str, value: &str) -> bool {
    Pattern::new(pattern, &Steps::default()).matches(value)
}

#[cfg(test)]
mod tests;
