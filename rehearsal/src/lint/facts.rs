//! What rules ask a template: its resources, what waits, what runs where, and which commands signal.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use super::kinds::{GROUP, HANDLE, INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, WAIT_CONDITION};
use super::known::Known;
use super::read::Foreign;
use super::shell::{Block, PieceKind};
use super::signal::Signal;
use super::source::Source;
use super::text::{Symbol, Text};
use super::windows::{self, Language};
use crate::number::digits;
use crate::template::extensions;
use crate::template::node::{Entry, Node, Place};
use crate::template::yaml::{Document, Repeated};

mod found;
mod scripts;

/// A template, taken apart.
pub(super) struct Facts<'t> {
    pub(super) root: &'t Node,
    /// Keys that their maps have already.
    pub(super) repeated: &'t [Repeated],
    /// Where a second document begins.
    pub(super) second: Option<Place>,
    /// What is not CloudFormation's.
    pub(super) foreign: &'t [Foreign],
    /// What is known of its stack.
    pub(super) known: Known,
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
    /// Whether anything in it may wait for a signal.
    pub(super) may_wait: bool,
    /// Whether the CDK wrote it, which names its stacks itself.
    pub(super) is_cdk: bool,
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
    pub(super) language: Language,
    pub(super) text: Text,
    pub(super) block: Block,
    /// What runs, where the language is one of Windows; `block` has its commands then, one after the other.
    pub(super) windows: windows::Block,
    /// Whether it is user data itself, and no file or command beside it.
    pub(super) is_user_data: bool,
    /// Whether something runs on Windows that the template does not show.
    pub(super) hides: bool,
    /// Where its comments are.
    pub(super) comments: Vec<Range<usize>>,
    pub(super) signals: Vec<Signal>,
    /// The same for scripts that differ in the names of their machines only.
    pub(super) shape: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScriptKind {
    /// User data in a shell's language.
    Shell,
    /// cloud-config's `runcmd` and `bootcmd`.
    CloudConfig,
    /// One command of `AWS::CloudFormation::Init`.
    Init,
    /// cloud-config's commands that another part of the user data replaces, so that they do not run.
    Replaced,
    /// A script inside another: a here-document, `bash -c`, a file that is written.
    Inner,
    /// User data for Windows, or a file of it.
    Windows,
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

    /// Whether its creation policy asks for no signal at all.
    pub(super) fn asks_for_none(&self) -> bool {
        let count = self.signal_policy().and_then(|policy| policy.get("Count")?.text());
        count.and_then(digits) == Some(0)
    }

    /// Whether a signal for it may be waited for, as far as can be told.
    pub(super) fn may_wait(&self) -> bool {
        (self.attribute("CreationPolicy").is_some() && !self.asks_for_none())
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
        let may_wait = resources.iter().any(|it| it.kind == WAIT_CONDITION || it.may_wait());
        let is_cdk = resources.iter().any(|resource| {
            resource.kind == "AWS::CDK::Metadata"
                || resource.attribute("Metadata").is_some_and(|it| it.get("aws:cdk:path").is_some())
        }) || root.get("Parameters").is_some_and(|it| it.get("BootstrapVersion").is_some());
        let mut facts = Self {
            root,
            may_wait,
            is_whole: true,
            is_cdk,
            repeated: &document.repeated,
            second: document.second,
            foreign: &[],
            known: Known::default(),
            source,
            resources,
            by_id,
            scripts: Vec::new(),
            runs: Vec::new(),
            signalled: None,
            referred: super::references::referred(root),
            is_transformed,
            hidden_signals: OnceCell::new(),
        };
        let mut scripts = facts.all_scripts();
        for script in &mut scripts {
            // What is fetched from an address of the template's is no signal, but for a handle's.
            script.signals.retain(|signal| !signal.fetches() || facts.has_handle(signal));
        }
        facts.scripts = scripts;
        let shapes: Vec<u64> = facts.scripts.iter().map(|script| facts.shape(script)).collect();
        facts.scripts.iter_mut().zip(shapes).for_each(|(script, shape)| script.shape = shape);
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

    /// Whether a signal's words have the URL of a wait condition's handle.
    fn has_handle(&self, signal: &Signal) -> bool {
        signal.words.iter().flat_map(|word| &word.pieces).any(|piece| match &piece.kind {
            PieceKind::Symbol(Symbol::Ref(name) | Symbol::Encoded(name)) => {
                self.resource(name).is_some_and(|it| it.kind == HANDLE)
            }
            _ => false,
        })
    }

    pub(super) fn resource(&self, id: &str) -> Option<&Resource<'t>> {
        self.resources.get(*self.by_id.get(id)?)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&'t Node> {
        self.root.get("Parameters")?.get(name)
    }

    pub(super) fn at(&self, index: usize) -> Option<&Resource<'t>> {
        self.resources.get(index)
    }

    /// A script's number.
    pub(super) fn index_of(&self, script: &Script) -> Option<usize> {
        self.scripts.iter().position(|it| std::ptr::eq(it, script))
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

    /// How often a handle is given to somebody, besides to its wait conditions.
    pub(super) fn given(&self, handle: &str) -> usize {
        let all = super::references::count(self.root, handle);
        let conditions = self.resources.iter().filter(|it| it.kind == WAIT_CONDITION);
        let own: usize = conditions
            .filter_map(|it| it.property("Handle"))
            .map(|node| super::references::count(node, handle))
            .sum();
        all.saturating_sub(own)
    }

    /// A text without the names of the machines that run a script.
    pub(super) fn anonymous(&self, script: &Script, text: &str) -> String {
        let machines = script.runs_on.iter().chain([&script.owner]).filter_map(|index| self.at(*index));
        machines.fold(text.to_owned(), |text, machine| text.replace(machine.id, ""))
    }

    fn shape(&self, script: &Script) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.anonymous(script, &script.text.text).hash(&mut hasher);
        hasher.finish()
    }
}
