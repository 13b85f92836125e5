//! Findings for code scanning.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use crate::lint::{Problem, Report, RuleInfo, rules};
use crate::shown;

/// What a path of a URI reference does not take as it is. A colon would make its first part a scheme.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b':')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'|');

/// A SARIF 2.1.0 log of one run, with every rule, and with what could not be read.
#[must_use]
pub fn sarif(reports: &[Report], problems: &[Problem]) -> String {
    let rules = rules();
    let results: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
        .map(|(report, finding)| {
            let resource = match finding.resource.as_str() {
                "" => json!([]),
                id => json!([{"fullyQualifiedName": format!("Resources.{id}"), "kind": "resource"}]),
            };
            let location = json!({
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(&report.file)},
                    "region": {"startLine": finding.place.line, "startColumn": finding.place.column},
                },
                "logicalLocations": resource,
            });
            let related: Vec<Value> = finding
                .also
                .iter()
                .map(|also| {
                    json!({"physicalLocation": {
                        "artifactLocation": {"uri": uri(&report.file)},
                        "region": {"startLine": also.place.line, "startColumn": also.place.column},
                    }})
                })
                .collect();
            json!({
                "ruleId": finding.rule.code,
                "ruleIndex": rules.iter().position(|rule| rule.code == finding.rule.code),
                "level": finding.rule.severity.name(),
                "message": {"text": format!("{}. {} {}", finding.message, finding.rule.why, finding.rule.fix)},
                "locations": [location],
                "relatedLocations": related,
                // The first is the one that GitHub knows results again by.
                "partialFingerprints": {
                    "primaryLocationLineHash": finding.fingerprint,
                    "cfnRehearse/v1": finding.fingerprint,
                },
            })
        })
        .collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cfn-rehearse",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": problems.is_empty(),
                "toolExecutionNotifications": problems.iter().map(notified).collect::<Vec<_>>(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    shown::json(&format!("{log:#}\n"))
}

fn notified(problem: &Problem) -> Value {
    let mut location = json!({"artifactLocation": {"uri": uri(&problem.file)}});
    if let (Some(place), Some(location)) = (problem.place, location.as_object_mut()) {
        let region = json!({"startLine": place.line, "startColumn": place.column});
        location.insert("region".to_owned(), region);
    }
    json!({
        "level": "error",
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": location}],
    })
}

fn described(rule: &RuleInfo) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": format!("{}\n\n{}", rule.why, rule.fix)},
        "defaultConfiguration": {"level": rule.severity.name(), "enabled": rule.is_default},
    })
}

/// A file's name as a URI reference: what scanners show is relative to where they run.
fn uri(file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file);
    let encoded = utf8_percent_encode(file, PATH).to_string();
    if file.starts_with('/') { format!("file://{encoded}") } else { encoded }
}
