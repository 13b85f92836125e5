//! Findings that have one cause are one finding: the first, which says how many more there are and where.

use std::collections::HashMap;

use super::finding::{Also, Finding};

/// Names that a message lists before it only counts.
const LISTED: usize = 3;

/// Folds findings of one rule that have the same cause. They are in the order of their places.
pub(super) fn by_cause(findings: Vec<Finding>) -> Vec<Finding> {
    let mut folded: Vec<Finding> = Vec::new();
    let mut first: HashMap<(&'static str, String), usize> = HashMap::new();
    for finding in findings {
        if finding.cause.is_empty() {
            folded.push(finding);
            continue;
        }
        let key = (finding.rule.code, finding.cause.clone());
        match first.get(&key).and_then(|at| folded.get_mut(*at)) {
            Some(earlier) => {
                earlier.edits.extend(finding.edits);
                earlier.also.push(Also { place: finding.place, resource: finding.resource });
            }
            None => {
                first.insert(key, folded.len());
                folded.push(finding);
            }
        }
    }
    for finding in folded.iter_mut().filter(|finding| !finding.cause.is_empty() && !finding.also.is_empty()) {
        let names: Vec<&str> = finding.also.iter().map(|also| also.resource.as_str()).collect();
        finding.message = format!("{}; the same in {}", finding.message, listed(&names));
    }
    folded
}

/// `A, B, C and 9 more`.
pub(super) fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
