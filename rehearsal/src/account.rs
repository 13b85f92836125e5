//! An account: the stacks of one region, who may call for them, and the bucket of their wait handles.

mod asked;
mod capabilities;
pub(crate) mod change_sets;
mod deployed;
mod error;
mod exports;
mod fleet;
mod handles;
mod launches;
mod metadata;
mod names;
mod neighbours;
mod nest;
mod parameters;
mod planner;
mod roster;
mod site;
mod strays;
mod version;

pub use asked::{Change, Creation};
pub(crate) use asked::{Draft, Revision};
pub(crate) use capabilities::{CAPABILITIES, EXPAND, refusal};
pub use deployed::{Deployed, Settings};
pub use error::AccountError;
pub use fleet::Instance;
pub(crate) use handles::{HandleError, Handles, Put, document};
pub use launches::UserDataFrom;
pub(crate) use metadata::Metadata;
pub use nest::Lineage;
pub(crate) use parameters::{NotPut, Parameters, Stored};
pub(crate) use site::Opening;
pub use strays::{Stray, Strays};
pub use version::Version;

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use cfn_signal_core::identity::AccessKey;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::activity::Activity;
use crate::auth::{IdentityKey, Keys, Principal, Verifier};
use crate::clock::{Clock, ClockKind};
use crate::engine::Engine;
use crate::happening::{FaultInjected, Happening, Launch, News};
use crate::ids::{self, NoRandomness};
use crate::listen::Bound;
use crate::model::{Role, Stack};
use crate::moment::Moment;
use crate::shelf::Shelf;
use crate::stack::{Machine, OnFailure};
use crate::telling::{Happenings, Teller, channel};
use crate::template::{MadeUp, Planned, Supplied, TemplateError};
use cfn_signal_core::endpoint::Partition;
use change_sets::ChangeSets;
use deployed::Watcher;
use fleet::Fleet;
use launches::launches;
use planner::Planner;
use roster::{NoPlace, Roster};
use site::{Site, access_key};
use version::waits;

/// The account that rehearsals happen in.
pub const ACCOUNT_ID: &str = "123456789012";

/// What begins within this time begins at once.
const INSTANT: Duration = Duration::from_secs(1);

/// Values that are remembered as made up.
const MADE_UP: usize = 500;

/// An account of one region.
pub struct Account {
    /// Such as `eu-west-1`.
    pub region: String,
    /// The clock of every stack.
    pub clock: Arc<Clock>,
    /// What comes from outside.
    pub activity: Activity,
    /// A long-term access key that the API accepts.
    pub key: AccessKey,
    /// Who may call the API.
    pub verifier: Verifier,
    /// The wait handles' URLs.
    pub handles: Arc<Handles>,
    /// Actions that IAM denies.
    pub denied: Vec<String>,
    /// Signals that no stack has heard of.
    pub strays: Strays,
    supplied: Arc<Supplied>,
    made_up: Mutex<Vec<(String, MadeUp)>>,
    /// Templates that are named by a URL.
    pub(crate) shelf: Shelf,
    /// Parameters that clients put.
    parameters: Parameters,
    site: Arc<Site>,
    stacks: Mutex<Roster<Deployed>>,
    news: Teller,
    me: OnceLock<Weak<Self>>,
    /// Ids of the keys of assumed roles, oldest first.
    assumed: Mutex<VecDeque<String>>,
    /// Whether nested stacks are made or changed no longer.
    no_more_nesting: AtomicBool,
    /// What nobody here can say of nested stacks, by the ARN of the stack above them all.
    unknown: Mutex<Vec<(String, TemplateError)>>,
}

/// What an account is opened with.
#[derive(Clone, Debug)]
pub struct AccountOptions {
    /// Such as `eu-west-1`.
    pub region: String,
    /// How time passes.
    pub clock: ClockKind,
    /// Actions that IAM denies, such as `SignalResource`.
    pub denied: Vec<String>,
    /// What is given for values that only the real service knows.
    pub supplied: Supplied,
}

/// What comes out of an account.
pub(crate) struct Outlets {
    /// What happens to its stacks.
    pub(crate) news: Happenings,
    /// Listeners that want to be answered.
    pub(crate) openings: UnboundedReceiver<Opening>,
}

impl Account {
    /// Opens an account that answers at `bound`.
    pub(crate) fn open(
        options: &AccountOptions,
        shelf: Shelf,
        bound: Bound,
    ) -> Result<(Self, Outlets), NoRandomness> {
        let (news, news_receiver) = channel();
        let (openings, openings_receiver) = unbounded_channel();
        let key = access_key("AKIA", None)?;
        let keys = Arc::new(Keys::default());
        keys.add(&key, Principal::User { name: "rehearsal".to_owned() });
        let identity = Arc::new(IdentityKey::default());
        let handles = Arc::new(Handles::new(bound.address, &options.region)?);
        let verifier = Verifier::new(options.region.clone(), Arc::clone(&keys), Arc::clone(&identity));
        let account = Self {
            region: options.region.clone(),
            clock: Arc::new(Clock::new(options.clock)),
            activity: Activity::default(),
            key,
            verifier,
            handles,
            denied: options.denied.clone(),
            strays: Strays::default(),
            supplied: Arc::new(options.supplied.clone()),
            made_up: Mutex::default(),
            shelf,
            parameters: Parameters::default(),
            site: Arc::new(Site::new(&options.region, bound, keys, identity, openings)),
            stacks: Mutex::default(),
            news,
            me: OnceLock::new(),
            assumed: Mutex::default(),
            no_more_nesting: AtomicBool::new(false),
            unknown: Mutex::default(),
        };
        Ok((account, Outlets { news: news_receiver, openings: openings_receiver }))
    }

