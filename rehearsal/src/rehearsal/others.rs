//! What only somebody else could signal: instances whose user data is for Windows, and wait conditions whose handle nobody
//! has that runs here. They count as created.

use super::{Options, SetupError};
use crate::model::{Role, UpdatePolicy, Wait};
use crate::run::{NotRun, user_data};
use crate::template::{Planned, leave_out};

/// Images that Amazon makes of Windows are stored under this name.
const WINDOWS_IMAGES: &str = "ami-windows";

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
        .filter(|id| options.given_for(id).is_none() && is_windows(planned, id))
        .cloned()
        .collect();
    let here: Vec<String> = running.iter().filter(|id| !windows.contains(id)).cloned().collect();
    let known = !super::principal::waits_for_nested(planned, options);
    planned
        .check_user_data(|id| known && here.iter().any(|it| it == id) && options.given_for(id).is_none())?;
    let mut told = Vec::new();
    let mut idle = Vec::new();
    for resource in planned.stack.resources.iter_mut().filter(|it| windows.contains(&it.logical_id)) {
        let said = format!("{}: its user data is for Windows, and that is not run here", resource.logical_id);
        if leave_out(&mut resource.role) {
            told.push(format!("{said}: its policies are left out, and it counts as created"));
        } else {
            idle.push(said);
        }
    }
    if !options.resources.is_empty() || !windows.is_empty() {
        told.extend(meet(planned, options, &running, &here, &windows));
    }
    let rest = here.is_empty() && !planned.stack.resources.iter().any(|it| waits(&it.role));
    if !windows.is_empty() && rest && !told.is_empty() {
        return Err(SetupError::OnlyWindows { instances: windows.join(", ") });
    }
    told.extend(idle);
    Ok(Others { told, windows })
}

/// The wait conditions that count as met: those whose handle somebody else has, and nobody `here`.
fn meet(
    planned: &mut Planned,
    options: &Options,
    running: &[String],
    here: &[String],
    windows: &[String],
) -> Vec<String> {
    let mut met = Vec::new();
    for resource in &planned.stack.resources {
        let Role::WaitCondition(wait) = &resource.role else { continue };
        let (wanted, what) = match wait {
            Wait::Handle { handle, .. } => {
                let url = planned.stack.resources.iter().find(|it| it.logical_id == *handle);
                let Some(url) = url.map(|it| it.physical_id.clone()) else { continue };
                (url, format!("the URL of its handle {handle}"))
            }
            Wait::Signals(_) => (resource.logical_id.clone(), "its name".to_owned()),
        };
        if here.iter().any(|id| tells(planned, options, id, &wanted)) {
            continue;
        }
        let everybody = planned.stack.launching().map(|it| it.logical_id.as_str());
        let others: Vec<_> = everybody
            .filter(|id| !here.iter().any(|it| it == id) && tells(planned, options, id, &wanted))
            .map(str::to_owned)
            .collect();
        // Where everything runs here, a condition that nobody has heard of is a mistake worth its timeout.
        let all_run = running.len() == planned.stack.launching().count();
        if all_run && !others.iter().any(|it| windows.contains(it)) {
            continue;
        }
        let by = match others.as_slice() {
            [] => "nothing that runs here".to_owned(),
            others => format!("{}, and nothing that runs here,", others.join(", ")),
        };
        met.push((resource.logical_id.clone(), format!("{by} has {what}, so it counts as met")));
    }
    for resource in &mut planned.stack.resources {
        if met.iter().any(|(id, _)| *id == resource.logical_id) {
            resource.role = Role::Other;
        }
    }
    met.into_iter().map(|(id, why)| format!("{id}: {why}")).collect()
}

/// Whether an instance's user data has this text, or the metadata that its `cfn-init` may read.
fn tells(planned: &Planned, options: &Options, logical_id: &str, wanted: &str) -> bool {
    let user_data = options.given_for(logical_id).or_else(|| user_data_of(planned, logical_id));
    if user_data.is_some_and(|it| says(it, wanted)) {
        return true;
    }
    planned.init.iter().any(|(owner, metadata)| {
        (owner == logical_id || user_data.is_some_and(|it| says(it, owner)))
            && says(metadata.to_string().as_bytes(), wanted)
    })
}

/// Whether user data has this text, in any of its parts.
pub(crate) fn says(user_data: &[u8], wanted: &str) -> bool {
    let has = |text: &[u8]| text.windows(wanted.len().max(1)).any(|window| window == wanted.as_bytes());
    has(user_data) || user_data::read(user_data).is_ok_and(|it| it.mentions(wanted))
}

fn user_data_of<'p>(planned: &'p Planned, logical_id: &str) -> Option<&'p [u8]> {
    planned.launches.get(logical_id)?.user_data.as_ref().ok()?.as_deref()
}

/// Whether it is Windows that runs the user data: what it begins with says so, or else the image's name. Of user data that
/// cannot be known the beginning may be.
fn is_windows(planned: &Planned, logical_id: &str) -> bool {
    if planned.launches.get(logical_id).is_some_and(|it| it.user_data.is_err()) {
        let tags = ["<powershell>", "<script>", WINDOWS_IMAGES];
        return launched_with(planned, logical_id).any(|text| tags.iter().any(|tag| text.contains(tag)));
    }
    let user_data = user_data_of(planned, logical_id).unwrap_or_default();
    match user_data::read(user_data) {
        Err((NotRun::Windows, _)) => true,
        Err((NotRun::Missing | NotRun::NoShebang, _)) => is_windows_image(planned, logical_id),
        Ok(_) | Err(_) => false,
    }
}

fn is_windows_image(planned: &Planned, logical_id: &str) -> bool {
    launched_with(planned, logical_id).any(|text| text.contains(WINDOWS_IMAGES))
}

/// The properties that say what an instance, or a group's, is launched with, as they are compared.
fn launched_with<'p>(planned: &'p Planned, logical_id: &str) -> impl Iterator<Item = &'p String> {
    let resources = &planned.stack.resources;
    let own = resources.iter().find(|it| it.logical_id == logical_id);
    let from = resources.iter().filter(move |it| {
        let is_template = matches!(
            it.resource_type.as_str(),
            "AWS::EC2::LaunchTemplate" | "AWS::AutoScaling::LaunchConfiguration"
        );
        is_template && own.is_some_and(|own| own.dependencies.contains(&it.logical_id))
    });
    let names = ["ImageId", "LaunchTemplateData", "UserData"];
    let told = move |(name, text): (&'p String, &'p String)| names.contains(&name.as_str()).then_some(text);
    own.into_iter().chain(from).flat_map(move |it| it.properties.iter().filter_map(told))
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

#[cfg(test)]
mod tests;
