//! What rules ask a template: its resources, what waits, what runs where, and which commands signal.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::build::{text, texts};
use super::kinds::{GROUP, INIT, INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE};
use super::shell::{self, Block};
use super::signal::{Signal, signals};
use super::source::Source;
use super::text::Text;
use super::user_data::{self, Part};
use crate::template::extensions;
use crate::template::node::{Entry, Node};
use crate::template::yaml::{Document, Repeated};

/// A template, taken apart.
pub(super) struct Facts<'t> {
    pub(super) root: &'t Node,
    /// Keys that their maps have already.
    pub(super) repeated: &'t [Repeated],
    pub(super) source: Source<'t>,
    pub(super) resources: Vec<Resource<'t>>,
    by_id: HashMap<&'t str, usize>,
    pub(super) scripts: Vec<Script>,
    /// For each resource, the scripts that its instances run.
    runs: Vec<Vec<usize>>,
    /// The logical ids that signals name; none where one of them names what cannot be told.
    pub(super) signalled: Option<HashSet<String>>,
    /// The logical ids that a `Ref` or an `Fn::Sub` names, besides the `Handle` of wait conditions.
    pub(super) referred: HashSet<String>,
    /// Whether macros write parts of the template that are not there yet.
    pub(super) is_transformed: bool,
    /// Whether every loop is written out; one over what cannot be known is not.
    pub(super) is_whole: bool,
    /// Whether something signals in a place that no rule looks at; found out when it is asked for.
    pub(super) hidden_signals: OnceCell<bool>,
}

pub(super) struct Resource<'t> {
    pub(super) id: &'t str,
    pub(super) kind: &'t str,
    pub(super) entry: &'t Entry,
}

/// A script, or a command of cfn-init.
pub(super) struct Script {
    /// The resource in which it is written, by its index.
    pub(super) owner: usize,
    /// The instances and groups that run it.
    pub(super) runs_on: Vec<usize>,
    pub(super) kind: ScriptKind,
    pub(super) text: Text,
    pub(super) block: Block,
    pub(super) signals: Vec<Signal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScriptKind {
    /// User data in a shell's language.
    Shell,
    /// cloud-config's `runcmd` and `bootcmd`.
    CloudConfig,
    /// One command of `AWS::CloudFormation::Init`.
    Init,
    /// User data that is neither parsed nor understood.
    Opaque,
    /// User data that nothing runs.
    Ignored,
}

impl<'t> Resource<'t> {
    /// A property's value; none where the properties are a function.
    pub(super) fn property(&self, name: &str) -> Option<&'t Node> {
        self.entry.value.get("Properties")?.get(name)
    }

    /// An attribute such as `CreationPolicy`.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t Node> {
        self.entry.value.get(name)
    }

    pub(super) fn is_conditional(&self) -> bool {
        self.attribute("Condition").is_some()
    }

    /// The `ResourceSignal` of its creation policy.
    pub(super) fn signal_policy(&self) -> Option<&'t Node> {
        self.attribute("CreationPolicy")?.get("ResourceSignal")
    }

    /// Its rolling update, where it has one.
    pub(super) fn rolling_update(&self) -> Option<&'t Node> {
        self.attribute("UpdatePolicy")?.get("AutoScalingRollingUpdate")
    }

    /// The rolling update, if it waits for signals without a doubt.
    pub(super) fn waiting_update(&self) -> Option<&'t Node> {
        self.rolling_update().filter(|update| {
            update
                .get("WaitOnResourceSignals")
                .and_then(Node::text)
                .is_some_and(|text| text.eq_ignore_ascii_case("true"))
        })
    }

    /// Whether a signal for it may be waited for, as far as can be told.
    pub(super) fn may_wait(&self) -> bool {
        self.attribute("CreationPolicy").is_some()
            || self.attribute("UpdatePolicy").is_some_and(|policy| {
                policy.function().is_some()
                    || policy.get("AutoScalingRollingUpdate").is_some_and(|update| {
                        update.function().is_some()
                            || update.get("WaitOnResourceSignals").is_some_and(|waits| {
                                !waits.text().is_some_and(|text| text.eq_ignore_ascii_case("false"))
                            })
                    })
            })
    }
}

impl<'t> Facts<'t> {
    pub(super) fn new(document: &'t Document, file: &'t str) -> Self {
        let root = &document.root;
        let source = Source::new(file);
        let entries = root.get("Resources").map(Node::entries).unwrap_or_default();
        let resources: Vec<Resource<'t>> = entries
            .iter()
            .filter(|entry| entry.value.is_map())
            .map(|entry| Resource {
                id: &entry.key,
                kind: entry.value.get("Type").and_then(Node::text).unwrap_or_default(),
                entry,
            })
            .collect();
        let by_id = resources.iter().enumerate().map(|(index, resource)| (resource.id, index)).collect();
        let is_transformed =
            extensions::has_others(root) || entries.iter().any(|entry| entry.key.starts_with("Fn::"));
        let mut facts = Self {
            root,
            repeated: &document.repeated,
            source,
            resources,
            by_id,
            scripts: Vec::new(),
            runs: Vec::new(),
            signalled: None,
            referred: super::references::referred(root),
            is_transformed,
            is_whole: true,
            hidden_signals: OnceCell::new(),
        };
        facts.scripts = facts.all_scripts();
        facts.runs = vec![Vec::new(); facts.resources.len()];
        for (index, script) in facts.scripts.iter().enumerate() {
            for runner in &script.runs_on {
                facts.runs.get_mut(*runner).into_iter().for_each(|scripts| scripts.push(index));
            }
        }
        let targets =
            facts.scripts.iter().flat_map(|script| &script.signals).filter_map(|it| it.option("resource"));
        facts.signalled = targets.map(|option| option.value.literal()).collect();
        facts
    }

