//! What only somebody else could signal: instances whose user data is for Windows, and wait conditions whose handle nobody
//! has that runs here. They count as created.

use super::{Options, SetupError};
use crate::account::{conditions, counts_as_met, is_for_windows, left_to_windows, meet, tells};
use crate::model::{Role, UpdatePolicy};
use crate::template::{Planned, leave_out};

/// What is somebody else's to do.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// What is to be said of it, a line each.
    pub(super) told: Vec<String>,
    /// The instances whose user data is for Windows.
    pub(super) windows: Vec<String>,
}

/// Leaves out of a plan what nothing that runs here could signal. The user data of whatever runs here has to be known.
pub(super) fn leave_to_others(planned: &mut Planned, options: &Options) -> Result<Others, SetupError> {
    let running: Vec<String> = planned
        .stack
        .launching()
        .map(|it| it.logical_id.clone())
        .filter(|id| options.resources.is_empty() || options.resources.contains(id))
        .collect();
    // What was given in place of a template's user data is not looked for Windows in.
    let windows: Vec<String> = running
        .iter()
        .filter(|id| options.given_for(id).is_none() && is_for_windows(planned, id))
        .cloned()
        .collect();
    let here: Vec<String> = running.iter().filter(|id| !windows.contains(id)).cloned().collect();
    let known = !super::principal::waits_for_nested(planned, options);
    planned
        .check_user_data(|id| known && here.iter().any(|it| it == id) && options.given_for(id).is_none())?;
    let mut told = Vec::new();
    let mut idle = Vec::new();
    for resource in planned.stack.resources.iter_mut().filter(|it| windows.contains(&it.logical_id)) {
        let waited = leave_out(&mut resource.role);
        if waited { &mut told } else { &mut idle }.push(left_to_windows(&resource.logical_id, waited));
    }
    if !options.resources.is_empty() || !windows.is_empty() {
        told.extend(left_to(planned, options, &running, &here, &windows));
    }
    // A stack below may have who signals.
    let none_waits = !planned.stack.resources.iter().any(|it| waits(&it.role));
    let rest = here.is_empty() && none_waits && known;
    if !windows.is_empty() && rest && !told.is_empty() {
        return Err(SetupError::OnlyWindows { instances: windows.join(", ") });
    }
    told.extend(idle);
    Ok(Others { told, windows })
}

/// The wait conditions that count as met: those whose handle somebody else has, and nobody `here`.
fn left_to(
    planned: &mut Planned,
    options: &Options,
    running: &[String],
    here: &[String],
    windows: &[String],
) -> Vec<String> {
    let mut met = Vec::new();
    let mut told = Vec::new();
    for condition in conditions(planned) {
        let tells = |id: &str| tells(planned, options.given_for(id), id, &condition);
        if here.iter().any(|id| tells(id)) {
            continue;
        }
        let everybody = planned.stack.launching().map(|it| it.logical_id.as_str());
        let others: Vec<_> =
            everybody.filter(|id| !here.iter().any(|it| it == id) && tells(id)).map(str::to_owned).collect();
        // Where everything runs here, a condition that nobody has heard of is a mistake worth its timeout.
        let all_run = running.len() == planned.stack.launching().count();
        if all_run && !others.iter().any(|it| windows.contains(it)) {
            continue;
        }
        told.push(counts_as_met(&condition.logical_id, &others, &condition));
        met.push(condition.logical_id);
    }
    meet(planned, &met);
    told
}

fn waits(role: &Role) -> bool {
    match role {
        Role::Instance { creation_policy } => creation_policy.is_some(),
        Role::Group(group) => {
            group.creation_policy.is_some()
                || matches!(&group.update_policy, UpdatePolicy::Rolling(it) if it.wait_on_resource_signals)
        }
        Role::WaitCondition(_) => true,
        Role::WaitConditionHandle | Role::Other => false,
    }
}