    /// The account, of whose stacks others may be resources.
    pub(crate) fn share(self) -> Arc<Self> {
        let account = Arc::new(self);
        let _ = account.me.set(Arc::downgrade(&account));
        account
    }

    /// The API answers from now on, also where no instance has taken its port for its metadata.
    pub(crate) fn open_rest(&self) -> Result<(), NoRandomness> {
        self.site.open_rest()
    }

    /// A stack to be, planned. Nothing of it is there yet.
    ///
    /// # Errors
    ///
    /// [`AccountError`]: the template is none, or the name is taken.
    pub(crate) fn draft(&self, creation: Creation) -> Result<Draft, AccountError> {
        let name = &creation.name;
        let (region, partition) = (&self.region, Partition::of(&self.region).name());
        let id = format!("arn:{partition}:cloudformation:{region}:{ACCOUNT_ID}:stack/{name}/{}", ids::uuid());
        self.draft_of(creation, id, Arc::clone(&self.supplied), None)
    }

    /// The same of the stack that a resource of `parent` is.
    fn draft_below(
        &self,
        parent: &Deployed,
        logical_id: &str,
        creation: Creation,
        id: String,
    ) -> Result<Draft, AccountError> {
        let mut path = parent.lineage.as_ref().map(|lineage| lineage.path.clone()).unwrap_or_default();
        path.push(logical_id.to_owned());
        let (parent_id, root_id) = (parent.id.clone(), parent.root_id().to_owned());
        let lineage = Lineage { parent_id, logical_id: logical_id.to_owned(), root_id, path };
        let supplied = self.supplied_below(parent, logical_id, &creation.template);
        self.draft_of(creation, id, supplied, Some(lineage))
    }

    fn draft_of(
        &self,
        creation: Creation,
        id: String,
        supplied: Arc<Supplied>,
        lineage: Option<Lineage>,
    ) -> Result<Draft, AccountError> {
        let name = &creation.name;
        self.stacks().check(name).map_err(|no_place| place(no_place, name))?;
        let planner = Planner::new(name, &id, &self.region, Arc::clone(&self.handles), supplied);
        self.tell_others(&planner, &creation.template);
        let mut planned = planner.resolve(&creation.template, &creation.parameters)?;
        if !creation.plays_nested {
            planned.check_awaited()?;
        }
        planned.stack.extras.extend(tagged(&creation.tags));
        self.add_contents(&planner, &creation.template, &creation.parameters, &mut planned.stack);
        Ok(Draft { planned, creation, id, planner, lineage })
    }

    /// Adds a stack that has not begun.
    ///
    /// # Errors
    ///
    /// [`AccountError`]: the name was taken meanwhile.
    pub(crate) fn deploy(&self, draft: Draft) -> Result<Arc<Deployed>, AccountError> {
        let Draft { planned, creation, id, planner, lineage } = draft;
        let refusal = self.refuse_exports(&planner, &creation);
        let name = creation.name;
        self.remember(&name, &planned, &creation.user_data);
        let version = Version {
            launches: Arc::new(launches(&planned, &creation.user_data)),
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
        let mut machine = Machine::new(planned.stack, creation.token.clone(), creation.on_failure);
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
            timeout_minutes: creation.timeout_minutes,
            token: creation.token,
        };
        let deployed = Deployed {
            name: name.clone(),
            id,
            engine,
            settings: Mutex::new(settings),
            policy: Mutex::default(),
            change_sets: ChangeSets::default(),
            protected: AtomicBool::new(creation.termination_protection),
            scaled: Mutex::default(),
            lineage,
            planner,
            watcher,
        };
        if creation.plays_nested {
            self.nest(&deployed);
        }
        let deployed = Arc::new(deployed);
        self.stacks().add(Arc::clone(&deployed)).map_err(|no_place| place(no_place, &name))?;
        Ok(deployed)
    }

    /// Opens the metadata of the stack's single instances before their launch, so that it can be told where it is.
    pub(crate) fn announce(&self, deployed: &Deployed, plan: &Stack) -> Vec<Instance> {
        plan.resources
            .iter()
            .filter(|it| matches!(it.role, Role::Instance { .. }))
            .map(|it| {
                let (logical_id, instance_id) = (it.logical_id.clone(), it.physical_id.clone());
                deployed.watcher.fleet.announce(&Launch { logical_id, instance_id })
            })
            .collect()
    }

