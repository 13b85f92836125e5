//! One resource of several is rehearsed: what becomes of the others.

use super::{Options, SetupError};
use crate::model::{Role, Stack, UpdatePolicy};

/// Whether there is what was chosen, and whether it runs anything.
pub(super) fn check(plan: &Stack, options: &Options) -> Result<(), SetupError> {
    let Some(chosen) = &options.resource else { return Ok(()) };
    let template = options.template.as_ref().map(|it| it.display().to_string()).unwrap_or_default();
    let launching: Vec<_> =
        plan.resources.iter().filter(|it| launches(&it.role)).map(|it| it.logical_id.as_str()).collect();
    let known = match launching.as_slice() {
        [] => "the template has no instance".to_owned(),
        [one] => format!("the template's instance is {one}"),
        many => format!("the template's instances are {}", many.join(", ")),
    };
    match plan.resources.iter().find(|it| it.logical_id == *chosen) {
        None => Err(SetupError::UnknownResource { template, logical_id: chosen.clone(), known }),
        Some(it) if !launches(&it.role) => Err(SetupError::NotAnInstance {
            template,
            logical_id: chosen.clone(),
            resource_type: it.resource_type.clone(),
            known,
        }),
        Some(_) => Ok(()),
    }
}

/// Drops the policies of the instances and groups that were not chosen: nothing would ever signal them. Gives their
/// logical ids.
pub(super) fn leave_out(plan: &mut Stack, chosen: Option<&str>) -> Vec<String> {
    let Some(chosen) = chosen else { return Vec::new() };
    let mut left_out = Vec::new();
    for resource in plan.resources.iter_mut().filter(|it| it.logical_id != chosen) {
        let waited = match &mut resource.role {
            Role::Instance { creation_policy } => creation_policy.take().is_some(),
            Role::Group(group) => {
                let created = group.creation_policy.take().is_some();
                let updated = match &mut group.update_policy {
                    UpdatePolicy::Rolling(rolling) => std::mem::take(&mut rolling.wait_on_resource_signals),
                    UpdatePolicy::None | UpdatePolicy::Replacing => false,
                };
                created || updated
            }
            _ => false,
        };
        if waited {
            left_out.push(resource.logical_id.clone());
        }
    }
    left_out
}

const fn launches(role: &Role) -> bool {
    matches!(role, Role::Instance { .. } | Role::Group(_))
}
