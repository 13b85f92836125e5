//! What a signal is for.

use std::fmt;

use cfn_signal_command_line::{Options, conceal_secrets};
use cfn_signal_core::delivery::{Signal, Target, describe};
use cfn_signal_core::secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a signal is for: one is armed for each, and the journal tells them apart by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Names {
    pub stack: Option<String>,
    pub resource: Option<String>,
    /// As it is typed; none is this instance's own.
    pub id: Option<String>,
    /// Of a wait condition.
    pub handle: Option<Handle>,
}

/// A handle, without its URL, which is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Handle {
    /// SHA-256 of the URL, in hexadecimal digits: it tells one from another, and does not lead back to any.
    digest: String,
    /// For people.
    shown: String,
}

impl Handle {
    /// Of what is a URL, or holds one in base64.
    pub(in crate::cli) fn of(handle: &Secret) -> Option<Self> {
        let url = describe::wait_handle(handle).ok()?;
        let digest = Sha256::digest(url.expose().as_bytes());
        let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { digest, shown: conceal_secrets(url.expose()) })
    }
}

impl Names {
    /// What `options` name.
    pub(in crate::cli) fn typed(options: &Options) -> Self {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Self {
            stack: filled(&options.stack),
            resource: filled(&options.resource),
            id: filled(&options.id),
            handle: options.handle.as_ref().and_then(Handle::of),
        }
    }

    /// Whether whoever names `other` means this: what is not named is not looked at.
    pub(in crate::cli) fn is_meant_by(&self, other: &Self) -> bool {
        let stack = other.stack.as_deref().is_none_or(|stack| is_stack(self.stack.as_deref(), stack));
        stack
            && is(&self.resource, &other.resource)
            && is(&self.id, &other.id)
            && is(&self.handle, &other.handle)
    }

    /// Whether a signal to `target`, sent as `options` say, is the one that this waits for.
    pub(in crate::cli) fn is_met_by(&self, options: &Options, signal: &Signal, target: &Target) -> bool {
        let typed = options.id.as_deref().filter(|id| !id.is_empty());
        let is_same = self.id.as_deref() == typed || self.id.as_deref() == Some(signal.unique_id.as_str());
        match target {
            Target::WaitHandle(handle) => {
                is_same && self.handle.is_some() && Handle::of(handle) == self.handle
            }
            Target::Resource(resource) if self.handle.is_none() => {
                let same_stack = self.stack.as_deref().map(|it| is_stack(Some(it), &resource.stack));
                let same_resource = self.resource.as_deref().map(|it| it == resource.logical_id);
                // What the tags did not tell is what they tell by now.
                is_same && same_stack.unwrap_or(options.discover) && same_resource.unwrap_or(options.discover)
            }
            _ => false,
        }
    }
}

/// Whether two mean one stack, by its name or its ARN.
fn is_stack(one: Option<&str>, other: &str) -> bool {
    let Some(one) = one else { return false };
    let name = |text: &str| {
        let after = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":stack/"));
        after.map_or(text, |(_, path)| path.split('/').next().unwrap_or_default()).to_owned()
    };
    // Two ARNs are of two stacks where they differ, whatever their names.
    let both = one.starts_with("arn:") && other.starts_with("arn:");
    one == other || (!both && name(one) == name(other))
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.handle, &self.stack, &self.resource) {
            (Some(handle), ..) => f.write_str(&handle.shown)?,
            (None, Some(stack), Some(resource)) => write!(f, "{resource} of {stack}")?,
            _ => f.write_str("what the instance's tags name")?,
        }
        match &self.id {
            Some(id) => write!(f, " as {id}"),
            None => Ok(()),
        }
    }
}

fn is<T: PartialEq>(own: &Option<T>, theirs: &Option<T>) -> bool {
    theirs.is_none() || own == theirs
}

#[cfg(test)]
mod tests;
