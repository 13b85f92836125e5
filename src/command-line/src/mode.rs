//! Wait condition or resource: the original's rules, in its order and its words.

use cfn_signal_core::secret::Secret;

use super::options::Options;

/// What is signalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A wait condition, by its handle's URL.
    WaitHandle(Secret),
    /// A resource; what is missing is looked for in the instance's tags.
    Resource { stack: Option<String>, logical_id: Option<String> },
}

/// Why nothing is signalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The line to print.
    Line(String),
    /// The line to print before the help.
    WithHelp(&'static str),
}

/// Decides.
pub(super) fn decide(options: &Options) -> Result<Mode, Refused> {
    match (&options.handle, &options.resource) {
        (Some(_), Some(_)) => Err(Refused::Line(
            "Error: Cannot specify both a WaitConditionHandle URL and a logical resource id".to_owned(),
        )),
        (Some(handle), None) => Ok(Mode::WaitHandle(handle.clone())),
        (None, None) if !options.discover => {
            Err(Refused::WithHelp("Error: No WaitConditionHandle URL or logical resource id specified"))
        }
        (None, Some(_)) if options.stack.is_none() && !options.discover => {
            Err(Refused::WithHelp("Error: You must specify a stack name when signaling a resource"))
        }
        (None, Some(resource)) if resource.is_empty() => Err(Refused::Line(
            "Error: the logical resource id is empty: check the variable that --resource is given".to_owned(),
        )),
        (None, resource) => Ok(Mode::Resource { stack: options.stack.clone(), logical_id: resource.clone() }),
    }
}
