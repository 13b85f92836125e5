//! Which character of a YAML scalar stands where in its source.
//!
//! The parser gives a scalar's text and where it begins. Source and text are walked side by side: escapes stand for one
//! character, and white space that YAML folds or strips is passed over. No style has to be known for that but the quotes.

/// How much of a line is looked at for what makes it a block scalar's first, its comment included.
const MAX_HEADER: usize = 500;
/// How much of what follows a variable tells where its value ends, and how long one may be.
const TELLING: usize = 8;
const MAX_VALUE: usize = 1000;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Double,
    Single,
    /// Plain, literal and folded: as it is, but for white space.
    Bare,
}

/// Pairs of a byte of `text` and its byte in `source`, where they stop being the same number of bytes apart.
/// The scalar, its tag or its anchor begins at `start`.
pub(in crate::lint) fn align(source: &str, start: usize, text: &str) -> Vec<(usize, usize)> {
    let (style, begin) = opening(source, start);
    let mut walk = Walk { source, at: begin, style };
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut expected = None;
    // Where the text goes on as it is written, after what a loop has put in.
    let mut resumes = 0;
    for (offset, letter) in text.char_indices() {
        if offset < resumes {
            continue;
        }
        let Some((at, length)) = walk.find(letter) else {
            let at = walk.at;
            if let Some(length) = text.get(offset..).and_then(|rest| walk.pass_variables(rest)) {
                pairs.push((offset, at));
                (resumes, expected) = (offset + length, None);
                continue;
            }
            // Beyond what is understood, the last place that is known has to do.
            break;
        };
        if expected != Some(at) {
            pairs.push((offset, at));
        }
        expected = (length == letter.len_utf8()).then_some(at + length);
    }
    if pairs.is_empty() {
        pairs.push((0, begin));
    }
    pairs
}

/// The style, and where the first character of the text may stand.
fn opening(source: &str, start: usize) -> (Style, usize) {
    if let Some(after) = after_block_header(source, start) {
        return (Style::Bare, after);
    }
    let mut at = start;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        match trimmed.chars().next() {
            Some('!' | '&') => at += trimmed.find(char::is_whitespace).unwrap_or(trimmed.len()),
            Some('"') => return (Style::Double, at + 1),
            Some('\'') => return (Style::Single, at + 1),
            Some('|' | '>') => {
                return (Style::Bare, at + trimmed.find('\n').map_or(trimmed.len(), |end| end + 1));
            }
            _ => return (Style::Bare, at),
        }
    }
}

/// Where the text begins, if `start` is the first line of a block scalar whose header is on a line before it.
fn after_block_header(source: &str, start: usize) -> Option<usize> {
    let line = source.get(..start)?.trim_end_matches([' ', '\t']);
    if !line.ends_with(['\n', '\r']) {
        return None;
    }
    let filled = line.trim_end();
    // A line's end is enough, so that a template of few long lines is not searched again and again.
    let from =
        (filled.len().saturating_sub(MAX_HEADER)..=filled.len()).find(|at| filled.is_char_boundary(*at))?;
    let header = filled.get(from..)?.rsplit(['\n', '\r']).next()?;
    let header = header.split_once(" #").map_or(header, |(header, _)| header).trim_end();
    let bare = header.trim_end_matches(|letter: char| letter.is_ascii_digit() || "+-".contains(letter));
    let indicator = bare.strip_suffix(['|', '>'])?;
    let alone = indicator.is_empty() || indicator.ends_with(char::is_whitespace);
    let after = source.get(filled.len()..)?.find('\n')?;
    alone.then_some(filled.len() + after + 1)
}

struct Walk<'s> {
    source: &'s str,
    at: usize,
    style: Style,
}

