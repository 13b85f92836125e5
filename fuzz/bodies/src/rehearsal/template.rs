//! A template in YAML or JSON, linted and planned.

use cfn_rehearse::TemplateError;
use cfn_rehearse::fuzzing::plan;
use cfn_rehearse::lint::{Report, Selection, lint, output};

/// Lints and plans `input`.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let linted = linted(text);
    let planned = plan(text);
    if let Err(error) = &planned {
        check(&error.to_string());
    }
    // One reader for both; lint goes on where it meets another tool's tags and placeholders.
    let is_syntax = |error: Option<&TemplateError>| matches!(error, Some(TemplateError::Syntax { .. }));
    let (unread, refused) = (is_syntax(linted.as_ref().err()), is_syntax(planned.as_ref().err()));
    assert!(refused || !unread, "{linted:?} {planned:?}");
}

/// Lints a template, and looks at what is found.
pub(super) fn linted(text: &str) -> Result<Report, TemplateError> {
    let report = lint(text, "template", &Selection::default());
    match &report {
        Err(error) => check(&error.to_string()),
        Ok(report) => {
            let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
            let shown = output::text(std::slice::from_ref(report), 80, false);
            assert!(!shown.contains(|it: char| it.is_control() && it != '\n'), "{shown:?}");
            for finding in &report.findings {
                let line = usize::try_from(finding.place.line).unwrap_or(usize::MAX);
                assert!((1..=lines).contains(&line), "{finding:?} in {lines} lines");
            }
        }
    }
    report
}

/// Whether a message is one line, and can be printed.
pub(super) fn check(message: &str) {
    assert!(!message.is_empty() && !message.chars().any(char::is_control), "{message:?}");
}
