//! What a rule is, and how it says what it found.

use std::collections::HashMap;

use super::awaited;
use super::facts::{Facts, Script, ScriptKind};
use super::finding::{Finding, RuleInfo};
use super::signal::Signal;
use super::source::Excerpt;
use super::windows::Language;
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
    /// How often each resource's scripts have had a message already.
    said: HashMap<(usize, String), usize>,
}

impl<'f, 't> Check<'f, 't> {
    pub(super) fn new(facts: &'f Facts<'t>, rule: &'static RuleInfo) -> Self {
        Self { facts, rule, findings: Vec::new(), said: HashMap::new() }
    }

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
        let message = message.into();
        // The same script of another machine: the same but for the names of the machines.
        let anonymous = self.facts.anonymous(script, &message);
        let turn = self.said.entry((script.owner, anonymous.clone())).or_default();
        let index = self.facts.index_of(script);
        let cause = format!("{:x} {turn} {anonymous}", script.shape);
        *turn += 1;
        self.at_place(resource, self.facts.source.place_of(byte), message);
        if let Some(last) = self.findings.last_mut() {
            (last.cause, last.script) = (cause, index);
        }
    }

    pub(super) fn at_place(&mut self, resource: &str, place: Place, message: impl Into<String>) {
        self.findings.push(Finding {
            rule: self.rule,
            place,
            message: message.into(),
            resource: resource.to_owned(),
            excerpt: Excerpt::default(),
            also: Vec::new(),
            fingerprint: String::new(),
            edits: Vec::new(),
            cause: String::new(),
            script: None,
        });
    }

    /// Every signal that somebody may wait for, with its script.
    pub(super) fn signals(&self) -> impl Iterator<Item = (&'f Script, &'f Signal)> + use<'f, 't> {
        let facts = self.facts;
        self.all_signals().filter(move |(_, signal)| awaited::is_awaited(facts, signal))
    }

    /// Every signal, with its script.
    pub(super) fn all_signals(&self) -> impl Iterator<Item = (&'f Script, &'f Signal)> + use<'f, 't> {
        let facts: &'f Facts<'_> = self.facts;
        let run = facts.scripts.iter().filter(|script| script.kind != ScriptKind::Replaced);
        run.flat_map(|script| script.signals.iter().map(move |signal| (script, signal)))
    }

    /// The scripts of shells with a signal that somebody may wait for.
    pub(super) fn awaited_scripts(&self) -> impl Iterator<Item = &'f Script> + use<'f, 't> {
        self.with_awaited_signals().filter(|script| script.language == Language::Shell)
    }

    /// The same of any language.
    pub(super) fn with_awaited_signals(&self) -> impl Iterator<Item = &'f Script> + use<'f, 't> {
        let facts: &'f Facts<'_> = self.facts;
        let is_awaited = |script: &&Script| {
            script.kind != ScriptKind::Replaced
                && script.signals.iter().any(|it| awaited::is_awaited(facts, it))
        };
        facts.scripts.iter().filter(is_awaited)
    }
}
