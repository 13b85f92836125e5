//! Findings with one safe mending, as edits of the file's own text. An edit is made only where the words it is made of
//! stand in the file as they are looked for; what is made of it is looked at again before it is kept.

use std::collections::BTreeSet;
use std::ops::Range;

use super::facts::{Facts, Script, ScriptKind};
use super::finding::Finding;
use super::known::Known;
use super::placeholders::{self, MASK};
use super::shell::{self, Command, PieceKind, Word};
use super::signal::Signal;
use super::text::Symbol;
use super::{Report, Selection, lint_known};
use crate::template::TemplateError;
use crate::template::sub;

/// Text in place of some of a file's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// Bytes of the file.
    pub range: Range<usize>,
    /// What is written in their place.
    pub text: String,
}

/// More than anybody has in a file; each is looked at by itself.
const MOST: usize = 500;
const STACK: &str = "${AWS::StackName}";
const REGION: &str = " --region ${AWS::Region}";

/// A template whose findings are mended, as far as that can be done safely.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mended {
    /// The template's text.
    pub text: String,
    /// How many findings are gone.
    pub count: usize,
    /// What is still found.
    pub report: Report,
}

/// Mends what has one safe mending. Each is kept only if the template can still be read, its finding is gone, and there is
/// no other.
///
/// # Errors
///
/// As [`super::lint`].
pub fn mended(text: &str, name: &str, selection: &Selection, known: &Known) -> Result<Mended, TemplateError> {
    let mut report = lint_known(text, name, selection, known)?;
    let mut text = text.to_owned();
    let mut count = 0;
    // What was tried, and is not kept.
    let mut refused = BTreeSet::new();
    for _ in 0..MOST {
        let is_open = |it: &&Finding| !it.edits.is_empty() && !refused.contains(&it.fingerprint);
        let Some(finding) = report.findings.iter().rfind(is_open) else { break };
        refused.insert(finding.fingerprint.clone());
        let Some(candidate) = edited(&text, &finding.edits) else { continue };
        let Ok(after) = lint_known(&candidate, name, selection, known) else { continue };
        if !is_only_without(&report, &after, finding) {
            continue;
        }
        count += total(&report) - total(&after);
        (text, report) = (candidate, after);
    }
    Ok(Mended { text, count, report })
}

/// Whether the one finding is gone, and nothing else is found that was not.
fn is_only_without(before: &Report, after: &Report, gone: &Finding) -> bool {
    let count = |report: &Report, code: &str| {
        report.findings.iter().filter(|it| it.rule.code == code).map(size).sum::<usize>()
    };
    let code = gone.rule.code;
    count(after, code) + size(gone) <= count(before, code)
        && after.suppressed == before.suppressed
        && after.findings.iter().all(|it| count(after, it.rule.code) <= count(before, it.rule.code))
}

fn total(report: &Report) -> usize {
    report.findings.iter().map(size).sum()
}

/// How many findings are folded into one.
fn size(finding: &Finding) -> usize {
    1 + finding.also.len()
}

/// The text with edits made; none where they are in each other's way.
fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let (mut written, mut at) = (String::with_capacity(text.len() + 64), 0);
    for edit in edits {
        written.push_str(text.get(at..edit.range.start)?);
        written.push_str(&edit.text);
        at = edit.range.end;
    }
    written.push_str(text.get(at..)?);
    Some(written)
}

/// The edits that mend a finding; none where there is more than one way, or none that is safe. `original` is the text as
/// it is in the file, without a mark of its encoding.
pub(super) fn edits(facts: &Facts<'_>, original: &str, finding: &Finding) -> Vec<Edit> {
    let at = facts.source.byte_at(finding.place);
    // Where placeholders are written over, bytes are not the file's.
    let is_as_written = std::ptr::eq(facts.source.text, original);
    match finding.rule.code {
        "CFS432" => quoted_reference(facts.source.text, original, at),
        _ if !is_as_written => None,
        "CFS105" => signal_at(facts, at).and_then(|(_, signal)| region(facts, signal)),
        "CFS110" => quoted_handle(facts, at),
        "CFS205" => late_trap(facts, at),
        "CFS302" => substituted(facts.source.text, at),
        _ => None,
    }
    .unwrap_or_default()
}

fn signal_at<'f>(facts: &'f Facts<'_>, at: usize) -> Option<(&'f Script, &'f Signal)> {
    let all =
        facts.scripts.iter().flat_map(|script| script.signals.iter().map(move |signal| (script, signal)));
    all.into_iter().find(|(_, signal)| signal.start() == at)
}

/// `--region ${AWS::Region}` behind the stack's name, which shows that the text is inside Fn::Sub.
fn region(facts: &Facts<'_>, signal: &Signal) -> Option<Vec<Edit>> {
    let word = &signal.option("stack")?.value;
    let piece = word.pieces.last()?;
    let PieceKind::Symbol(Symbol::Ref(name)) = &piece.kind else { return None };
    let from = signal.text.file_byte(piece.range.start);
    let rest = facts.source.text.get(from..)?;
    if name != "AWS::StackName" || !rest.starts_with(STACK) {
        return None;
    }
    let after = rest.get(STACK.len()..)?;
    let close = if !piece.quoted {
        ""
    } else {
        ["\\\"", "\"", "''", "'"].into_iter().find(|close| after.starts_with(close))?
    };
    let ends = after.get(close.len()..)?;
    let is_end = ends.is_empty() || ends.starts_with([' ', '\t', '\n', '\r', '\\', '"', '\'', ';']);
    is_end.then(|| vec![insert(from + STACK.len() + close.len(), REGION)])
}

