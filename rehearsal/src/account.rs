//! An account: the stacks of one region, who may call for them, and the bucket of their wait handles.

mod asked;
mod capabilities;
pub(crate) mod change_sets;
mod contexts;
mod creation;
mod deployed;
mod error;
mod exports;
mod facts;
mod fleet;
mod handles;
mod hearsay;
mod lacking;
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
mod terms;
mod time;
mod updates;
mod version;
mod watcher;
mod windows;

pub(crate) use asked::Revision;
pub use asked::{Change, Creation};
pub(crate) use capabilities::{CAPABILITIES, EXPAND, refusal};
pub(crate) use contexts::{Context, Part};
pub use deployed::Deployed;
pub(crate) use deployed::RequestDigest;
pub use error::AccountError;
pub(crate) use facts::{IMAGE, domain, zone_id};
pub use fleet::Instance;
pub(crate) use handles::{HandleError, Handles, Put, document};
pub(crate) use hearsay::{conditions, meet, says, tells};
pub use launches::UserDataFrom;
pub(crate) use metadata::Metadata;
pub use nest::Lineage;
pub(crate) use parameters::{Details, NotPut, Parameters, Stored};
pub(crate) use site::Opening;
pub use strays::{Stray, Strays};
pub use terms::{Protection, RollbackConfiguration, Settings, Terms};
pub use version::Version;
pub(crate) use windows::{counts_as_met, is_for_windows, left_to_windows};

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use cfn_signal_core::identity::AccessKey;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::activity::Activity;
use crate::auth::{IdentityKey, Keys, Principal, Verifier};
use crate::clock::{Clock, ClockKind};
use crate::happening::{FaultInjected, Happening, Launch, News, Note};
use crate::ids::NoRandomness;
use crate::listen::Bound;
use crate::model::{Role, Stack};
use crate::secrets::Secrets;
use crate::shelf::Shelf;
use crate::telling::{Happenings, Teller, channel};
use crate::template::{MadeUp, Planned, Supplied, TemplateError};
use roster::Roster;
use site::{Site, access_key};

/// The account that rehearsals happen in, unless told.
pub const ACCOUNT_ID: &str = "123456789012";

/// Values that are remembered as made up.
const MADE_UP: usize = 500;

/// An account of one region.
pub struct Account {
    /// Such as `eu-west-1`.
    pub region: String,
    /// The account's id: twelve digits.
    pub account_id: String,
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
    user_data: UserDataFrom,
    leaves_windows: bool,
    /// What is not to be shown of its stacks.
    pub(crate) secrets: Secrets,
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
    /// The account's id: twelve digits.
    pub account_id: String,
    /// How time passes.
    pub clock: ClockKind,
    /// Actions that IAM denies, such as `SignalResource`.
    pub denied: Vec<String>,
    /// What is given for values that only the real service knows.
    pub supplied: Supplied,
    /// What instances of stacks run whose makers do not say it.
    pub user_data: UserDataFrom,
    /// Whether wait condition handles have the URLs that AWS gives them.
    pub real_names: bool,
    /// Whether instances whose user data is for Windows count as created: nobody else is going to signal.
    pub leaves_windows: bool,
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
        let handles =
            Arc::new(Handles::new((!options.real_names).then_some(bound.address), &options.region)?);
        let verifier = Verifier::new(options.region.clone(), Arc::clone(&keys), Arc::clone(&identity));
        let account = Self {
            region: options.region.clone(),
            account_id: options.account_id.clone(),
            clock: Arc::new(Clock::new(options.clock)),
            activity: Activity::default(),
            key,
            verifier,
            handles,
            denied: options.denied.clone(),
            strays: Strays::default(),
            supplied: Arc::new(options.supplied.clone()),
            user_data: options.user_data.clone(),
            leaves_windows: options.leaves_windows,
            secrets: Secrets::default(),
            made_up: Mutex::default(),
            shelf,
            parameters: Parameters::default(),
            site: Arc::new(Site::new(
                (&options.region, &options.account_id),
                bound,
                keys,
                identity,
                openings,
            )),
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

    /// How many stacks there are, deleted ones too.
    pub(crate) fn count(&self) -> usize {
        self.stacks().len()
    }

    /// Gives an instance new credentials of its role; the old ones are accepted as they were.
    pub(crate) fn renew(&self, metadata: &Metadata) -> Result<(), NoRandomness> {
        metadata.role.renew(self.site.role_key(&metadata.role.role, &metadata.instance_id)?);
        Ok(())
    }

    /// What an instance can learn of itself.
    pub(crate) fn metadata(&self, instance_id: &str) -> Option<Arc<Metadata>> {
        self.all().iter().find_map(|stack| stack.watcher.fleet.metadata(instance_id))
    }

    /// Says something about the rehearsal itself, which has to do with a stack.
    pub(crate) fn remark(&self, stack: &str, text: String) {
        let note = Note { at: self.clock.now(), text };
        self.news.tell(News { stack: stack.into(), happening: Happening::Note(note) });
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
