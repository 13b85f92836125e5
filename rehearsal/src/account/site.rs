//! What the instances of every stack share: the ground that their metadata services stand on.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use rustix::process::{Resource, getrlimit};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::facts::Facts;
use super::launches::LaunchedWith;
use super::metadata::{Metadata, RoleCredentials, TokenKey, UserData};
use crate::auth::{IdentityKey, Keys, Principal};
use crate::clock;
use crate::happening::Launch;
use crate::ids::{self, Home, NoRandomness};
use crate::listen::{Bound, bind};
use crate::stack::Past;
use crate::template::{Address, host};

/// The role of instances whose own is not known.
const ROLE: &str = "rehearsal-role";

/// Addresses in each network of the instances whose own is not known.
const HOSTS: u32 = 240;
/// Networks of theirs, from 10.0.128.0/24 on: the addresses that attributes have are below.
const NETWORKS: u32 = 128;

/// How long an instance's temporary credentials are valid.
const SESSION: Duration = Duration::from_secs(6 * 3600);

/// Metadata services at a time, all stacks together: each is a port and a descriptor.
const LISTENERS: usize = 2048;

/// As many of the descriptors that the process may have, one of so many: clients' connections need most of the others.
const SHARE: usize = 4;

/// A listener to be answered: until it is `closed`, or for good.
pub(crate) struct Opening {
    pub(crate) bound: Bound,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) closed: Option<oneshot::Receiver<()>>,
}

/// Keeps a metadata service and its role's key.
pub(super) struct Open {
    _close: Option<oneshot::Sender<()>>,
    _counted: Arc<()>,
    keys: Arc<Keys>,
    metadata: Arc<Metadata>,
}

impl Open {
    /// What the instance runs is known by now.
    pub(super) fn give(&self, user_data: Option<Arc<[u8]>>) {
        self.metadata.user_data.set(user_data);
    }

    /// What the instance can learn of itself.
    pub(super) fn metadata(&self) -> Arc<Metadata> {
        Arc::clone(&self.metadata)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.keys.remove(&self.metadata.role.key().id);
    }
}

/// A metadata service that goes on answering after its instance: until its stack, or somebody else, needs its place.
pub(super) type Lingering = Arc<Mutex<Option<Open>>>;

pub(super) struct Site {
    region: String,
    account_id: String,
    address: IpAddr,
    keys: Arc<Keys>,
    identity: Arc<IdentityKey>,
    openings: UnboundedSender<Opening>,
    /// The account's own port, where the first instance's metadata is too.
    first: Mutex<Option<Bound>>,
    /// One for each metadata service that is open.
    count: Arc<()>,
    /// The most of them.
    most: usize,
    /// Those whose instances are no more, oldest first.
    lingering: Mutex<VecDeque<Lingering>>,
    /// Instances that are no more.
    past: Mutex<Past>,
    /// Whether it was told that there are too many.
    told: AtomicBool,
    /// Addresses that were taken by instances whose own is not known.
    addresses: AtomicU32,
}

impl Site {
    pub(super) fn new(
        (region, account_id): (&str, &str),
        first: Bound,
        keys: Arc<Keys>,
        identity: Arc<IdentityKey>,
        openings: UnboundedSender<Opening>,
    ) -> Self {
        Self {
            region: region.to_owned(),
            account_id: account_id.to_owned(),
            address: first.address.ip(),
            keys,
            identity,
            openings,
            first: Mutex::new(Some(first)),
            count: Arc::new(()),
            most: most(descriptors()),
            lingering: Mutex::default(),
            past: Mutex::default(),
            told: AtomicBool::new(false),
            addresses: AtomicU32::new(0),
        }
    }

    /// An instance is no more.
    pub(super) fn lose(&self, instance_id: &str) {
        self.past.lock().unwrap_or_else(PoisonError::into_inner).add(instance_id);
    }

    /// Whether an instance was there, and is no more.
    pub(super) fn has_lost(&self, instance_id: &str) -> bool {
        self.past.lock().unwrap_or_else(PoisonError::into_inner).has(instance_id)
    }

    /// An instance is no more: its metadata goes on answering while there is room.
    pub(super) fn linger(&self, open: Lingering) {
        let mut lingering = self.lingering.lock().unwrap_or_else(PoisonError::into_inner);
        if lingering.len() >= self.most {
            lingering.retain(|it| it.lock().unwrap_or_else(PoisonError::into_inner).is_some());
        }
        lingering.push_back(open);
    }