    pub(super) fn resource(&self, id: &str) -> Option<&Resource<'t>> {
        self.resources.get(*self.by_id.get(id)?)
    }

    pub(super) fn at(&self, index: usize) -> Option<&Resource<'t>> {
        self.resources.get(index)
    }

    /// The user data that a resource's instances run, in all of its parts.
    pub(super) fn scripts_of(&self, id: &str) -> impl Iterator<Item = &Script> + use<'_, 't> {
        let scripts = self.by_id.get(id).and_then(|index| self.runs.get(*index));
        scripts.into_iter().flatten().filter_map(|index| self.scripts.get(*index))
    }

    /// The resource that a resource's instances are launched from: itself, a launch template or a configuration.
    /// None where it is not in the template.
    pub(super) fn launched_from(&self, resource: &Resource<'t>) -> Option<usize> {
        let own = *self.by_id.get(resource.id)?;
        if resource.kind == INSTANCE && resource.property("UserData").is_some() {
            return Some(own);
        }
        let mixed = resource
            .property("MixedInstancesPolicy")
            .and_then(|policy| policy.get("LaunchTemplate")?.get("LaunchTemplateSpecification"));
        let reference = match (resource.property("LaunchTemplate").or(mixed), resource.kind) {
            (Some(template), INSTANCE | GROUP) => {
                template.get("LaunchTemplateId").or_else(|| template.get("LaunchTemplateName"))
            }
            (None, GROUP) => resource.property("LaunchConfigurationName"),
            (None, INSTANCE) => return Some(own),
            _ => None,
        }?;
        let name = super::references::reference(reference)?;
        let found = *self.by_id.get(name)?;
        let kind = self.at(found)?.kind;
        (kind == LAUNCH_TEMPLATE || kind == LAUNCH_CONFIGURATION).then_some(found)
    }

    /// A property of what instances are launched from, such as `UserData` and `ImageId`.
    pub(super) fn launch_property(&self, owner: usize, name: &str) -> Option<&'t Node> {
        let resource = self.at(owner)?;
        match resource.kind {
            LAUNCH_TEMPLATE => resource.property("LaunchTemplateData")?.get(name),
            _ => resource.property(name),
        }
    }

    fn all_scripts(&self) -> Vec<Script> {
        let mut runners: Vec<Vec<usize>> = vec![Vec::new(); self.resources.len()];
        for (index, resource) in self.resources.iter().enumerate() {
            if let Some(runner) = self.launched_from(resource).and_then(|owner| runners.get_mut(owner)) {
                runner.push(index);
            }
        }
        let mut scripts = Vec::new();
        for (owner, runs_on) in runners.iter().enumerate() {
            if let Some(node) = self.launch_property(owner, "UserData") {
                for user_data in texts(&self.source, node) {
                    for part in user_data::parts(&user_data) {
                        scripts.push(Script::new(owner, runs_on.clone(), part, &user_data));
                    }
                }
            }
            self.init_commands(owner, runs_on, &mut scripts);
        }
        scripts
    }

    fn init_commands(&self, owner: usize, runs_on: &[usize], scripts: &mut Vec<Script>) {
        let init = self.at(owner).and_then(|resource| resource.attribute("Metadata")?.get(INIT));
        for config in init.map(Node::entries).unwrap_or_default() {
            for command in config.value.get("commands").map(Node::entries).unwrap_or_default() {
                let Some(command) = command.value.get("command").filter(|command| command.items().is_none())
                else {
                    continue;
                };
                // A resource of another kind holds metadata for whoever asks for it.
                let runs_on = match self.at(owner).map(|resource| resource.kind) {
                    Some(INSTANCE | GROUP) => vec![owner],
                    _ => runs_on.to_vec(),
                };
                scripts.push(Script::parsed(owner, runs_on, ScriptKind::Init, text(&self.source, command)));
            }
        }
    }
}

impl Script {
    fn new(owner: usize, runs_on: Vec<usize>, part: Part, whole: &Text) -> Self {
        let unparsed = |kind, text: &Text, runs_on| Self {
            owner,
            runs_on,
            kind,
            text: text.clone(),
            block: Vec::new(),
            signals: Vec::new(),
        };
        match part {
            Part::Shell(text) => Self::parsed(owner, runs_on, ScriptKind::Shell, text),
            Part::Commands(text) => Self::parsed(owner, runs_on, ScriptKind::CloudConfig, text),
            Part::Opaque => unparsed(ScriptKind::Opaque, whole, runs_on),
            Part::Ignored(text) => unparsed(ScriptKind::Ignored, &text, runs_on),
        }
    }

    fn parsed(owner: usize, runs_on: Vec<usize>, kind: ScriptKind, text: Text) -> Self {
        let block = shell::parse(&text).unwrap_or_default();
        let signals = signals(&text, &block);
        Self { owner, runs_on, kind, text, block, signals }
    }
}
