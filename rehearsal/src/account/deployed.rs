//! One stack of the account, with all that belongs to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::change_sets::ChangeSets;
use super::fleet::Instance;
use super::launches::UserDataFrom;
use super::nest::Lineage;
use super::planner::Planner;
use super::terms::{Protection, Settings};
use super::version::Version;
use super::watcher::Watcher;
use crate::engine::Engine;
use crate::moment::Moment;
use crate::stack::{Document, Machine, Outcome, Signal, Status};
use crate::template::{Output, Parameter, Planned, TemplateError};

/// The SHA-256 of what a request asks for.
pub(crate) type RequestDigest = [u8; 32];

/// A stack of the account.
pub struct Deployed {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub id: String,
    /// The stack at work.
    pub engine: Engine,
    /// What was asked for besides what its version says.
    pub(super) settings: Mutex<Settings>,
    /// Its outputs, as they were with so many events.
    pub(super) known: Mutex<Option<(usize, Vec<Output>)>>,
    /// Its stack policy.
    pub(super) policy: Mutex<Option<Protection>>,
    /// What was asked for by each action with each `ClientRequestToken`.
    pub(super) requests: Mutex<BTreeMap<(String, String), RequestDigest>>,
    /// What somebody may still have it become.
    pub(crate) change_sets: ChangeSets,
    /// Whether it is protected against deletion.
    pub(super) protected: AtomicBool,
    /// Groups that somebody will have scaled by the time of the first update.
    pub(super) scaled: Mutex<Vec<(String, u32)>>,
    /// Whether a client asked for it.
    pub(super) by_client: bool,
    /// Whose resource it is, if it is one.
    pub lineage: Option<Lineage>,
    pub(super) planner: Planner,
    pub(super) watcher: Arc<Watcher>,
}

impl Deployed {
    /// What it is asked to be now.
    #[must_use]
    pub fn version(&self) -> Version {
        self.watcher.versions().current.clone()
    }

    /// When its last update began.
    #[must_use]
    pub fn updated(&self) -> Option<Moment> {
        self.watcher.versions().updated
    }

    /// What its creation settled.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Settles something.
    pub(super) fn settle(&self, settle: impl FnOnce(&mut Settings)) {
        settle(&mut self.settings.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// It has another role from now on, if one is given.
    pub fn assume(&self, role_arn: Option<String>) {
        self.settle(|settings| settings.role_arn = role_arn.or(settings.role_arn.take()));
    }

    /// Whether it is protected against deletion.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.protected.load(Ordering::Relaxed)
    }

    /// Protects it against deletion, or no longer.
    pub fn protect(&self, protected: bool) {
        self.protected.store(protected, Ordering::Relaxed);
    }

    /// Somebody will have scaled these groups by the time of the first update.
    pub(crate) fn scale_before_update(&self, scaled: Vec<(String, u32)>) {
        *self.scaled.lock().unwrap_or_else(PoisonError::into_inner) = scaled;
    }

    /// It has come: they are scaled.
    pub(super) fn scale_now(&self) {
        let scaled = self.scaled.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if self.engine.fate().is_some() {
            scaled.iter().for_each(|(group, instances)| self.engine.scale(group, *instances));
        }
    }

    /// Its instances that run.
    #[must_use]
    pub fn instances(&self) -> Vec<Instance> {
        self.watcher.fleet.running()
    }

    /// An instance that runs or has run.
    #[must_use]
    pub fn instance(&self, instance_id: &str) -> Option<Instance> {
        self.watcher.fleet.find(instance_id)
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.engine.look(|machine, _| machine.stack_status().map(|(status, ..)| status))
    }

    /// Whether it is gone: then only its ARN names it.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.engine.is_gone()
    }

    /// What an SSM-typed parameter stands for, where that is known.
    #[must_use]
    pub fn stands_for(&self, parameter: &Parameter) -> Option<String> {
        let version = self.version();
        version.template.stands_for(parameter, &version.parameters, &self.planner.supplied())
    }

