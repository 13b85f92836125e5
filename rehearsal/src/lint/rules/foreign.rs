//! What is not CloudFormation's: other tools' tags and placeholders, which keep a template from being one yet.

use std::collections::BTreeSet;

use crate::lint::finding::{Also, RuleInfo, Severity};
use crate::lint::placeholders::Tool;
use crate::lint::read::{Foreign, What};
use crate::lint::rule::{Check, Rule};

pub(super) const TAG: Rule = Rule {
    info: RuleInfo {
        code: "CFS430",
        name: "unknown-tag",
        severity: Severity::Error,
        is_default: true,
        summary: "a tag that CloudFormation has not, such as another tool's `!Rain::Module`",
        why: "CloudFormation refuses the template as it is. Rules take what the tag is before for a function they do not know, \
          and are silent about what hangs on it.",
        fix: "Look at what the tool makes of the template, or write the tag as CloudFormation has it.",
    },
    check: tag,
};

pub(super) const PLACEHOLDER: Rule = Rule {
    info: RuleInfo {
        code: "CFS431",
        name: "placeholder",
        severity: Severity::Warning,
        is_default: true,
        summary: "another tool's placeholder, such as Jinja's `{{ name }}`, ERB's `<%= name %>`, a build tool's `%%NAME%%` or cfoo's `$(AWS::Region)`",
        why: "CloudFormation refuses the template as it is, or takes the placeholder for text. Rules take it for a value they \
          do not know, and are silent about what hangs on it.",
        fix: "Look at what the tool makes of the template, in place of its input.",
    },
    check: placeholder,
};

pub(super) const REFERENCE: Rule = Rule {
    info: RuleInfo {
        code: "CFS432",
        name: "reference-unquoted",
        severity: Severity::Error,
        is_default: true,
        summary: "a dynamic reference, `{{resolve:…}}`, without quotes",
        why: "Two braces begin a map of maps in YAML: CloudFormation calls the template not well-formed, and nothing begins.",
        fix: "Put it in quotes: `'{{resolve:ssm:/app/ami}}'`.",
    },
    check: reference,
};

/// One finding for each tag, at the first.
fn tag(check: &mut Check<'_, '_>) {
    let mut told = BTreeSet::new();
    for foreign in check.facts.foreign.iter().filter(|it| it.what == What::Tag) {
        if told.insert(&foreign.text) {
            let same =
                check.facts.foreign.iter().filter(|it| it.what == What::Tag && it.text == foreign.text);
            at_first(check, same, |first| first.to_owned());
        }
    }
}

fn reference(check: &mut Check<'_, '_>) {
    for foreign in check.facts.foreign.iter().filter(|it| it.what == What::Placeholder(Tool::Reference)) {
        check.at_place("", foreign.place, format!("{} is a map of maps to YAML", foreign.text));
    }
}

/// One finding for each tool, at its first placeholder.
fn placeholder(check: &mut Check<'_, '_>) {
    for tool in [Tool::Braces, Tool::Erb, Tool::Dollar, Tool::Marks, Tool::Parenthesis] {
        let all = check.facts.foreign.iter().filter(|it| it.what == What::Placeholder(tool));
        at_first(check, all, |first| format!("{first} is {} to fill in", tool.named()));
    }
}

/// What has one cause is one finding, which says how many more there are and where.
fn at_first<'f>(
    check: &mut Check<'f, '_>,
    mut all: impl Iterator<Item = &'f Foreign>,
    message: impl Fn(&str) -> String,
) {
    let Some(first) = all.next() else { return };
    let also: Vec<Also> = all.map(|it| Also { place: it.place, resource: String::new() }).collect();
    let more = match also.len() {
        0 => String::new(),
        1 => ", and 1 more is below".to_owned(),
        count => format!(", and {count} more are below"),
    };
    check.at_place("", first.place, message(&first.text) + &more);
    if let Some(finding) = check.findings.last_mut() {
        finding.also = also;
    }
}
