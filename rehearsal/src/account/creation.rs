//! Stacks to be: planned first, then added to the account.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cfn_signal_core::endpoint::Partition;

use super::asked::Draft;
use super::change_sets::ChangeSets;
use super::fleet::Fleet;
use super::launches::launches;
use super::planner::Planner;
use super::roster::NoPlace;
use super::updates::tagged;
use super::version::{Version, waits};
use super::watcher::Watcher;
use super::{Account, AccountError, Creation, Deployed, Lineage, Settings};
use crate::engine::Engine;
use crate::ids;
use crate::stack::{Machine, OnFailure};
use crate::template::{Planned, Supplied};

impl Account {
    /// A stack to be, planned. Nothing of it is there yet.
    ///
    /// # Errors
    ///
    /// [`AccountError`]: the template is none, or the name is taken.
    pub(crate) fn draft(&self, creation: Creation) -> Result<Draft, AccountError> {
        let name = &creation.name;
        let id = self.arn("stack", name);
        let user_data = creation.user_data.or(&self.user_data);
        self.draft_of(Creation { user_data, ..creation }, id, Arc::clone(&self.supplied), None)
    }

    /// The same of the stack that a resource of `parent` is.
    pub(super) fn draft_below(
        &self,
        parent: &Deployed,
        logical_id: &str,
        creation: Creation,
        id: String,
    ) -> Result<Draft, AccountError> {
        let supplied = self.supplied_below(parent, logical_id, &creation.template);
        self.draft_of(creation, id, supplied, Some(Lineage::below(parent, logical_id)))
    }

    /// The same of one that cannot be planned: a stack to be looked at, without anything in it.
    pub(super) fn blank_draft_below(
        &self,
        parent: &Deployed,
        logical_id: &str,
        creation: Creation,
        id: String,
    ) -> Result<Draft, AccountError> {
        let supplied = self.supplied_below(parent, logical_id, &creation.template);
        let planner = self.planner_of(&creation, &id, supplied)?;
        let planned = Planned::nothing(&creation.name, &id);
        let lineage = Some(Lineage::below(parent, logical_id));
        Ok(Draft { planned, windows: Vec::new(), creation, id, planner, lineage })
    }

    /// A new ARN of CloudFormation's.
    pub(super) fn arn(&self, kind: &str, name: &str) -> String {
        let Self { region, account_id, .. } = self;
        let partition = Partition::of(region).name();
        format!("arn:{partition}:cloudformation:{region}:{account_id}:{kind}/{name}/{}", ids::uuid())
    }

    fn draft_of(
        &self,
        creation: Creation,
        id: String,
        supplied: Arc<Supplied>,
        lineage: Option<Lineage>,
    ) -> Result<Draft, AccountError> {
        let template = creation.template.notifying(creation.notification_arns.clone());
        let creation = Creation { template, ..creation };
        let planner = self.planner_of(&creation, &id, supplied)?;
        self.tell_others(&planner, &creation.template);
        let mut planned = planner.resolve(&creation.template, &creation.parameters)?;
        if !creation.plays_nested {
            planned.check_awaited()?;
        }
        if creation.by_client
            && let Some(why) = self.unfetched(&creation.template, &creation.parameters, &planned.stack)
        {
            return Err(AccountError::Unfetched(why));
        }
        planned.stack.extras.extend(tagged(&creation.tags));
        self.add_contents(&planner, &creation.template, &creation.parameters, &mut planned.stack);
        Ok(Draft { planned, windows: Vec::new(), creation, id, planner, lineage })
    }

    fn planner_of(
        &self,
        creation: &Creation,
        id: &str,
        supplied: Arc<Supplied>,
    ) -> Result<Planner, AccountError> {
        let name = &creation.name;
        self.stacks().check(name).map_err(|no_place| place(no_place, name))?;
        let (handles, secrets) = (Arc::clone(&self.handles), self.secrets.clone());
        let home = (self.region.as_str(), self.account_id.as_str());
        Ok(Planner::new(name, id, home, handles, supplied, secrets))
    }

    /// Adds a stack that has not begun.
    ///
    /// # Errors
    ///
    /// [`AccountError`]: the name was taken meanwhile.
    pub(crate) fn deploy(&self, draft: Draft) -> Result<Arc<Deployed>, AccountError> {
        let Draft { planned, windows, creation, id, planner, lineage } = draft;
        let imports = creation.by_client.then(|| self.lacks_imports(&planner, &planned.imports)).flatten();
        let refusal = imports.or_else(|| self.refuse_exports(&planner, &creation, &id));
        let name = creation.name;
        self.remember(&name, &planned, &creation.user_data);
        let version = Version {
            launches: Arc::new(launches(&planned, &creation.user_data)),
            windows,
            waits: waits(&planned.stack),
            imports: planned.imports,
            awaited: planned.awaited,
            user_data: creation.user_data,
            template: Arc::new(creation.template),
            parameters: creation.parameters,
            tags: creation.tags,
            notification_arns: creation.notification_arns,
            capabilities: creation.capabilities,
        };
        let fleet = Fleet::new(Arc::clone(&self.site), &name, &id);
        let watcher =
            Arc::new(Watcher::new(&name, fleet, version, self.news.clone(), Arc::clone(&self.clock)));
        let mut machine = Machine::new(planned.stack, creation.token, creation.on_failure)
            .dropping_new(creation.terms.failing.drops_new);
        // Below another it is cancelled with what fails there.
        if lineage.is_none() {
            machine = machine.going_on();
        }
        if let Some(minutes) = creation.timeout_minutes {
            machine = machine.with_timeout(Duration::from_secs(u64::from(minutes) * 60));
        }
        if let Some(refusal) = refusal {
            machine = machine.with_refusal(refusal);
        }
        let listener = Arc::clone(&watcher);
        let engine = Engine::new(machine, Arc::clone(&self.clock), move |happening| listener.hear(happening));
        let settings = Settings {
            disable_rollback: creation.on_failure == OnFailure::DoNothing,
            drops_new: creation.terms.failing.drops_new,
            timeout_minutes: creation.timeout_minutes,
            role_arn: creation.terms.role_arn,
            rollback: creation.terms.rollback.unwrap_or_default(),
        };
        let deployed = Deployed {
            name: name.clone(),
            id,
            engine,
            settings: Mutex::new(settings),
            known: Mutex::default(),
            policy: Mutex::default(),
            requests: Mutex::default(),
            change_sets: ChangeSets::default(),
            protected: AtomicBool::new(creation.termination_protection),
            scaled: Mutex::default(),
            by_client: creation.by_client,
            lineage,
            planner,
            watcher,
        };
        if creation.plays_nested {
            self.nest(&deployed);
        }
        let site = Arc::clone(&self.site);
        deployed.engine.mourn(Box::new(move |instance_id| site.has_lost(instance_id)));
        self.keep_full_buckets(&deployed);
        let deployed = Arc::new(deployed);
        self.stacks().add(Arc::clone(&deployed)).map_err(|no_place| place(no_place, &name))?;
        Ok(deployed)
    }
}

fn place(no_place: NoPlace, name: &str) -> AccountError {
    match no_place {
        NoPlace::Taken => AccountError::Taken { name: name.to_owned() },
        NoPlace::Full => AccountError::Full,
    }
}
