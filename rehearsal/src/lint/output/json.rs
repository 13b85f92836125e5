//! Findings for programs.

use serde_json::{Value, json};

use crate::lint::{Problem, Report};
use crate::shown;

/// One object for all templates: `findings`, each with its file, place, code, severity, message, why and fix, and
/// where else the same is; `templates` with how many findings each has, how many it says to ignore and how many are old;
/// and `errors`: what cannot be read, by file, line and column (none where it is the file as a whole) and message.
#[must_use]
pub fn json(reports: &[Report], problems: &[Problem]) -> String {
    let findings: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
        .map(|(report, finding)| {
            json!({
                "file": report.file,
                "line": finding.place.line,
                "column": finding.place.column,
                "code": finding.rule.code,
                "name": finding.rule.name,
                "severity": finding.rule.severity.name(),
                "resource": finding.resource,
                "fingerprint": finding.fingerprint,
                "fixable": !finding.edits.is_empty(),
                "message": finding.message,
                "why": finding.rule.why,
                "fix": finding.rule.fix,
                "also": finding.also.iter().map(|also| json!({
                    "line": also.place.line,
                    "column": also.place.column,
                    "resource": also.resource,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let templates: Vec<Value> = reports
        .iter()
        .map(|report| {
            json!({
                "file": report.file,
                "findings": report.findings.len(),
                "ignored": report.suppressed,
                "baseline": report.accepted,
                "stack": report.known.stack,
                "region": report.known.region,
                "account": report.known.account,
            })
        })
        .collect();
    let errors: Vec<Value> = problems
        .iter()
        .map(|problem| {
            json!({
                "file": problem.file,
                "line": problem.place.map(|place| place.line),
                "column": problem.place.map(|place| place.column),
                "message": problem.message,
            })
        })
        .collect();
    shown::json(&format!("{:#}\n", json!({"findings": findings, "templates": templates, "errors": errors})))
}