    /// Whether one more may be opened, if need be in place of one whose instance is no more.
    fn has_room(&self) -> bool {
        while Arc::strong_count(&self.count) > self.most {
            let oldest = self.lingering.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(oldest) = oldest else { return false };
            drop(oldest.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        true
    }

    /// Why an instance has no metadata service, the first time that one has none.
    pub(super) fn without(&self) -> Option<String> {
        let limit = descriptors().map_or_else(|| "any".to_owned(), |it| it.to_string());
        let most = self.most;
        (!self.told.swap(true, Ordering::Relaxed)).then(|| {
            format!(
                "no metadata service is opened for it, nor for those after it: {most} are open, and this process may have \
                 {limit} files open, of which clients' connections need the rest; allow more with ulimit -n"
            )
        })
    }

    /// Opens an instance's metadata service: where it is, and what keeps it. None where there is no port left, or no
    /// randomness.
    pub(super) fn open(
        &self,
        launch: &Launch,
        stack_name: &str,
        stack_id: &str,
        with: &LaunchedWith,
    ) -> Option<(SocketAddr, Open)> {
        if !self.has_room() {
            return None;
        }
        let metadata = self.metadata(launch, stack_name, stack_id, with).ok()?;
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The account's own port answers for good, whatever becomes of the instance.
        let (bound, close, closed) = match first {
            Some(bound) => (bound, None, None),
            None => {
                let (close, closed) = oneshot::channel();
                (bind(SocketAddr::new(self.address, 0)).ok()?, Some(close), Some(closed))
            }
        };
        let address = bound.address;
        let metadata = Arc::new(metadata);
        let open = Open {
            _close: close,
            _counted: Arc::clone(&self.count),
            keys: Arc::clone(&self.keys),
            metadata: Arc::clone(&metadata),
        };
        let _ = self.openings.send(Opening { bound, metadata, closed });
        Some((address, open))
    }

    /// Opens the account's own port where no instance has taken it: the metadata there is somebody else's, who is no
    /// member of any stack.
    pub(super) fn open_rest(&self) -> Result<(), NoRandomness> {
        let Some(bound) = self.first.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        let stranger = Launch { logical_id: String::new(), instance_id: ids::ec2("i") };
        let metadata = Arc::new(self.metadata(&stranger, "", "", &LaunchedWith::default())?);
        let _ = self.openings.send(Opening { bound, metadata, closed: None });
        Ok(())
    }

    /// New credentials of an instance's role.
    pub(super) fn role_key(&self, role: &str, instance_id: &str) -> Result<AccessKey, NoRandomness> {
        self.session_key(role, instance_id, SESSION)
    }

    /// Credentials of a session of a role, good for so long.
    pub(super) fn session_key(
        &self,
        role: &str,
        session: &str,
        lasts: Duration,
    ) -> Result<AccessKey, NoRandomness> {
        let key = access_key("ASIA", Some(clock::wall().plus(lasts).as_seconds()))?;
        self.keys.add(&key, Principal::Session { role: role.to_owned(), name: session.to_owned() });
        Ok(key)
    }

    /// Where an instance is of which nothing is known, such as a group's: nowhere where another one is.
    fn somewhere(&self) -> Address {
        let taken = self.addresses.fetch_add(1, Ordering::Relaxed);
        let (network, own) = (128 + taken / HOSTS % NETWORKS, 10 + taken % HOSTS);
        let address = format!("10.0.{network}.{own}");
        Address { host: host(&address, &self.region), address }
    }

    /// A key is good no more.
    pub(super) fn forget_key(&self, id: &str) {
        self.keys.remove(id);
    }

    fn metadata(
        &self,
        launch: &Launch,
        stack_name: &str,
        stack_id: &str,
        with: &LaunchedWith,
    ) -> Result<Metadata, NoRandomness> {
        let user_data = UserData::default();
        user_data.set(with.user_data.clone());
        let role = with.role.as_deref().unwrap_or(ROLE);
        let role = RoleCredentials::new(role.to_owned(), self.role_key(role, &launch.instance_id)?);
        let address = with.address.clone().unwrap_or_else(|| self.somewhere());
        let home = Home { region: &self.region, account_id: &self.account_id };
        Ok(Metadata {
            instance_id: launch.instance_id.clone(),
            logical_id: launch.logical_id.clone(),
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            region: self.region.clone(),
            account_id: self.account_id.clone(),
            facts: Facts::new(&with.particulars, &launch.instance_id, &address, home),
            address,
            role,
            options: with.metadata,
            user_data,
            identity: Arc::clone(&self.identity),
            launched: clock::wall(),
            tokens: TokenKey::generate()?,
        })
    }
}

/// The descriptors that the process may have.
fn descriptors() -> Option<usize> {
    getrlimit(Resource::Nofile).current.and_then(|it| usize::try_from(it).ok())
}

/// The metadata services that leave descriptors for others.
fn most(descriptors: Option<usize>) -> usize {
    descriptors.map_or(LISTENERS, |it| (it / SHARE).clamp(1, LISTENERS))
}

/// A key of the rehearsal's own; a temporary one where it expires.
pub(super) fn access_key(prefix: &str, expires_at: Option<u64>) -> Result<AccessKey, NoRandomness> {
    let session_token = match expires_at {
        Some(_) => Some(Secret::new(hex::encode(ids::random::<32>()?))),
        None => None,
    };
    Ok(AccessKey {
        id: ids::access_key_id(prefix)?,
        secret: Secret::new(hex::encode(ids::random::<20>()?)),
        session_token,
        expires_at,
    })
}
