//! A stack's instances, each with a metadata service of its own.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::launches::Launches;
use super::site::{Open, Site};
use crate::happening::Launch;

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
    running: Vec<Berth>,
    announced: Vec<Berth>,
    terminated: VecDeque<Berth>,
    launches: Arc<Launches>,
}

/// An instance and its listener, which closes with it.
struct Berth {
    instance: Instance,
    open: Option<Open>,
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
        state.announced.push(berth);
        instance
    }

    pub(super) fn launched(&self, launch: &Launch) {
        let mut state = self.state();
        let announced = state.announced.iter().position(|it| it.instance.instance_id == launch.instance_id);
        let berth = match announced {
            Some(at) => {
                let mut berth = state.announced.remove(at);
                // More may be known than when it was announced.
                let with = state.launches.get(&launch.logical_id).and_then(|it| it.user_data.clone());
                berth.open.iter().for_each(|open| open.give(with.clone()));
                berth.instance.user_data = with;
                berth
            }
            None => self.berth(&state, launch),
        };
        state.running.push(berth);
    }

    pub(super) fn terminated(&self, launch: &Launch) {
        let mut state = self.state();
        if let Some(at) = state.running.iter().position(|it| it.instance.instance_id == launch.instance_id) {
            let berth = state.running.remove(at);
            state.terminated.push_back(berth);
            if state.terminated.len() > LINGERING {
                state.terminated.pop_front();
            }
        }
    }

    /// Those that run.
    pub(super) fn running(&self) -> Vec<Instance> {
        self.state().running.iter().map(|it| it.instance.clone()).collect()
    }

    /// One that runs or has run.
    pub(super) fn find(&self, instance_id: &str) -> Option<Instance> {
        let state = self.state();
        let all = state.running.iter().chain(&state.announced).chain(&state.terminated);
        all.map(|it| &it.instance).find(|it| it.instance_id == instance_id).cloned()
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
            open,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
