//! What is armed, as it is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use cfn_signal_command_line::{Options, conceal_secrets};
use cfn_signal_core::delivery::{Signal, Target, describe};
use cfn_signal_core::secret::Secret;
use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::moment;

/// What a signal is for: one is armed for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub stack: Option<String>,
    pub resource: Option<String>,
    /// As it is typed; none is this instance's own.
    pub id: Option<String>,
    /// A handle's URL, which is a secret.
    pub handle: Option<String>,
}

/// What is armed. It holds secrets, and is nobody else's to read.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub names: Names,
    /// When it is due, in milliseconds of [`moment::now`].
    pub due: u64,
    /// How long that was, in words.
    pub after: String,
    /// What was typed.
    pub arguments: Vec<String>,
    /// What of the environment makes a difference to a signal.
    pub environment: BTreeMap<String, String>,
    /// Where it was typed.
    pub folder: PathBuf,
    /// The exit code of the signal, once it was sent.
    pub fired: Option<u8>,
}

impl Names {
    /// What `options` name.
    pub(super) fn typed(options: &Options) -> Self {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let handle = options.handle.as_ref().and_then(|handle| describe::wait_handle(handle).ok());
        Self {
            stack: filled(&options.stack),
            resource: filled(&options.resource),
            id: filled(&options.id),
            handle: handle.map(|url| url.expose().to_owned()),
        }
    }

    /// Whether whoever names `other` means this: what is not named is not looked at.
    pub(super) fn is_meant_by(&self, other: &Self) -> bool {
        let is = |own: &Option<String>, theirs: &Option<String>| theirs.is_none() || own == theirs;
        let stack = other.stack.as_deref().is_none_or(|stack| is_stack(self.stack.as_deref(), stack));
        stack
            && is(&self.resource, &other.resource)
            && is(&self.id, &other.id)
            && is(&self.handle, &other.handle)
    }

    /// Whether a signal to `target`, sent as `options` say, is the one that this waits for.
    pub(super) fn is_met_by(&self, options: &Options, signal: &Signal, target: &Target) -> bool {
        let typed = options.id.as_deref().filter(|id| !id.is_empty());
        let is_same = self.id.as_deref() == typed || self.id.as_deref() == Some(signal.unique_id.as_str());
        match target {
            Target::WaitHandle(handle) => {
                let url = describe::wait_handle(handle).ok();
                is_same && self.handle.is_some() && url.as_ref().map(Secret::expose) == self.handle.as_deref()
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
            (Some(handle), ..) => f.write_str(&conceal_secrets(handle))?,
            (None, Some(stack), Some(resource)) => write!(f, "{resource} of {stack}")?,
            _ => f.write_str("what the instance's tags name")?,
        }
        match &self.id {
            Some(id) => write!(f, " as {id}"),
            None => Ok(()),
        }
    }
}

impl Record {
    pub(super) fn new(names: Names, arguments: &Arguments) -> Self {
        let due = moment::now().saturating_add(arguments.deadline);
        Self {
            names,
            due: u64::try_from(due.as_millis()).unwrap_or(u64::MAX),
            after: humantime::format_duration(arguments.deadline).to_string(),
            arguments: std::env::args_os().skip(2).map(|word| word.to_string_lossy().into_owned()).collect(),
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, _)| matters(name))
                .collect(),
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            fired: None,
        }
    }

    /// How long there is yet.
    pub(super) fn left(&self) -> Duration {
        Duration::from_millis(self.due).saturating_sub(moment::now())
    }

    /// What it came to, without what was needed for it.
    pub(super) fn over(self, fired: u8) -> Self {
        Self { arguments: Vec::new(), environment: BTreeMap::new(), fired: Some(fired), ..self }
    }
}

/// Whether a signal may depend on the variable `name`.
fn matters(name: &str) -> bool {
    const OTHERS: [&str; 13] = [
        "HOME",
        "USERPROFILE",
        "PATH",
        "SYSTEMROOT",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "CA_OVERRIDE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NO_PROXY",
        "no_proxy",
        "REQUEST_METHOD",
        "CFN_SIGNAL_STATE_DIR",
    ];
    name.starts_with("AWS_") || name.to_ascii_uppercase().ends_with("_PROXY") || OTHERS.contains(&name)
}

#[cfg(test)]
mod tests;