fn quoted_handle(facts: &Facts<'_>, at: usize) -> Option<Vec<Edit>> {
    let scripts = facts.scripts.iter().filter(|script| script.kind != ScriptKind::Inner);
    let mut signals = scripts.flat_map(|script| &script.signals).filter(|signal| !signal.is_trap);
    let written = signals.find_map(|signal| {
        let is_here = |word: &&Word| {
            signal.at(word) == at && matches!(word.pieces.as_slice(), [piece] if !piece.quoted)
        };
        let word = signal.words.iter().find(is_here)?;
        match &word.pieces.first()?.kind {
            PieceKind::Symbol(Symbol::Ref(name)) => Some(format!("${{{name}}}")),
            _ => None,
        }
    })?;
    facts.source.text.get(at..)?.starts_with(&written).then(|| around(at, &written, '\''))
}

/// Single quotes in place of a trap's double ones, where nothing else in it means something else then.
fn late_trap(facts: &Facts<'_>, at: usize) -> Option<Vec<Edit>> {
    facts.scripts.iter().find_map(|script| {
        let mut found = None;
        shell::visit(&script.block, &mut |command| {
            found = found.take().or_else(|| trap_quotes(facts, script, command, at));
        });
        found
    })
}

fn trap_quotes(facts: &Facts<'_>, script: &Script, command: &Command, at: usize) -> Option<Vec<Edit>> {
    let body = command.arguments().first().filter(|_| command.name().as_deref() == Some("trap"))?;
    let byte = |offset: usize| script.text.file_byte(offset);
    let mut pieces = body.pieces.iter();
    pieces.find(|piece| piece.kind == PieceKind::Status && byte(piece.range.start) == at)?;
    let written = script.text.text.get(body.range.clone())?;
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = body
        .pieces
        .iter()
        .all(|piece| matches!(piece.kind, PieceKind::Literal(_) | PieceKind::Symbol(_) | PieceKind::Status));
    if !is_plain || inner.contains(['\'', '\\', '"', '`']) {
        return None;
    }
    let (open, close) = (byte(body.range.start), byte(body.range.end - 1));
    let is_written = |at: usize| facts.source.text.get(at..)?.starts_with('"').then_some(());
    is_written(open)?;
    is_written(close)?;
    let quote = |at: usize| Edit { range: at..at + 1, text: "'".to_owned() };
    Some(vec![quote(open), quote(close)])
}

/// `!Sub` before the block that a text is, where nothing in it but pseudo parameters would be replaced.
fn substituted(text: &str, at: usize) -> Option<Vec<Edit>> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let start = text.get(..at)?.rfind('\n')? + 1;
    let mut depth = indent(text.get(start..)?);
    let mut below = start;
    let (header, begin) = loop {
        let above = text.get(..below.checked_sub(1)?)?;
        let from = above.rfind('\n').map_or(0, |end| end + 1);
        let line = above.get(from..)?.trim_end();
        if !line.is_empty() && indent(line) < depth {
            depth = indent(line);
            let bare = line.trim_end_matches(|it: char| it.is_ascii_digit() || "+-".contains(it));
            if let Some(before) = bare.strip_suffix('|') {
                break (from + before.len(), below);
            }
        }
        below = from;
    };
    let before = text.get(..header)?;
    if !before.ends_with(' ') || before.trim_end().ends_with(|it: char| it.is_ascii_alphanumeric()) {
        return None;
    }
    let block = text.get(begin..)?;
    let length: usize = block
        .split_inclusive('\n')
        .take_while(|line| line.trim().is_empty() || indent(line) > depth)
        .map(str::len)
        .sum();
    let is_pseudo = |(start, _): (usize, &str)| {
        let name = block.get(start + 2..).and_then(|rest| rest.split('}').next()).unwrap_or_default();
        sub::is_pseudo(name)
    };
    block.get(..length)?.match_indices("${").all(is_pseudo).then(|| vec![insert(header, "!Sub ")])
}

fn quoted_reference(masked: &str, original: &str, at: usize) -> Option<Vec<Edit>> {
    // The same bytes are elsewhere in the original, where masks are of more bytes than what they stand for.
    let line = masked.get(..at)?.matches('\n').count();
    let column = masked.get(..at)?.rsplit('\n').next()?.chars().count();
    let start: usize = original.split_inclusive('\n').take(line).map(str::len).sum();
    let start = start + original.get(start..)?.chars().take(column).map(char::len_utf8).sum::<usize>();
    let rest = original.get(start..).filter(|_| masked.get(at..).is_some_and(|it| it.starts_with(MASK)))?;
    let written = rest.get(..placeholders::reference(rest)?)?;
    (written.starts_with("{{resolve:") && !written.contains('\'')).then(|| around(start, written, '\''))
}

fn insert(at: usize, text: &str) -> Edit {
    Edit { range: at..at, text: text.to_owned() }
}

fn around(at: usize, written: &str, quote: char) -> Vec<Edit> {
    vec![insert(at, &quote.to_string()), insert(at + written.len(), &quote.to_string())]
}
