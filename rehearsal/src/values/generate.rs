//! Texts that a pattern takes: of its structure, with plain characters where it leaves the choice.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

#[cfg(test)]
mod tests;

/// Texts that are tried for one pattern.
const TRIES: u64 = 240;

/// No value of a parameter is longer.
const MOST: usize = 4096;

/// Steps that one text may take: what is repeated may be empty, and again.
const STEPS: u32 = 20_000;

/// How far repetitions go on beyond what they have to.
const BEYOND: [u64; 6] = [0, 1, 3, 8, 16, 40];

/// Characters of which the first set that a class has some of is chosen from.
const PLAIN: &[(char, char)] = &[('a', 'z')];
const NUMBERS: &[(char, char)] = &[('0', '9')];
const WORDS: &[(char, char)] = &[('a', 'z'), ('0', '9'), ('A', 'Z')];
const PRINTABLE: &[(char, char)] = &[('!', '~')];

/// Texts of a pattern's form, the plainest first. What Java's expressions have and these have not, such as a look ahead, is
/// left out: whoever asks has to see which of them the pattern takes. `longest` is how much further repetitions may go on.
pub(super) fn texts(pattern: &str, longest: usize) -> impl Iterator<Item = String> {
    let parsed = regex_syntax::parse(pattern).ok();
    let hir = parsed.or_else(|| regex_syntax::parse(&without_looks(pattern)).ok());
    let longest = u64::try_from(longest).unwrap_or(0);
    hir.into_iter().flat_map(move |hir| {
        (0..TRIES).map(move |seed| {
            let step = usize::try_from(seed).unwrap_or(0);
            let beyond = match step / 3 % (BEYOND.len() + 1) {
                last if last == BEYOND.len() => longest,
                other => BEYOND.get(other).copied().unwrap_or(0),
            };
            let prefer: &[&[(char, char)]] = match step % 3 {
                0 => &[PLAIN, NUMBERS, WORDS, PRINTABLE],
                1 => &[WORDS, PRINTABLE],
                _ => &[PRINTABLE],
            };
            let random = ChaCha8Rng::seed_from_u64(seed);
            let mut writer = Writer { random, beyond, prefer, text: String::new(), steps: STEPS };
            writer.write(&hir);
            writer.text
        })
    })
}

struct Writer<'p> {
    random: ChaCha8Rng,
    beyond: u64,
    prefer: &'p [&'p [(char, char)]],
    text: String,
    /// Those that are left.
    steps: u32,
}

impl Writer<'_> {
    fn write(&mut self, hir: &Hir) {
        self.steps = self.steps.saturating_sub(1);
        if self.is_done() {
            return;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => self.character(class),
            HirKind::Repetition(repetition) => self.repeat(repetition),
            HirKind::Capture(capture) => self.write(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part)),
            HirKind::Alternation(choices) => {
                let at = self.below(choices.len() as u64);
                if let Some(choice) = usize::try_from(at).ok().and_then(|at| choices.get(at)) {
                    self.write(choice);
                }
            }
        }
    }

    fn repeat(&mut self, repetition: &Repetition) {
        let least = u64::from(repetition.min);
        let most = repetition.max.map_or(u64::MAX, u64::from).min(least.saturating_add(self.beyond));
        let count = least + self.below(most - least + 1);
        for _ in 0..count {
            if self.is_done() {
                return;
            }
            self.write(&repetition.sub);
        }
    }

    fn is_done(&self) -> bool {
        self.steps == 0 || self.text.len() > MOST
    }

    fn character(&mut self, class: &Class) {
        let all = match class {
            Class::Unicode(all) => all.clone(),
            Class::Bytes(bytes) => ClassUnicode::new(
                bytes.ranges().iter().map(|it| ClassUnicodeRange::new(it.start().into(), it.end().into())),
            ),
        };
        let preferred = self.prefer.iter().map(|ranges| {
            let mut some =
                ClassUnicode::new(ranges.iter().map(|(from, to)| ClassUnicodeRange::new(*from, *to)));
            some.intersect(&all);
            some
        });
        let chosen = preferred.into_iter().find(|it| !it.ranges().is_empty()).unwrap_or(all);
        let size =
            |range: &ClassUnicodeRange| u64::from(u32::from(range.end()) - u32::from(range.start())) + 1;
        let mut at = self.below(chosen.ranges().iter().map(size).sum());
        for range in chosen.ranges() {
            if at < size(range) {
                let code = u32::from(range.start()) + u32::try_from(at).unwrap_or(0);
                self.text.extend(char::from_u32(code));
                return;
            }
            at -= size(range);
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        // Not quite even, which does not matter here.
        self.random.next_u64() % bound.max(1)
    }
}

/// A pattern without its groups that look ahead or behind.
fn without_looks(pattern: &str) -> String {
    const LOOKS: [&str; 4] = ["(?=", "(?!", "(?<=", "(?<!"];
    let mut result = String::new();
    let (mut at, mut skipped) = (0, 0);
    for (start, _, is_plain) in letters(pattern) {
        let rest = pattern.get(start..).unwrap_or_default();
        if start >= skipped && is_plain && LOOKS.iter().any(|it| rest.starts_with(it)) {
            result.push_str(pattern.get(at..start).unwrap_or_default());
            skipped = start + group(rest);
            at = skipped;
        }
    }
    result.push_str(pattern.get(at..).unwrap_or_default());
    result
}

/// How long the group is that the text begins with.
fn group(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, letter, is_plain) in letters(text) {
        match letter {
            '(' if is_plain => depth += 1,
            ')' if is_plain => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + letter.len_utf8();
        }
    }
    text.len()
}

/// A pattern's letters with their places, and whether each means what it says: outside of classes and not escaped.
fn letters(pattern: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let (mut is_class, mut is_first, mut is_escaped) = (false, false, false);
    pattern.char_indices().map(move |(at, letter)| {
        let is_plain = !is_class && !is_escaped;
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' if !is_class => (is_class, is_first) = (true, true),
            '^' if is_first => return (at, letter, is_plain),
            ']' if !is_first => is_class = false,
            _ => is_first = false,
        }
        if letter != '[' {
            is_first = false;
        }
        (at, letter, is_plain)
    })
}