    /// Keeps what it was asked for with a `ClientRequestToken`, by an action of the API.
    pub(crate) fn remember(&self, action: &str, token: &str, request: RequestDigest) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.insert((action.to_owned(), token.to_owned()), request);
    }

    /// What it was asked for with that token, by that action, last.
    pub(crate) fn request(&self, action: &str, token: &str) -> Option<RequestDigest> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.get(&(action.to_owned(), token.to_owned())).copied()
    }

    /// The outputs that can be known.
    #[must_use]
    pub fn outputs(&self) -> Vec<Output> {
        // They change with what is told of the stack. Whoever exports or imports asks every stack.
        let told = self.engine.look(|_, history| history.len());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((then, outputs)) if *then == told => outputs.clone(),
            _ => known.insert((told, self.outputs_now())).1.clone(),
        }
    }

    fn outputs_now(&self) -> Vec<Output> {
        self.learn_names();
        let version = self.version();
        let data = |condition: &str| {
            let handle = self.handle_of(condition)?;
            self.engine.look(|machine, _| data_of(machine, &handle))
        };
        self.planner.outputs(&version.template, &version.parameters, &data)
    }

    /// Its template as macros leave it; as it was given where nobody asked for any.
    #[must_use]
    pub fn processed_template(&self) -> String {
        let Version { template, parameters, .. } = self.version();
        if !template.uses_macros() {
            return template.text().to_owned();
        }
        let processed = self.planner.processed(&template, &parameters);
        processed.unwrap_or_else(|_| template.text().to_owned())
    }

    /// Its stack policy.
    #[must_use]
    pub fn policy(&self) -> Option<Protection> {
        self.policy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives it another stack policy.
    pub fn set_policy(&self, policy: Protection) {
        *self.policy.lock().unwrap_or_else(PoisonError::into_inner) = Some(policy);
    }

    /// Whether it has outputs: it has been made, and not failed to be.
    #[must_use]
    pub fn has_outputs(&self) -> bool {
        self.status().is_some_and(|status| {
            matches!(
                status,
                Status::CreateComplete
                    | Status::UpdateComplete
                    | Status::UpdateInProgress
                    | Status::UpdateFailed
                    | Status::UpdateCompleteCleanupInProgress
                    | Status::UpdateRollbackInProgress
                    | Status::UpdateRollbackFailed
                    | Status::UpdateRollbackCompleteCleanupInProgress
                    | Status::UpdateRollbackComplete
            )
        })
    }

    /// Learns the physical ids that replacements have brought about.
    pub(super) fn learn_names(&self) {
        self.engine.look(|machine, _| {
            for it in machine.resources() {
                if let Some(physical_id) = it.physical_id {
                    self.planner.names.replaced(it.logical_id, it.resource_type, physical_id);
                }
            }
        });
    }

    /// What could not be made has another name once it is made.
    pub(super) fn forget_failed(&self) {
        self.engine.look(|machine, _| {
            for it in machine.resources().filter(|it| it.status == Status::CreateFailed) {
                self.planner.names.forget(it.logical_id, it.resource_type);
            }
        });
    }

    /// The ARN of the stack that is nobody's resource: its own, or that of one above it.
    #[must_use]
    pub fn root_id(&self) -> &str {
        self.lineage.as_ref().map_or(&self.id, |lineage| &lineage.root_id)
    }

    /// What a resource of it is called where the root's are called by their logical ids: `Network/Gateway`.
    #[must_use]
    pub fn below(&self, logical_id: &str) -> String {
        let path = self.lineage.as_ref().map_or(&[][..], |lineage| &lineage.path);
        path.iter().map(String::as_str).chain([logical_id]).collect::<Vec<_>>().join("/")
    }

    /// What its instances' `cfn-init` may work through, as far as that can be known by now: metadata by logical id.
    #[must_use]
    pub fn init(&self) -> BTreeMap<String, serde_json::Value> {
        self.learn_names();
        let version = self.version();
        let planned = self.planner.resolve(&version.template, &version.parameters);
        planned.map(|it| it.init).unwrap_or_default()
    }

    /// A resource's `Metadata`, as far as that can be known by now.
    #[must_use]
    pub fn metadata_of(&self, logical_id: &str) -> Option<serde_json::Value> {
        let Version { template, parameters, .. } = self.version();
        self.learn_names();
        self.planner.metadata(&template, &parameters, logical_id)
    }

    /// What was asked of it last, also where it went back from that; none where that cannot be known any more.
    pub(crate) fn asked(&self) -> Option<(Planned, UserDataFrom)> {
        self.learn_names();
        let version = {
            let versions = self.watcher.versions();
            versions.failed.as_ref().unwrap_or(&versions.current).clone()
        };
        let planned = self.planner.resolve(&version.template, &version.parameters).ok()?;
        Some((planned, version.user_data))
    }

    /// Why it cannot be known what the instances of a resource run.
    #[must_use]
    pub fn unknown_user_data(&self, logical_id: &str) -> Option<TemplateError> {
        self.watcher.versions().current.launches.get(logical_id)?.unknown.clone()
    }

    /// Takes every signal that the stack waits for as received.
    pub(crate) fn satisfy(&self) {
        loop {
            let mut any = false;
            for it in self.engine.waiting() {
                any |= self.satisfy_one(&it.logical_id, it.expected.saturating_sub(it.received));
            }
            if !any {
                return;
            }
        }
    }

    fn satisfy_one(&self, logical_id: &str, missing: u32) -> bool {
        let made_up = || (0..missing).map(|number| format!("taken-as-received-{number}"));
        if let Some(handle) = self.handle_of(logical_id) {
            for unique_id in made_up() {
                let (reason, data) = (String::new(), String::new());
                let outcome = Outcome::Success;
                self.engine.document(&handle, Document::Signal { unique_id, outcome, reason, data });
            }
            return missing > 0;
        }
        let mut ids: Vec<_> = self
            .instances()
            .into_iter()
            .filter(|it| it.logical_id == logical_id)
            .map(|it| it.instance_id)
            .collect();
        if ids.is_empty() {
            ids.extend(made_up());
        }
        let mut any = false;
        for unique_id in ids {
            let signal = Signal { logical_id: logical_id.to_owned(), unique_id, outcome: Outcome::Success };
            any |= self.engine.signal(&signal).is_ok();
        }
        any
    }

    /// The handle that a wait condition waits for.
    fn handle_of(&self, condition: &str) -> Option<String> {
        self.watcher.versions().current.waits.get(condition).cloned()
    }
}

/// What `Fn::GetAtt Data` gives: each unique id's data.
fn data_of(machine: &Machine, handle: &str) -> Option<String> {
    let data: serde_json::Map<_, _> = machine
        .documents(handle)
        .iter()
        .filter_map(|document| match document {
            Document::Signal { unique_id, data, .. } => {
                Some((unique_id.clone(), serde_json::Value::String(data.clone())))
            }
            Document::Unparsable => None,
        })
        .collect();
    (!data.is_empty()).then(|| serde_json::Value::Object(data).to_string())
}
