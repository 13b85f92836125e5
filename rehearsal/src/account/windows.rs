//! Instances whose user data is for Windows: nothing here could run it, so where user data runs they count as created.

use super::{Account, Deployed, UserDataFrom};
use crate::run::{NotRun, user_data};
use crate::template::{PATH, Planned, leave_out};

/// Images that Amazon makes of Windows are stored under this name.
const WINDOWS_IMAGES: &str = "ami-windows";

/// An instance that is left to Windows, and whether it had a policy.
struct Left {
    logical_id: String,
    waited: bool,
}

impl Account {
    /// Leaves out of a plan the policies of those whose own user data is for Windows; which they are.
    fn left(&self, planned: &mut Planned, from: &UserDataFrom) -> Vec<Left> {
        if !self.leaves_windows {
            return Vec::new();
        }
        let launching = planned.stack.launching().map(|it| it.logical_id.clone());
        let windows: Vec<String> =
            launching.filter(|id| from.given(id).is_none() && is_for_windows(planned, id)).collect();
        let all = planned.stack.resources.iter_mut().filter(|it| windows.contains(&it.logical_id));
        all.map(|it| Left { logical_id: it.logical_id.clone(), waited: leave_out(&mut it.role) }).collect()
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
        let told = |Left { logical_id, waited }: Left| {
            self.note(parent, left_to_windows(&format!("{path}{PATH}{logical_id}"), waited));
            logical_id
        };
        self.left(planned, from).into_iter().map(told).collect()
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

/// The user data that a resource has from the template.
pub(crate) fn user_data_of<'p>(planned: &'p Planned, logical_id: &str) -> Option<&'p [u8]> {
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
