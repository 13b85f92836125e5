//! A stack's instances, each with a metadata service of its own.

mod berths;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::launches::Launches;
use super::metadata::Metadata;
use super::site::{Lingering, Open, Site};
use crate::happening::Launch;
use berths::Berths;

/// Terminated instances whose metadata goes on answering: what still runs there may still ask.
const LINGERING: usize = 64;

/// An instance of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instance {
    /// Its name in the template, or its group's.
    pub logical_id: String,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
    /// Where its metadata is; none where the machine has no port left for it.
    pub metadata: Option<SocketAddr>,
    /// What it runs at its first boot.
    pub user_data: Option<Arc<[u8]>>,
}

impl Berth {
    /// What the instance runs is known by now.
    fn give(&mut self, user_data: Option<Arc<[u8]>>) {
        let open = self.open.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(Some(open)) = open.as_deref() {
            open.give(user_data.clone());
        }
        drop(open);
        self.instance.user_data = user_data;
    }

    fn close(&self) {
        if let Some(open) = &self.open {
            open.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

/// A stack's instances.
pub(super) struct Fleet {
    site: Arc<Site>,
    stack_name: String,
    stack_id: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In the order of their launches. Those that are announced but not launched are in `announced`.
    running: Berths,
    announced: Berths,
    terminated: VecDeque<Berth>,
    launches: Arc<Launches>,
}

impl State {
    /// One that runs or has run.
    fn find(&self, instance_id: &str) -> Option<&Berth> {
        let mut terminated = self.terminated.iter();
        let berth = self.running.find(instance_id).or_else(|| self.announced.find(instance_id));
        berth.or_else(|| terminated.find(|it| it.instance.instance_id == instance_id))
    }
}

/// An instance and its listener, which closes with it.
struct Berth {
    instance: Instance,
    open: Option<Lingering>,
}

impl Fleet {
    pub(super) fn new(site: Arc<Site>, stack_name: &str, stack_id: &str) -> Self {
        Self {
            site,
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            state: Mutex::default(),
        }
    }

    /// What instances have that are launched from now on.
    pub(super) fn set_launches(&self, launches: Arc<Launches>) {
        self.state().launches = launches;
    }

    /// Opens the metadata of an instance before its launch, so that its address can be told.
    pub(super) fn announce(&self, launch: &Launch) -> Instance {
        let mut state = self.state();
        let berth = self.berth(&state, launch);
        let instance = berth.instance.clone();
        state.announced.add(berth);
        instance
    }

    /// An instance runs; where it has no metadata service, and that is news, why not.
    pub(super) fn launched(&self, launch: &Launch) -> Option<String> {
        let mut state = self.state();
        let berth = match state.announced.take(&launch.instance_id) {
            Some(mut berth) => {
                // More may be known than when it was announced.
                let with = state.launches.get(&launch.logical_id).and_then(|it| it.user_data.clone());
                berth.give(with);
                berth
            }
            None => self.berth(&state, launch),
        };
        let why = if berth.open.is_none() { self.site.without() } else { None };
        state.running.add(berth);
        why.map(|why| format!("{} {}: {why}", launch.logical_id, launch.instance_id))
    }

    pub(super) fn terminated(&self, launch: &Launch) {
        self.site.lose(&launch.instance_id);
        let mut state = self.state();
        if let Some(berth) = state.running.take(&launch.instance_id) {
            berth.open.iter().for_each(|open| self.site.linger(Arc::clone(open)));
            state.terminated.push_back(berth);
            if state.terminated.len() > LINGERING
                && let Some(oldest) = state.terminated.pop_front()
            {
                oldest.close();
            }
        }
    }

    /// Those that run.
    pub(super) fn running(&self) -> Vec<Instance> {
        self.state().running.iter().map(|it| it.instance.clone()).collect()
    }

    /// One that runs or has run.
    pub(super) fn find(&self, instance_id: &str) -> Option<Instance> {
        self.state().find(instance_id).map(|it| it.instance.clone())
    }

    /// What an instance can learn of itself, as long as its metadata is kept.
    pub(super) fn metadata(&self, instance_id: &str) -> Option<Arc<Metadata>> {
        let state = self.state();
        let open = state.find(instance_id)?.open.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(Open::metadata)
    }

    fn berth(&self, state: &State, launch: &Launch) -> Berth {
        let with = state.launches.get(&launch.logical_id).cloned().unwrap_or_default();
        let (metadata, open) = self.site.open(launch, &self.stack_name, &self.stack_id, &with).unzip();
        Berth {
            instance: Instance {
                logical_id: launch.logical_id.clone(),
                instance_id: launch.instance_id.clone(),
                metadata,
                user_data: with.user_data,
            },
            open: open.map(|open| Arc::new(Mutex::new(Some(open)))),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Fleet {
    /// The site may know some of them too.
    fn drop(&mut self) {
        let state = self.state();
        let all = state.running.iter().chain(state.announced.iter()).chain(&state.terminated);
        all.for_each(Berth::close);
    }
}
