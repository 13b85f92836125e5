//! Findings for programs.

use serde_json::{Value, json};

use crate::lint::Report;
use crate::shown;

/// One object for all templates: `findings`, each with its file, place, code, severity, message, why and fix, and
/// where else the same is; and
/// `templates` with how many findings each has, and how many it says to ignore.
#[must_use]
pub fn json(reports: &[Report]) -> String {
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
            json!({"file": report.file, "findings": report.findings.len(), "ignored": report.suppressed})
        })
        .collect();
    shown::json(&format!("{:#}\n", json!({"findings": findings, "templates": templates})))
}
