//! Who has what a wait condition is signalled by: the URL of its handle, or its name.

use super::windows::{launched_with, user_data_of};
use crate::mention::mention;
use crate::model::{Resource, Role, Wait};
use crate::run::user_data;
use crate::template::Planned;

/// A wait condition, and what it is signalled by.
pub(crate) struct Awaited {
    pub(crate) logical_id: String,
    pub(crate) by: String,
    /// `by` in words.
    pub(crate) what: String,
}

/// The wait conditions of a plan.
pub(crate) fn conditions(planned: &Planned) -> Vec<Awaited> {
    let resources = &planned.stack.resources;
    let condition = |it: &Resource| {
        let Role::WaitCondition(wait) = &it.role else { return None };
        let logical_id = it.logical_id.clone();
        let (by, what) = match wait {
            Wait::Handle { handle, .. } => {
                let url = resources.iter().find(|it| it.logical_id == *handle)?.physical_id.clone();
                (url, format!("the URL of its handle {handle}"))
            }
            Wait::Signals(_) => (logical_id.clone(), "its name".to_owned()),
        };
        Some(Awaited { logical_id, by, what })
    };
    resources.iter().filter_map(condition).collect()
}

/// They count as met.
pub(crate) fn meet(planned: &mut Planned, met: &[String]) {
    for resource in planned.stack.resources.iter_mut().filter(|it| met.contains(&it.logical_id)) {
        resource.role = Role::Other;
    }
}

/// Whether an instance's user data has what a condition is signalled by, or the metadata that its `cfn-init` may read.
/// `given` is what it runs in place of the template's.
pub(crate) fn tells(planned: &Planned, given: Option<&[u8]>, logical_id: &str, of: &Awaited) -> bool {
    let user_data = given.or_else(|| user_data_of(planned, logical_id));
    if user_data.is_some_and(|it| says(it, &of.by)) {
        return true;
    }
    // Of user data that cannot be known, what it is made of may have it.
    let unknown = given.is_none() && planned.launches.get(logical_id).is_some_and(|it| it.user_data.is_err());
    if unknown && launched_with(planned, logical_id).any(|text| mentions(planned, text, &of.by)) {
        return true;
    }
    planned.init.iter().any(|(owner, metadata)| {
        (owner == logical_id || user_data.is_some_and(|it| says(it, owner)))
            && says(metadata.to_string().as_bytes(), &of.by)
    })
}

/// Whether a property, as it is compared, has this text or the handle whose URL it is.
pub(super) fn mentions(planned: &Planned, text: &str, wanted: &str) -> bool {
    let handle = planned.stack.resources.iter().find(|it| it.physical_id == wanted);
    let mentioned = |it: &Resource| {
        text.contains(&format!("<Ref {}>", it.logical_id)) || text.contains(&mention(&it.logical_id, wanted))
    };
    text.contains(wanted) || handle.is_some_and(mentioned)
}

/// Whether user data has this text, in any of its parts.
pub(crate) fn says(user_data: &[u8], wanted: &str) -> bool {
    let has = |text: &[u8]| text.windows(wanted.len().max(1)).any(|window| window == wanted.as_bytes());
    has(user_data) || user_data::read(user_data).is_ok_and(|it| it.mentions(wanted))
}

#[cfg(test)]
mod tests;
