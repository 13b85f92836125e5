//! Who of a template could signal: what its advice is built on.

use crate::account::says;
use crate::init_metadata::{INIT, Item, items};
use crate::mention::mention;
use crate::model::Role;
use crate::report::SIGNS;
use crate::template::Planned;

/// A text of the template that signals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Senders {
    /// Whose user data signals.
    user_data: Vec<(String, Vec<u8>)>,
    /// The commands and files of `cfn-init` that do: where they are, and what they say.
    init: Vec<(String, String)>,
    /// By handle, the resources that have it in their properties and are no instances.
    given_to: Vec<(String, String)>,
    /// The handles' URLs.
    urls: Vec<(String, String)>,
}

impl Senders {
    /// Those of a template, and of what is `given` to run in place of its user data.
    pub(super) fn of<'g>(planned: &'g Planned, given: impl Fn(&str) -> Option<&'g [u8]>) -> Self {
        let mut senders = Self::default();
        for (id, launch) in &planned.launches {
            let user_data =
                given(id).or_else(|| launch.user_data.as_ref().ok()?.as_deref()).unwrap_or_default();
            if SIGNS.iter().any(|sign| says(user_data, sign)) {
                senders.user_data.push((id.clone(), user_data.to_vec()));
            }
        }
        for (owner, metadata) in &planned.init {
            for Item { config, section, name, value } in items(metadata, &["commands", "files"]) {
                let text = value.to_string();
                if SIGNS.iter().any(|sign| text.contains(sign)) {
                    let place = format!("{owner}'s Metadata.{INIT}.{config}.{section}.{name}");
                    senders.init.push((place, text));
                }
            }
        }
        let handles = planned.stack.resources.iter().filter(|it| it.role == Role::WaitConditionHandle);
        for handle in handles {
            senders.urls.push((handle.logical_id.clone(), handle.physical_id.clone()));
            let text = format!("<Ref {}>", handle.logical_id);
            let whole = mention(&handle.logical_id, &handle.physical_id);
            for other in &planned.stack.resources {
                let has = other.properties.values().any(|it| it.contains(&text) || it.contains(&whole));
                let waits = matches!(other.role, Role::WaitCondition(_));
                if has && !waits && !other.role.launches() {
                    let named = format!("{} ({})", other.logical_id, other.resource_type);
                    senders.given_to.push((handle.logical_id.clone(), named));
                }
            }
        }
        senders
    }

    /// Where metadata has the signal for a resource, or for the wait condition of a handle.
    pub(super) fn in_init(&self, logical_id: &str, handle: Option<&str>) -> Vec<String> {
        let wanted = handle.map_or(logical_id, |handle| self.url(handle));
        self.init.iter().filter(|(_, text)| text.contains(wanted)).map(|(place, _)| place.clone()).collect()
    }

    /// Whether any user data signals it, or could: one that signals may find out the name for itself.
    pub(super) fn in_user_data(&self, handle: Option<&str>) -> bool {
        match handle {
            Some(handle) => self.user_data.iter().any(|(_, text)| says(text, self.url(handle))),
            None => !self.user_data.is_empty(),
        }
    }

    /// The resources that a handle is given to.
    pub(super) fn given_to(&self, handle: &str) -> Vec<String> {
        let of = self.given_to.iter().filter(|(it, _)| it == handle);
        let mut names: Vec<_> = of.map(|(_, name)| name.clone()).collect();
        // A launch template has it for its instances.
        names.retain(|it| !it.ends_with("LaunchTemplate)") && !it.ends_with("LaunchConfiguration)"));
        names
    }

    fn url(&self, handle: &str) -> &str {
        self.urls.iter().find(|(id, _)| id == handle).map_or("", |(_, url)| url)
    }
}
