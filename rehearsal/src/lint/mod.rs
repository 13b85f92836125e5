//! What a template gets wrong about signals, found without running anything.
//!
//! The rules look at the template's text: no parameter needs a value, no function needs to be resolved, and what only a
//! stack knows stays a symbol. A rule speaks only where it can show what it says; where something may be hidden from it,
//! in a parameter or in a script that user data downloads, it is silent.
//!
//! 1. the template becomes nodes with places, by `template`;
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
mod fold;
mod inner;
mod kinds;
pub mod output;
mod references;
mod rule;
mod rules;
mod shell;
mod signal;
mod source;
mod suppress;
mod text;
mod user_data;

use std::collections::BTreeSet;
use std::path::Path;

pub use finding::{Also, Finding, RuleInfo, Severity};
pub use source::Excerpt;

use crate::template::node::Place;
use crate::template::yaml::Document;
use crate::template::{TemplateError, extensions, read_text, yaml};

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
    fn takes(&self, rule: &RuleInfo) -> bool {
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
}

/// Looks at a template in a file.
///
/// # Errors
///
/// [`TemplateError::Unreadable`] or [`TemplateError::NotText`] where the file is, and whatever [`lint`] says of its text.
pub fn lint_file(path: &Path, selection: &Selection) -> Result<Report, TemplateError> {
    lint(&read_text(path)?, &path.display().to_string(), selection)
}

/// Looks at a template's text; `name` is what it is called.
///
/// # Errors
///
/// [`TemplateError::Syntax`] where it is neither YAML nor JSON, [`TemplateError::Invalid`] where it has no resources.
pub fn lint(text: &str, name: &str, selection: &Selection) -> Result<Report, TemplateError> {
    let document = yaml::document(text).map_err(|fault| fault.into_error(name, None))?;
    let root = &document.root;
    if !root.get("Resources").is_some_and(crate::template::node::Node::is_map) {
        let fault = crate::template::error::Fault::invalid(root, "no template: it has no map of Resources");
        return Err(fault.into_error(name, Some(root)));
    }
    let written =
        extensions::as_far_as_known(root, text).map_err(|fault| fault.into_error(name, Some(root)))?;
    // What a loop makes of one place is one finding.
    let loops = extensions::loop_lines(root);
    let folds = |place: Place| loops.iter().any(|lines| lines.contains(&place.line));
    let (document, is_whole) = match written {
        Some(known) => (Document { root: known.root, ..document }, known.is_whole),
        None => (document, true),
    };
    let mut facts = facts::Facts::new(&document, text);
    facts.is_transformed |= !is_whole;
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
            if ignored.covers(&finding) {
                suppressed += 1;
            } else {
                findings.push(finding);
            }
        }
    }
    let places: Vec<_> =
        findings.iter().filter(|it| !rules::is_general(it.rule)).flat_map(places_of).collect();
    findings.retain(|it| !rules::is_general(it.rule) || !places.contains(&place_key(it.place)));
    findings.sort_by_key(|finding| (place_key(finding.place), finding.rule.code));
    let mut findings = fold::by_cause(findings);
    for finding in &mut findings {
        finding.excerpt = facts.source.excerpt(finding.place);
    }
    Ok(Report { file: name.to_owned(), findings, suppressed })
}

/// The places of a finding and of what is folded into it.
fn places_of(finding: &Finding) -> impl Iterator<Item = (u32, u32)> {
    [finding.place].into_iter().chain(finding.also.iter().map(|also| also.place)).map(place_key)
}

fn place_key(place: Place) -> (u32, u32) {
    (place.line, place.column)
}