    /// An update to be, planned. The stack stays as it is.
    ///
    /// # Errors
    ///
    /// [`TemplateError`].
    pub(crate) fn revise(&self, deployed: &Deployed, change: Change) -> Result<Revision, TemplateError> {
        let current = deployed.version();
        deployed.learn_names();
        let template = change.template.map_or(current.template, Arc::new);
        self.tell_others(&deployed.planner, &template);
        let mut planned = deployed.planner.resolve(&template, &change.parameters)?;
        if !deployed.engine.plays_nested() {
            planned.check_awaited()?;
        }
        self.add_contents(&deployed.planner, &template, &change.parameters, &mut planned.stack);
        let tags = change.tags.unwrap_or(current.tags);
        planned.stack.extras.extend(tagged(&tags));
        self.remember(&deployed.name, &planned, &change.user_data);
        let version = Version {
            launches: Arc::new(launches(&planned, &change.user_data)),
            waits: waits(&planned.stack),
            imports: std::mem::take(&mut planned.imports),
            awaited: planned.awaited.clone(),
            user_data: change.user_data,
            template,
            parameters: change.parameters,
            tags,
            notification_arns: change.notification_arns.unwrap_or(current.notification_arns),
            capabilities: change.capabilities,
        };
        Ok(Revision { planned, version, token: change.token })
    }

    /// Updates a stack.
    ///
    /// # Errors
    ///
    /// [`AccountError`]; the stack stays as it is.
    pub(crate) fn update(&self, deployed: &Deployed, revision: Revision) -> Result<(), AccountError> {
        let Revision { planned, version, token } = revision;
        deployed.scale_now();
        // A refused update leaves the version that another may be going back to.
        deployed.engine.update(planned.stack, token, |now| deployed.watcher.begin(version, now))?;
        deployed.change_sets.obsolete();
        deployed.scale_before_update(Vec::new());
        Ok(())
    }

    /// What was made up so far, with the names of the stacks that needed it.
    pub(crate) fn made_up(&self) -> Vec<(String, MadeUp)> {
        self.made_up.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, stack: &str, planned: &Planned, from: &UserDataFrom) {
        let mut made_up = self.made_up.lock().unwrap_or_else(PoisonError::into_inner);
        for it in launches::made_up(planned, from) {
            let entry = (stack.to_owned(), it.clone());
            if made_up.len() < MADE_UP && !made_up.contains(&entry) {
                made_up.push(entry);
            }
        }
    }

    /// The stack of this name or ARN. A deleted one has its ARN only.
    #[must_use]
    pub fn find(&self, name_or_id: &str) -> Option<Arc<Deployed>> {
        self.stacks().find(name_or_id)
    }

    /// Every stack, newest first, deleted ones too.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Deployed>> {
        self.stacks().all()
    }

    /// Gives an instance new credentials of its role; the old ones are accepted as they were.
    pub(crate) fn renew(&self, metadata: &Metadata) -> Result<(), NoRandomness> {
        metadata.role.renew(self.site.role_key(&metadata.role.role, &metadata.instance_id)?);
        Ok(())
    }

    /// Somebody who has to do with `stack` met a fault on demand. Where it is no stack's, the newest tells it.
    pub(crate) fn fault(&self, stack: &str, fault: FaultInjected) {
        let stack: Arc<str> = match (stack, self.all().first()) {
            ("", Some(newest)) => newest.name.as_str().into(),
            ("", None) => "(none)".into(),
            (named, _) => named.into(),
        };
        self.news.tell(News { stack, happening: Happening::Fault(fault) });
    }

    /// When [`Self::timer`] is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.all().iter().filter_map(|stack| stack.engine.deadline()).min()
    }

    /// The end of the instant that `deadline` is in: stacks that the real service makes at once begin here one after the other.
    pub(crate) fn instant(&self, deadline: Moment) -> Moment {
        let end = deadline.plus(INSTANT);
        let deadlines = self.all().into_iter().filter_map(|stack| stack.engine.deadline());
        deadlines.filter(|it| *it <= end).max().unwrap_or(deadline)
    }

    /// Time has passed.
    pub fn timer(&self) {
        let now = self.clock.now();
        let is_due = |stack: &Arc<Deployed>| stack.engine.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<_> = self.all().into_iter().rev().filter(is_due).collect();
        // What is due at one instant comes before what follows from it elsewhere: nothing of it is given up.
        due.iter().for_each(|stack| stack.engine.expire());
        due.iter().for_each(|stack| stack.engine.run_errands());
    }

    fn unknown(&self) -> MutexGuard<'_, Vec<(String, TemplateError)>> {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stacks(&self) -> MutexGuard<'_, Roster<Deployed>> {
        self.stacks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl roster::Listed for Deployed {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn is_deleted(&self) -> bool {
        Self::is_deleted(self)
    }
}

/// Tags, as what an update compares.
fn tagged(tags: &[(String, String)]) -> impl Iterator<Item = (String, String)> {
    tags.iter().map(|(key, value)| (format!("tag {key}"), value.clone()))
}

fn place(no_place: NoPlace, name: &str) -> AccountError {
    match no_place {
        NoPlace::Taken => AccountError::Taken { name: name.to_owned() },
        NoPlace::Full => AccountError::Full,
    }
}
