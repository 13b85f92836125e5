//! Instances whose user data is for Windows: nothing here could run it, so where user data runs they count as created.

mod above;

use super::hearsay::{Awaited, conditions, meet, tells};
use super::{Account, Deployed, UserDataFrom};
use crate::run::{NotRun, user_data};
use crate::template::{PATH, Planned, leave_out};

/// Images that Amazon makes of Windows are stored under this name.
const WINDOWS_IMAGES: &str = "ami-windows";

/// What is left to Windows.
#[derive(Default)]
struct Left {
    /// Instances, and whether they had a policy.
    instances: Vec<(String, bool)>,
    /// Wait conditions that only those could signal, and which of them.
    conditions: Vec<(Awaited, Vec<String>)>,
}

impl Account {
    /// Leaves out of a plan the policies of those whose own user data is for Windows, and the wait conditions that nobody
    /// else signals; which they are.
    fn left(&self, planned: &mut Planned, from: &UserDataFrom) -> Left {
        if !self.leaves_windows {
            return Left::default();
        }
        let launching: Vec<_> = planned.stack.launching().map(|it| it.logical_id.clone()).collect();
        let (windows, here): (Vec<_>, Vec<_>) =
            launching.into_iter().partition(|id| from.given(id).is_none() && is_for_windows(planned, id));
        let mut left = Left::default();
        for condition in conditions(planned) {
            let tell = |id: &&String| tells(planned, from.given(id).map(|it| &**it), id, &condition);
            let by: Vec<_> = windows.iter().filter(tell).cloned().collect();
            if !by.is_empty() && !here.iter().any(|id| tell(&id)) {
                left.conditions.push((condition, by));
            }
        }
        let met: Vec<_> = left.conditions.iter().map(|(it, _)| it.logical_id.clone()).collect();
        meet(planned, &met);
        let all = planned.stack.resources.iter_mut().filter(|it| windows.contains(&it.logical_id));
        left.instances = all.map(|it| (it.logical_id.clone(), leave_out(&mut it.role))).collect();
        left
    }

    /// Leaves them out once more of what was planned anew.
    pub(super) fn leave_windows(&self, planned: &mut Planned, from: &UserDataFrom) {
        self.left(planned, from);
    }

    /// The same of the stack that a resource of `parent` is to be, and it is said.
    pub(super) fn leave_windows_below(
        &self,
        parent: &Deployed,
        logical_id: &str,
        planned: &mut Planned,
        from: &UserDataFrom,
    ) -> Vec<String> {
        let path = parent.below(logical_id);
        let below = |logical_id: &str| format!("{path}{PATH}{logical_id}");
        let left = self.left(planned, from);
        for (id, waited) in &left.instances {
            self.note(parent, left_to_windows(&below(id), *waited));
        }
        for (condition, by) in &left.conditions {
            let by: Vec<_> = by.iter().map(|id| below(id)).collect();
            self.note(parent, counts_as_met(&below(&condition.logical_id), &by, condition));
        }
        left.instances.into_iter().map(|(id, _)| id).collect()
    }
}

impl Deployed {
    /// Whether the user data of a resource's instances is left to Windows.
    pub(crate) fn leaves(&self, logical_id: &str) -> bool {
        self.watcher.versions().current.windows.iter().any(|it| it == logical_id)
    }
}

/// What is said of one, by its id or path.
pub(crate) fn left_to_windows(name: &str, waited: bool) -> String {
    let left = if waited { ": its policies are left out, and it counts as created" } else { "" };
    format!("{name}: its user data is for Windows, and that is not run here{left}")
}

/// What is said of a wait condition, by its id or path, whose signals only `others` could send.
pub(crate) fn counts_as_met(name: &str, others: &[String], condition: &Awaited) -> String {
    let by = match others {
        [] => "nothing that runs here".to_owned(),
        others => format!("{}, and nothing that runs here,", others.join(", ")),
    };
    format!("{name}: {by} has {}, so it counts as met", condition.what)
}

/// The user data that a resource has from the template.
pub(super) fn user_data_of<'p>(planned: &'p Planned, logical_id: &str) -> Option<&'p [u8]> {
    planned.launches.get(logical_id)?.user_data.as_ref().ok()?.as_deref()
}

/// Whether it is Windows that runs the user data: what it begins with says so, or else the image's name. Of user data that
/// cannot be known the beginning may be.
pub(crate) fn is_for_windows(planned: &Planned, logical_id: &str) -> bool {
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
pub(super) fn launched_with<'p>(planned: &'p Planned, logical_id: &str) -> impl Iterator<Item = &'p String> {
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
