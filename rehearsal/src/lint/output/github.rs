//! Findings as GitHub Actions shows them beside a pull request's lines.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>, and how the runner parses.

use std::fmt::Write as _;

use crate::lint::{Problem, Report, Severity};
use crate::shown;

/// One command a line for each finding, and for what cannot be read.
#[must_use]
pub fn github(reports: &[Report], problems: &[Problem]) -> String {
    let mut text = String::new();
    for report in reports {
        for finding in &report.findings {
            let level = match finding.rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "notice",
            };
            let place = Some((finding.place.line, finding.place.column));
            let title = format!("{} {}", finding.rule.code, finding.rule.name);
            let message = format!("{}. {} {}", finding.message, finding.rule.why, finding.rule.fix);
            command(&mut text, level, &report.file, place, &title, &message);
        }
    }
    for problem in problems {
        let place = problem.place.map(|place| (place.line, place.column));
        command(&mut text, "error", &problem.file, place, "unreadable", &problem.message);
    }
    text
}

fn command(
    text: &mut String,
    level: &str,
    file: &str,
    place: Option<(u32, u32)>,
    title: &str,
    message: &str,
) {
    let at = place.map(|(line, column)| format!(",line={line},col={column}")).unwrap_or_default();
    let file = file.strip_prefix("./").unwrap_or(file);
    // Writing to a String cannot fail.
    let _ =
        writeln!(text, "::{level} file={}{at},title={}::{}", property(file), property(title), data(message));
}

/// What a command says. The runner takes these escapes back.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    shown::escaped(&text).replace("##[", "#\\#[")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
