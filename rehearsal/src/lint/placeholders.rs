//! What other tools leave in a template until they fill it in: `{{ … }}`, `{% … %}`, `<% … %>`, `${…}` in brackets,
//! `%%NAME%%`, `@NAME@`, `$(AWS::…)`. Where the YAML around it cannot be read with it, each is written over by a letter that stands for a value
//! nobody knows, character for character, so that every place stays true.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// Stands for each character of a placeholder: one of Unicode's letters for private use, and a word's to YAML and shells.
pub(super) const MASK: char = '\u{e001}';

/// The longest placeholder that is looked for, in bytes.
const LONGEST: usize = 4_000;

/// Whose placeholder it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// `{{ … }}` and `{% … %}`: Jinja, Go's templates, Mustache and their like.
    Braces,
    /// `<% … %>`: ERB and its like.
    Erb,
    /// `${…}` where no `Fn::Sub` is: envsubst and its like.
    Dollar,
    /// `%NAME%`, `%%NAME%%`, `%(NAME)s`, `@NAME@` and `@@NAME@@` where a value begins: those of build scripts.
    Marks,
    /// `$(AWS::…)`: cfoo.
    Parenthesis,
    /// No tool's: `{{resolve:…}}` of CloudFormation itself, without quotes.
    Reference,
}

impl Tool {
    pub(super) fn named(self) -> &'static str {
        match self {
            Self::Braces => "a template engine's (Jinja, Go templates, Mustache)",
            Self::Erb => "ERB's",
            Self::Dollar => "envsubst's or its like's",
            Self::Marks => "a build tool's",
            Self::Parenthesis => "cfoo's",
            Self::Reference => "CloudFormation's own",
        }
    }
}

/// A placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) tool: Tool,
    pub(super) range: Range<usize>,
}

/// The placeholders that keep YAML from being read, in the text's order.
pub(super) fn find(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['{', '<', '$', '%', '@'])) {
        let start = at + found;
        match span(text, start) {
            Some(span) => {
                at = span.range.end;
                spans.push(span);
            }
            None => at = start + 1,
        }
    }
    spans
}

/// The calls that cfoo makes functions of.
pub(super) fn parenthesised(text: &str) -> Vec<Span> {
    let spans = text.match_indices("$(AWS::").filter_map(|(start, _)| {
        let length = text.get(start..)?.find(')')? + 1;
        let name = text.get(start + 2..start + length - 1)?;
        let is_name = name.chars().all(|it| it.is_ascii_alphanumeric() || it == ':');
        is_name.then_some(Span { tool: Tool::Parenthesis, range: start..start + length })
    });
    spans.collect()
}

fn span(text: &str, start: usize) -> Option<Span> {
    let rest = text.get(start..)?;
    let (tool, end) = match rest.as_bytes() {
        [b'{', b'{', ..] if rest.starts_with("{{resolve:") => {
            let end = reference(rest)?;
            let is_bare = is_value(text, without_tag(text, start)) && ends_value(rest.get(end..)?);
            is_bare.then_some((Tool::Reference, end))?
        }
        [b'{', b'{', ..] => (Tool::Braces, one_line(rest, "{{", "}}")?),
        [b'{', b'%', ..] => (Tool::Braces, within(rest, "%}")?),
        [b'{', b'#', ..] => (Tool::Braces, within(rest, "#}")?),
        [b'<', b'%', ..] => (Tool::Erb, within(rest, "%>")?),
        [b'$', b'{', ..] => {
            let end = one_line(rest, "${", "}")?;
            let name = rest.get(2..end - 1)?;
            let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
                && !name.starts_with("AWS::");
            (is_name && is_value(text, start)).then_some((Tool::Dollar, end))?
        }
        [b'%' | b'@', ..] if is_value(text, start) => (Tool::Marks, marked(rest)?),
        _ => return None,
    };
    Some(Span { tool, range: start..start + end })
}

/// How long a name between marks is that begins here.
fn marked(rest: &str) -> Option<usize> {
    let is_name = |name: &str| {
        name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name.chars().all(|it| it.is_ascii_alphanumeric() || "_-.".contains(it))
    };
    [("@@", "@@"), ("@", "@"), ("%%", "%%"), ("%(", ")s"), ("%", "%")].into_iter().find_map(
        |(open, close)| {
            let inner = rest.strip_prefix(open)?;
            let end = inner.find(close)?;
            is_name(inner.get(..end)?).then_some(open.len() + end + close.len())
        },
    )
}

