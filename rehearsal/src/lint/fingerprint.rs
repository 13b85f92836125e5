//! What a finding is known again by, wherever its line has moved to.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};

use super::Finding;

#[cfg(test)]
mod tests;

/// Digits of a hash that are kept: of a thousand findings no two are the same by chance.
const DIGITS: usize = 16;

/// Gives each of a template's findings, in their order, what it is known by: its rule, its resource and its line's words,
/// and how many before it have the same of these.
pub(super) fn assign(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let hash = hash(finding);
        let turn = seen.entry(hash.clone()).or_default();
        *turn += 1;
        finding.fingerprint = format!("{hash}:{turn}");
    }
}

fn hash(finding: &Finding) -> String {
    let words: Vec<&str> = finding.excerpt.text.split_whitespace().collect();
    let text = [finding.rule.code, &finding.resource, &words.join(" ")].join("\0");
    let mut hash = hex::encode(digest(&SHA256, text.as_bytes()));
    hash.truncate(DIGITS);
    hash
}
