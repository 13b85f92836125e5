//! What is to be said of a template before anything of it happens.

use std::collections::BTreeMap;

use super::Options;
use crate::account::says;
use crate::model::{Role, Wait};
use crate::template::Planned;

/// Versions of a launch template that stand for whichever is there.
const FLOATING: [&str; 2] = ["\"$Latest\"", "\"$Default\""];

/// What is taken otherwise than it reads, what waits for nobody, and what `cfn-init` does not do.
pub(super) fn of(planned: &Planned, options: &Options) -> Vec<String> {
    let resources = planned.stack.resources.iter();
    let none = resources.filter(|it| waits_for_none(&it.role));
    let mut told: Vec<_> = planned.notes.iter().map(ToString::to_string).collect();
    told.extend(none.map(|it| {
        format!("{}: its Count is 0, so it is complete at once, and nobody is waited for", it.logical_id)
    }));
    if options.runs && !options.runs_init {
        told.extend(planned.init.keys().filter(|owner| is_read(planned, owner)).map(|owner| {
            let remedy = if options.real_names {
                "the image has a cfn-init of its own"
            } else {
                "this machine has a cfn-init of its own: --init run runs its commands"
            };
            format!("{owner}: its metadata for cfn-init is not worked through, unless {remedy}")
        }));
    }
    told
}

fn waits_for_none(role: &Role) -> bool {
    match role {
        Role::Instance { creation_policy } => creation_policy.is_some_and(|it| it.count == 0),
        Role::Group(group) => group.creation_policy.is_some_and(|it| it.signal.count == 0),
        Role::WaitCondition(Wait::Handle { count, .. }) => *count == 0,
        Role::WaitCondition(Wait::Signals(policy)) => policy.count == 0,
        Role::WaitConditionHandle | Role::Other => false,
    }
}

/// Whether any instance's `cfn-init` reads the metadata of this resource.
fn is_read(planned: &Planned, owner: &str) -> bool {
    planned.launches.values().any(|launch| {
        let user_data = launch.user_data.as_ref().ok().and_then(Option::as_deref).unwrap_or_default();
        says(user_data, "cfn-init") && says(user_data, owner)
    })
}

/// What the groups of a template launch.
pub(super) struct Launched(BTreeMap<String, (String, Option<Vec<u8>>)>);

impl Launched {
    pub(super) fn of(planned: &Planned) -> Self {
        let groups = planned.stack.resources.iter().filter_map(|it| match &it.role {
            Role::Group(group) => Some((&it.logical_id, &group.launch)),
            _ => None,
        });
        let user_data = |id: &String| planned.launches.get(id)?.user_data.as_ref().ok()?.clone();
        Self(groups.map(|(id, launch)| (id.clone(), (launch.clone(), user_data(id)))).collect())
    }
}

/// Groups whose instances would be launched with other user data, and that nothing tells so: their version of the launch
/// template is whichever is there, before the update and after it.
pub(super) fn of_update(before: &Launched, planned: &Planned) -> Vec<String> {
    let after = Launched::of(planned);
    let floats = |id: &str| {
        let own = planned.stack.resources.iter().find(|it| it.logical_id == id);
        own.into_iter().flat_map(|it| &it.properties).any(|(name, text)| {
            matches!(name.as_str(), "LaunchTemplate" | "MixedInstancesPolicy")
                && FLOATING.iter().any(|version| text.contains(version))
        })
    };
    let stale = after.0.iter().filter(|(id, (launch, user_data))| {
        before.0.get(*id).is_some_and(|(earlier, data)| earlier == launch && data != user_data) && floats(id)
    });
    stale
        .map(|(id, _)| {
            format!(
                "{id}: its launch template has other user data, and the group names its version by $Latest or $Default, which \
                 is no change of the group: instances that run keep what they have. !GetAtt TEMPLATE.LatestVersionNumber \
                 would replace them"
            )
        })
        .collect()
}