/// How long a dynamic reference is that begins here, with variables of Fn::Sub in it, and the words that go on after it.
pub(super) fn reference(rest: &str) -> Option<usize> {
    let mut at = "{{".len();
    loop {
        let next = rest.get(at..)?;
        if next.starts_with("${") {
            at += next.find('}')? + 1;
        } else if next.starts_with("}}") {
            let end = at + "}}".len();
            let word = word(rest.get(end..)?);
            return Some(end + word).filter(|end| *end <= LONGEST);
        } else if next.starts_with("{{") || next.starts_with('\n') {
            return None;
        } else {
            at += next.chars().next()?.len_utf8();
        }
    }
}

/// How long the rest of a word is, with variables of Fn::Sub in it.
fn word(rest: &str) -> usize {
    let mut at = 0;
    while let Some(next) = rest.get(at..) {
        let is_part = |it: char| it.is_ascii_alphanumeric() || "-_./:@".contains(it);
        match next.strip_prefix("${").and_then(|inner| inner.find('}')) {
            Some(end) => at += "${".len() + end + 1,
            None if next.starts_with(is_part) => at += 1,
            None => break,
        }
    }
    at
}

/// Where a value begins whose tag is before it: `!Sub `.
fn without_tag(text: &str, start: usize) -> usize {
    let before = text.get(..start).unwrap_or_default();
    let word = before.trim_end_matches(' ');
    let tag = word.rsplit([' ', '\n', '[', ',', '{']).next().unwrap_or_default();
    if word.len() < before.len() && tag.starts_with('!') { word.len() - tag.len() } else { start }
}

/// How long what begins here is, if it ends on its line and none of its kind is in it.
fn one_line(rest: &str, open: &str, close: &str) -> Option<usize> {
    let end = within(rest, close)?;
    let inner = rest.get(open.len()..end)?;
    (!inner.contains('\n') && !inner.contains(open)).then_some(end)
}

fn within(rest: &str, close: &str) -> Option<usize> {
    let end = rest.find(close)? + close.len();
    (end <= LONGEST).then_some(end)
}

/// Whether a value without quotes may begin here.
fn is_value(text: &str, start: usize) -> bool {
    let line = text.get(..start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let quotes = |quote: char| line.matches(quote).count() % 2 == 0;
    let before = line.trim_end();
    let begins = before.is_empty()
        || before.ends_with(['[', ',', '{'])
        || (before.len() < line.len() && before.ends_with([':', '-']));
    begins && quotes('"') && quotes('\'')
}

/// Whether nothing but a comment, or the end of a list or a map, is left on the line.
fn ends_value(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim();
    line.is_empty() || line.starts_with(['#', ',', ']', '}'])
}

/// Whether a placeholder is a condition, a loop or a remark of its tool, alone on its lines.
fn is_statement(text: &str, span: &Span) -> bool {
    let inside = text.get(span.range.clone()).unwrap_or_default();
    let is_one = ["{%", "{#"].iter().any(|it| inside.starts_with(it))
        || (inside.starts_with("<%") && !inside.starts_with("<%="));
    let before = text.get(..span.range.start).and_then(|it| it.rsplit('\n').next()).unwrap_or_default();
    let after = text.get(span.range.end..).and_then(|it| it.split('\n').next()).unwrap_or_default();
    is_one && before.trim().is_empty() && after.trim().is_empty()
}

/// The text with its placeholders written over; lines of nothing but such become empty. None where the text has the
/// letter already.
pub(super) fn masked(text: &str, spans: &[Span]) -> Option<String> {
    if text.contains(MASK) {
        return None;
    }
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        written.push_str(text.get(at..span.range.start)?);
        let inside = text.get(span.range.clone())?;
        // What is no value stands in nobody's place.
        let is_left_out = is_statement(text, span);
        let kept = inside.chars().filter(|letter| !is_left_out || *letter == '\n');
        written.extend(kept.map(|letter| if letter == '\n' { '\n' } else { MASK }));
        at = span.range.end;
    }
    written.push_str(text.get(at..)?);
    let is_alone = |line: &str| {
        let bare = line.trim();
        !bare.is_empty() && bare.chars().all(|it| it == MASK || it.is_whitespace())
    };
    let mut kept = String::with_capacity(written.len());
    let mut above = "";
    for line in written.split_inclusive('\n') {
        // What a key or a dash is without is its value.
        let is_value = above.ends_with(':') || above.ends_with('-');
        if is_alone(line) && !is_value {
            let bare = line.trim_end_matches(['\r', '\n']);
            kept.push_str(line.get(bare.len()..)?);
            continue;
        }
        kept.push_str(line);
        if !line.trim().is_empty() {
            above = line.trim_end();
        }
    }
    Some(kept)
}
