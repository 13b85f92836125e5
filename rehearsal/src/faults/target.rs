//! Whom a fault meets.

use std::fmt;

/// Actions of the API that a rule may name.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html>
pub const ACTIONS: &[&str] = &[
    "CancelUpdateStack",
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteChangeSet",
    "DeleteStack",
    "DescribeChangeSet",
    "DescribeEvents",
    "DescribeStackEvents",
    "DescribeStackResource",
    "DescribeStackResources",
    "DescribeStacks",
    "ExecuteChangeSet",
    "GetStackPolicy",
    "GetTemplate",
    "GetTemplateSummary",
    "ListChangeSets",
    "ListExports",
    "ListImports",
    "ListStackResources",
    "ListStacks",
    "RollbackStack",
    "SetStackPolicy",
    "SignalResource",
    "UpdateStack",
    "UpdateTerminationProtection",
    "ValidateTemplate",
];

/// The requests that a rule selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// `*`: all that its fault can meet.
    #[default]
    Any,
    /// `api`: every action.
    Api,
    /// An action by its name, one of [`ACTIONS`].
    Action(&'static str),
    /// `handle`: what is put to a wait condition handle's URL.
    Handle,
    /// `imds`: an instance's metadata.
    Imds,
}

impl Target {
    /// The words that are no action's.
    pub(super) const WORDS: [(&'static str, Self); 4] =
        [("*", Self::Any), ("api", Self::Api), ("handle", Self::Handle), ("imds", Self::Imds)];

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, target)| *target)
            .or_else(|| ACTIONS.iter().find(|action| **action == text).map(|action| Self::Action(action)))
    }

    /// Whether it is about requests to `service`.
    #[must_use]
    pub fn selects(self, service: Service<'_>) -> bool {
        match (self, service) {
            (Self::Any, _)
            | (Self::Api, Service::Api { .. })
            | (Self::Handle, Service::Handle)
            | (Self::Imds, Service::Imds { .. }) => true,
            (Self::Action(name), Service::Api { action }) => name == action,
            _ => false,
        }
    }

    /// Whether it selects whatever `other` selects.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self == other || self == Self::Any || (self == Self::Api && matches!(other, Self::Action(_)))
    }

    /// Whether it may select requests to a service such as `service`, whatever the action.
    pub(super) fn can_select(self, service: Service<'static>) -> bool {
        match self {
            Self::Action(_) => matches!(service, Service::Api { .. }),
            other => other.selects(service),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "*",
            Self::Api => "api",
            Self::Action(name) => name,
            Self::Handle => "handle",
            Self::Imds => "imds",
        })
    }
}

/// What a request is made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service<'a> {
    /// An action of the API.
    Api {
        /// Its name; empty where the request names none.
        action: &'a str,
    },
    /// A wait condition handle.
    Handle,
    /// An instance's metadata.
    Imds {
        /// Whether a session token is asked for.
        token: bool,
    },
    /// Nothing yet: a connection that is about to be accepted.
    Connection,
}

/// How a request says whom it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Not at all, or unreadably.
    Unknown,
    /// With an instance's identity document (`CFN_V1`).
    Instance,
    /// With an access key.
    AccessKey {
        /// Its id.
        id: &'a str,
        /// Whether it is a temporary one.
        temporary: bool,
    },
}

/// A request, as far as faults are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encounter<'a> {
    /// What it is made to.
    pub service: Service<'a>,
    /// Whom it says that it is from.
    pub caller: Caller<'a>,
    /// Whose requests are counted together: an instance's, a unique id's, an access key's, or a handle's.
    pub client: &'a str,
}
