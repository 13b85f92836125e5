//! What a template gets wrong about signals, found without running anything.
//!
//! The rules look at the template's text: no parameter needs a value, no function needs to be resolved, and what only a
//! stack knows stays a symbol. A rule speaks only where it can show what it says; where something may be hidden from it,
//! in a parameter or in a script that user data downloads, it is silent.
//!
//! 1. the template becomes nodes with places, by `template`; `read` goes on where another tool's tags and `placeholders`
//!    are in the way;
//! 2. `build` puts text together from `Fn::Sub`, `Fn::Join` and `Fn::Base64`, and every piece keeps its place;
//! 3. `user_data` tells scripts from cloud-config and MIME messages, `shell` parses them;
//! 4. `facts` holds what waits, what runs where, and which commands signal;
//! 5. each of `rules` asks the facts; `suppress` drops what the template says to ignore.

mod awaited;
mod build;
mod documents;
mod encoded;
mod facts;
mod finding;
mod fingerprint;
mod fold;
mod inner;
mod kinds;
mod known;
mod mend;
pub mod output;
mod placeholders;
mod problem;
mod read;
mod references;
mod rule;
mod rules;
mod shell;
mod signal;
mod source;
mod suppress;
mod text;
mod user_data;
mod windows;

use std::collections::BTreeSet;
use std::path::Path;

pub use finding::{Also, Finding, RuleInfo, Severity};
pub use known::Known;
pub use mend::{Edit, Mended, mended};
pub use problem::Problem;
pub(crate) use read::looks_like_template;
pub use source::Excerpt;

use crate::template::node::Place;
use crate::template::yaml::Document;
use crate::template::{TemplateError, extensions, read_text};

/// Every rule, by its code.
#[must_use]
pub fn rules() -> Vec<&'static RuleInfo> {
    rules::ALL.iter().map(|rule| &rule.info).collect()
}

/// Which rules are asked: those that are right nearly always, unless told.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Selection {
    /// Every rule, in place of those that are asked by default.
    pub strict: bool,
    /// These only. A code, or what codes begin with, such as `CFS2`.
    pub select: Vec<String>,
    /// None of these.
    pub ignore: Vec<String>,
}

impl Selection {
    /// Whether a rule is asked.
    pub(crate) fn takes(&self, rule: &RuleInfo) -> bool {
        let named = |list: &[String]| list.iter().any(|code| rule.code.starts_with(code.as_str()));
        let is_asked = match self.select.as_slice() {
            [] => self.strict || rule.is_default,
            select => named(select),
        };
        is_asked && !named(&self.ignore)
    }
}

/// A template's findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The template's name, usually its file.
    pub file: String,
    /// By their places.
    pub findings: Vec<Finding>,
    /// How many more the template says to ignore.
    pub suppressed: usize,
    /// How many more are old, by a baseline.
    pub accepted: usize,
    /// What is known of its stack.
    pub known: Known,
}

/// Looks at a template in a file. Where that is in a cloud assembly, which the CDK synthesises, the stack's name and its
/// region are those that its `manifest.json` says.
///
/// # Errors
///
/// [`TemplateError::Unreadable`] or [`TemplateError::NotText`] where the file is, and whatever [`lint`] says of its text.
pub fn lint_file(path: &Path, selection: &Selection) -> Result<Report, TemplateError> {
    let known = Known::beside(path);
    lint_known(&read_text(path)?, &path.display().to_string(), selection, &known)
}

/// Looks at a template's text; `name` is what it is called.
///
/// # Errors
///
/// [`TemplateError::Syntax`] where it is neither YAML nor JSON, [`TemplateError::Invalid`] where it has no resources.
pub fn lint(text: &str, name: &str, selection: &Selection) -> Result<Report, TemplateError> {
    lint_known(text, name, selection, &Known::default())
}

/// The same, where something is known of the stack.
///
/// # Errors
///
/// As [`lint`].
pub fn lint_known(
    text: &str,
    name: &str,
    selection: &Selection,
    known: &Known,
) -> Result<Report, TemplateError> {
    let read = read::read(text).map_err(|fault| fault.into_error(name, None))?;
    let (is_unfinished, is_foreign) = (read.is_unfinished(), read.is_foreign());
    let read::Read { document, text: readable, foreign } = read;
    let root = &document.root;
    if !root.get("Resources").is_some_and(crate::template::node::Node::is_map) {
        let fault = crate::template::error::Fault::invalid(root, "no template: it has no map of Resources");
        return Err(fault.into_error(name, Some(root)));
    }
    let written =
        extensions::as_far_as_known(root, &readable).map_err(|fault| fault.into_error(name, Some(root)))?;
    // What a loop makes of one place is one finding.
    let loops = extensions::loop_lines(root);
    let folds = |place: Place| loops.iter().any(|lines| lines.contains(&place.line));
    let (document, is_whole) = match written {
        Some(known) => (Document { root: known.root, ..document }, known.is_whole),
        None => (document, true),
    };
    let mut facts = facts::Facts::new(&document, &readable);
    facts.foreign = &foreign;
    facts.known = known.clone();
    facts.is_transformed |= !is_whole || is_unfinished;
    facts.is_whole = is_whole;
    let ignored = suppress::Ignored::new(&facts);
    let (mut findings, mut suppressed) = (Vec::new(), 0);
    for rule in rules::ALL.iter().filter(|rule| selection.takes(&rule.info)) {
        let mut check = rule::Check::new(&facts, &rule.info);
        (rule.check)(&mut check);
        // Aliases give one place several times, and branches of an Fn::If share their text.
        let mut seen = BTreeSet::new();
        for finding in check.findings {
            let message = if folds(finding.place) { String::new() } else { finding.message.clone() };
            if !seen.insert((place_key(finding.place), message)) {
                continue;
            }
            findings.push(finding);
        }
    }
    findings.extend(rules::tried(&facts, selection));
    findings.retain(|finding| {
        let is_ignored = ignored.covers(finding);
        suppressed += usize::from(is_ignored);
        !is_ignored
    });
    let places: Vec<_> =
        findings.iter().filter(|it| !rules::is_general(it.rule)).flat_map(places_of).collect();
    // What another tool makes of the template nobody knows yet, nor what CloudFormation would say of that.
    let is_said = |it: &Finding| is_foreign || places.contains(&place_key(it.place));
    findings.retain(|it| !rules::is_general(it.rule) || !is_said(it));
    findings.sort_by_key(|finding| (place_key(finding.place), finding.rule.code));
    let source = source::Source::new(text);
    for finding in &mut findings {
        // A mark of the text's encoding is on no line.
        let mark = text.len() - source.text.len();
        finding.edits = mend::edits(&facts, source.text, finding);
        for edit in &mut finding.edits {
            edit.range = edit.range.start + mark..edit.range.end + mark;
        }
    }
    let mut findings = fold::by_cause(findings);
    for finding in &mut findings {
        finding.excerpt = source.excerpt(finding.place);
        if is_foreign {
            finding.message = read::unmasked(&finding.message);
        }
    }
    fingerprint::assign(&mut findings);
    Ok(Report { file: name.to_owned(), findings, suppressed, accepted: 0, known: known.clone() })
}

/// The places of a finding and of what is folded into it.
fn places_of(finding: &Finding) -> impl Iterator<Item = (u32, u32)> {
    [finding.place].into_iter().chain(finding.also.iter().map(|also| also.place)).map(place_key)
}

fn place_key(place: Place) -> (u32, u32) {
    (place.line, place.column)
}
