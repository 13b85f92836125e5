//! The rules.

use std::fmt::Write as _;

use super::pages::page;
use crate::lint::{RuleInfo, rules};

/// One line a rule.
#[must_use]
pub fn list() -> String {
    let mut text = String::new();
    for rule in rules() {
        // Writing to a String cannot fail.
        let strict = if rule.is_default { "" } else { " (--strict)" };
        let _ = writeln!(text, "{}  {:7}  {}{strict}", rule.code, rule.severity.name(), rule.summary);
    }
    text
}

/// The table of the README.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| code | | what | why |\n|---|---|---|---|\n");
    for rule in rules() {
        let (summary, why) = (rule.summary.replace('|', "\\|"), rule.why.replace('|', "\\|"));
        let strict = if rule.is_default { "" } else { ", `--strict`" };
        let _ = writeln!(text, "| {} | {}{strict} | {summary} | {why} |", rule.code, rule.severity.name());
    }
    text
}

/// All that a rule says, with a template that breaks it and one that does not.
#[must_use]
pub fn explain(rule: &RuleInfo) -> String {
    let mut text = format!(
        "{} {} ({}{})\n\n{}\n\nWhy: {}\n\nFix: {}\n",
        rule.code,
        rule.name,
        rule.severity.name(),
        if rule.is_default { "" } else { ", asked with --strict or --select only" },
        rule.summary,
        rule.why,
        rule.fix
    );
    if let Some(page) = page(rule) {
        for (title, template) in [("Found in", page.bad), ("Not found in", page.good)] {
            let _ = write!(text, "\n{title}:\n\n");
            for line in template.lines() {
                let _ = writeln!(text, "{}", format!("    {line}").trim_end());
            }
        }
        let _ = write!(text, "\nKnown from: {}\n", page.source);
    }
    text
}
