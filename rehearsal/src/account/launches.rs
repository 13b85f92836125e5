//! What instances are launched with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::template::{
    Address, LaunchPlan, MadeUp, MetadataOptions, PATH, Particulars, Planned, TemplateError,
};

/// Where instances' user data comes from.
#[derive(Clone, Debug, Default)]
pub enum UserDataFrom {
    /// The template; what cannot be known of it is not there.
    #[default]
    Template,
    /// It was given; for those for which it was not, it is the template's.
    Given {
        /// For each that has none of its own.
        all: Option<Arc<[u8]>>,
        /// By logical id, or by path in a nested stack.
        of: BTreeMap<String, Arc<[u8]>>,
    },
}

impl UserDataFrom {
    /// What `others` say where this says nothing.
    pub(super) fn or(self, others: &Self) -> Self {
        match self {
            Self::Template => others.clone(),
            given @ Self::Given { .. } => given,
        }
    }

    /// What a resource's instances run in place of the template's user data.
    pub(crate) fn given(&self, logical_id: &str) -> Option<&Arc<[u8]>> {
        match self {
            Self::Given { all, of } => of.get(logical_id).or(all.as_ref()),
            Self::Template => None,
        }
    }
}

impl UserDataFrom {
    /// What is given for the stack that the resource `logical_id` is.
    pub(super) fn below(&self, logical_id: &str) -> Self {
        let Self::Given { of, .. } = self else { return Self::Template };
        let named = |path: &str| path.strip_prefix(logical_id)?.strip_prefix(PATH).map(str::to_owned);
        let of: BTreeMap<_, _> =
            of.iter().filter_map(|(path, data)| Some((named(path)?, Arc::clone(data)))).collect();
        if of.is_empty() { Self::Template } else { Self::Given { all: None, of } }
    }

    /// Whether those that it is given for are there.
    pub(super) fn check(&self, planned: &Planned) -> Result<(), TemplateError> {
        let Self::Given { of, .. } = self else { return Ok(()) };
        of.keys().try_for_each(|given| planned.check(given))
    }
}

/// What the instances of each resource are launched with, by logical id.
pub(super) type Launches = HashMap<String, LaunchedWith>;

/// What a resource's instances are launched with, as far as it can be known.
#[derive(Clone, Default)]
pub(super) struct LaunchedWith {
    /// What they run at their first boot.
    pub(super) user_data: Option<Arc<[u8]>>,
    /// Why that cannot be known.
    pub(super) unknown: Option<TemplateError>,
    /// The role of their profile.
    pub(super) role: Option<String>,
    /// Where they are.
    pub(super) address: Option<Address>,
    /// How their metadata answers.
    pub(super) metadata: MetadataOptions,
    /// What else they can learn of themselves.
    pub(super) particulars: Particulars,
}

/// What was made up for a stack and for the user data that its instances have from the template.
pub(super) fn made_up<'p>(planned: &'p Planned, from: &UserDataFrom) -> impl Iterator<Item = &'p MadeUp> {
    let own = |(logical_id, _): &(&String, &LaunchPlan)| from.given(logical_id).is_none();
    let launches = planned.launches.iter().filter(own).flat_map(|(_, it)| &it.made_up);
    let all: Vec<_> = planned.made_up.iter().chain(launches).collect();
    all.into_iter()
}

/// What every instance is launched with, as far as it can be known.
pub(super) fn launches(planned: &Planned, from: &UserDataFrom) -> Launches {
    let given = |logical_id: &str| from.given(logical_id).map(Arc::clone);
    let own = |launch: &LaunchPlan| launch.user_data.as_ref().ok()?.as_deref().map(Arc::from);
    let with = |logical_id: &str, it: &LaunchPlan| LaunchedWith {
        user_data: given(logical_id).or_else(|| own(it)),
        unknown: given(logical_id).map_or_else(|| it.user_data.as_ref().err().cloned(), |_| None),
        role: it.role.clone(),
        address: it.address.clone(),
        metadata: it.metadata,
        particulars: it.particulars.clone(),
    };
    planned.launches.iter().map(|(logical_id, it)| (logical_id.clone(), with(logical_id, it))).collect()
}
