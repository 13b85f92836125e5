//! Findings for people, and for problem matchers: each begins as a compiler's does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use cfn_signal_core::delivery::is_invisible;

use crate::lint::{Excerpt, Finding, Report, Severity};
use crate::shown;

/// What is shown before a line's text, in characters.
const GUTTER: usize = 9;
const INDENT: &str = "      ";

/// One paragraph a finding: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE]`, the line, and, once for every code, why it
/// matters and what to do. `width` is the terminal's; `is_coloured` adds ANSI colours.
#[must_use]
pub fn text(reports: &[Report], width: usize, is_coloured: bool) -> String {
    let painter = Painter { is_coloured, width: width.max(60) };
    let mut text = String::new();
    let mut explained = BTreeSet::new();
    for report in reports {
        for finding in &report.findings {
            let is_first = explained.insert(finding.rule.code);
            paragraph(&mut text, report, finding, is_first, &painter);
        }
    }
    text
}

fn paragraph(text: &mut String, report: &Report, finding: &Finding, is_first: bool, painter: &Painter) {
    let severity = finding.rule.severity;
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    let strong = colour.on_default().bold();
    let place = finding.place;
    let at = format!("{}:{}:{}:", named(&report.file), place.line, place.column);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{} {} {} {}",
        painter.paint(Style::new().bold(), &at),
        painter.paint(strong, &format!("{}:", severity.name())),
        shown::line(&shown::escaped(&finding.message)),
        painter.paint(Style::new().dimmed(), &format!("[{}]", finding.rule.code)),
    );
    let (line, column) = window(&finding.excerpt, place.column, painter.width - GUTTER);
    let number = place.line;
    let _ = writeln!(text, "{number:>5} | {}", shown::line(&line));
    let _ = writeln!(text, "{INDENT}| {}{}", " ".repeat(column), painter.paint(strong, "^"));
    if is_first {
        for (name, words) in [("why", finding.rule.why), ("fix", finding.rule.fix)] {
            let lead = format!("{INDENT}= {name}: ");
            let lines = wrapped(words, painter.width - lead.len());
            for (index, line) in lines.iter().enumerate() {
                let lead = if index == 0 { lead.clone() } else { " ".repeat(lead.len()) };
                let _ = writeln!(text, "{}{line}", painter.paint(Style::new().dimmed(), &lead));
            }
        }
    }
    text.push('\n');
}

/// A file's name, which is nobody's command: the same file is at `./`.
fn named(file: &str) -> String {
    let escaped = shown::escaped(file);
    let here = if escaped.trim_start().starts_with("::") { "./" } else { "" };
    shown::line(&format!("{here}{escaped}")).into_owned()
}

/// As much of a line as is shown, without control characters, and where the column is in it, from 0.
fn window(excerpt: &Excerpt, column: u32, shown: usize) -> (String, usize) {
    let letters: Vec<char> =
        excerpt.text.chars().map(|letter| if is_invisible(letter) { ' ' } else { letter }).collect();
    let column = usize::try_from(column.saturating_sub(excerpt.column)).unwrap_or_default();
    let is_cut = excerpt.column > 1;
    if letters.len() <= shown && !is_cut {
        return (letters.iter().collect(), column);
    }
    let start = if column < shown * 2 / 3 && !is_cut { 0 } else { column.saturating_sub(shown / 3) };
    let part: String = letters.iter().skip(start).take(shown).collect();
    let has_before = start > 0 || is_cut;
    let before = if has_before { "…" } else { "" };
    let after = if start + shown < letters.len() { "…" } else { "" };
    (format!("{before}{part}{after}"), column - start + usize::from(has_before))
}

fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let Some(last) = lines.last_mut() else { break };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

struct Painter {
    is_coloured: bool,
    width: usize,
}

impl Painter {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.is_coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