impl Walk<'_> {
    /// The next place where `wanted` is written, and how many bytes that takes.
    fn find(&mut self, wanted: char) -> Option<(usize, usize)> {
        loop {
            let (letter, length) = self.next()?;
            let at = self.at;
            if letter == Some(wanted) {
                self.at += length;
                return Some((at, length));
            }
            // A line break is folded into a space.
            let written = self.source.get(at..)?.chars().next()?;
            if wanted == ' ' && matches!(written, '\n' | '\r') {
                self.at += self.blanks();
                return Some((at, 1));
            }
            if !written.is_whitespace() && letter.is_some() {
                return None;
            }
            self.at += length;
        }
    }

    /// Passes over variables, `${Name}` or `&{Name}`, that a loop has put values in place of; how long these are at the
    /// beginning of `text`. What follows tells where they end.
    fn pass_variables(&mut self, text: &str) -> Option<usize> {
        let mut end = self.at;
        while let Some(length) = variable(self.source.get(end..)?) {
            end += length;
        }
        let after = self.source.get(end..)?;
        let is_telling = |(at, _): &(usize, char)| variable(after.get(*at..).unwrap_or_default()).is_none();
        let following = after.char_indices().take(TELLING).take_while(is_telling).count();
        let goes_on = |rest: &str| {
            let mut walk = Self { source: self.source, at: end, style: self.style };
            rest.chars().take(following).all(|letter| walk.find(letter).is_some())
        };
        let ends = text.char_indices().map(|(offset, _)| offset).skip(1).chain([text.len()]);
        let mut ends = ends.take(MAX_VALUE).filter(|_| end > self.at);
        let length = ends.find(|length| text.get(*length..).is_some_and(goes_on))?;
        self.at = end;
        Some(length)
    }

    /// The line breaks and blanks from here on.
    fn blanks(&self) -> usize {
        let rest = self.source.get(self.at..).unwrap_or_default();
        rest.len() - rest.trim_start().len()
    }

    /// The character written here, and the bytes it takes; no character where nothing is meant by them.
    fn next(&self) -> Option<(Option<char>, usize)> {
        let rest = self.source.get(self.at..)?;
        let mut letters = rest.chars();
        let first = letters.next()?;
        match (self.style, first) {
            (Style::Double, '\\') => Some(escape(rest)),
            (Style::Single, '\'') if letters.next() == Some('\'') => Some((Some('\''), 2)),
            (_, first) => Some((Some(first), first.len_utf8())),
        }
    }
}

/// The bytes of the variable that a text begins with.
fn variable(text: &str) -> Option<usize> {
    let (name, _) = text.strip_prefix("${").or_else(|| text.strip_prefix("&{"))?.split_once('}')?;
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric());
    is_name.then_some(name.len() + 3)
}

/// What an escape of a double-quoted scalar stands for.
///
/// Source: <https://yaml.org/spec/1.2.2/#57-escaped-characters>
fn escape(rest: &str) -> (Option<char>, usize) {
    let Some(kind) = rest.chars().nth(1) else { return (Some('\\'), 1) };
    let simple = match kind {
        'n' => '\n',
        't' | '\t' => '\t',
        'r' => '\r',
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        'v' => '\x0b',
        'f' => '\x0c',
        'e' => '\x1b',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return coded(rest, 2),
        'u' => return coded(rest, 4),
        'U' => return coded(rest, 8),
        '\n' | '\r' => return (None, 1 + kind.len_utf8()),
        other => other,
    };
    (Some(simple), 1 + kind.len_utf8())
}

fn coded(rest: &str, digits: usize) -> (Option<char>, usize) {
    let unit = |from: usize| u32::from_str_radix(rest.get(from..from + digits)?, 16).ok();
    let length = 2 + digits;
    let Some(code) = unit(2) else { return (None, 2) };
    if let Some(letter) = char::from_u32(code) {
        return (Some(letter), length);
    }
    // JSON writes what is beyond U+FFFF as two.
    let low = rest.get(length..).filter(|low| low.starts_with("\\u")).and_then(|_| unit(length + 2));
    let pair = low.and_then(|low| {
        let units = [u16::try_from(code).ok()?, u16::try_from(low).ok()?];
        char::decode_utf16(units).next()?.ok()
    });
    (pair, if pair.is_some() { 2 * length } else { length })
}
