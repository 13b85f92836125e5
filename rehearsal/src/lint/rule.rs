//! What a rule is, and how it says what it found.

use super::facts::{Facts, Script};
use super::finding::{Finding, RuleInfo};
use super::signal::Signal;
use super::source::Excerpt;
use crate::template::node::{Node, Place};

/// A rule.
pub(super) struct Rule {
    pub(super) info: RuleInfo,
    pub(super) check: fn(&mut Check<'_, '_>),
}

/// A rule at work on a template.
pub(super) struct Check<'f, 't> {
    pub(super) facts: &'f Facts<'t>,
    pub(super) rule: &'static RuleInfo,
    pub(super) findings: Vec<Finding>,
}

impl<'f> Check<'f, '_> {
    /// Finds something at a node.
    pub(super) fn at_node(&mut self, resource: &str, node: &Node, message: impl Into<String>) {
        self.at_place(resource, node.place, message);
    }

    /// Finds something at a byte of a script's text.
    pub(super) fn in_script(&mut self, script: &Script, offset: usize, message: impl Into<String>) {
        self.at_byte(script, script.text.file_byte(offset), message);
    }

    /// Finds something at a byte of the file.
    pub(super) fn at_byte(&mut self, script: &Script, byte: usize, message: impl Into<String>) {
        let resource = self.facts.at(script.owner).map_or("", |resource| resource.id);
        self.at_place(resource, self.facts.source.place_of(byte), message);
    }

    pub(super) fn at_place(&mut self, resource: &str, place: Place, message: impl Into<String>) {
        self.findings.push(Finding {
            rule: self.rule,
            place,
            message: message.into(),
            resource: resource.to_owned(),
            excerpt: Excerpt::default(),
        });
    }

    /// Every signal, with its script.
    pub(super) fn signals(&self) -> impl Iterator<Item = (&'f Script, &'f Signal)> + use<'f> {
        let facts: &'f Facts<'_> = self.facts;
        facts.scripts.iter().flat_map(|script| script.signals.iter().map(move |signal| (script, signal)))
    }
}
