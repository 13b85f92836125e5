//! What a client gets in place of what it asked for.

use std::fmt;
use std::time::Duration;

use super::definitions::{DEFINITIONS, Definition};
use super::span::written;
use super::target::{Caller, Encounter, Service};
use crate::moment::spoken;

/// How slow metadata is that is only called slow: more than any client waits for it.
const SLOW_METADATA: Duration = Duration::from_secs(5);

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `Throttling`, or `SlowDown`.
    Throttling,
    /// Status 500.
    InternalFailure,
    /// Status 503.
    ServiceUnavailable,
    /// An answer so much later.
    Slow(Duration),
    /// No answer, and nothing done.
    Reset,
    /// No answer, and everything done.
    Lost,
    /// Nobody listens for so long.
    Refused(Duration),
    /// IAM does not know the access key yet.
    Unpropagated,
    /// IAM's policies do not allow it.
    Denied,
    /// The stack does not know its instance yet.
    NotMember,
    /// The service's clock minus the machine's, in milliseconds.
    Skew(i64),
    /// Temporary credentials expire early.
    ExpiredToken,
    /// Instance metadata as it is not everywhere.
    Imds(ImdsMode),
    /// A wait condition handle's URL has expired.
    ExpiredHandle,
}

/// How instance metadata is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImdsMode {
    /// Not at all.
    Off,
    /// Without tokens.
    V1,
    /// Behind one hop too many: the answer to a request for a token does not arrive.
    HopLimited,
    /// Slower than its clients wait.
    Slow,
}

/// Where a fault takes hold: of each place, one fault meets a request, the first that comes true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connection,
    Delay,
    Clock,
    Answer,
    Metadata,
    Afterwards,
}

impl ImdsMode {
    pub(super) const ALL: [(&'static str, Self); 4] =
        [("off", Self::Off), ("v1", Self::V1), ("hop-limited", Self::HopLimited), ("slow", Self::Slow)];
}

impl Fault {
    /// As rules name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Throttling => "throttling",
            Self::InternalFailure => "500",
            Self::ServiceUnavailable => "503",
            Self::Slow(_) => "slow",
            Self::Reset => "reset",
            Self::Lost => "lost",
            Self::Refused(_) => "refused",
            Self::Unpropagated => "unpropagated",
            Self::Denied => "denied",
            Self::NotMember => "not-member",
            Self::Skew(_) => "skew",
            Self::ExpiredToken => "expired-token",
            Self::Imds(_) => "imds",
            Self::ExpiredHandle => "expired-handle",
        }
    }

    pub(super) const fn stage(&self) -> Stage {
        match self {
            Self::Refused(_) => Stage::Connection,
            Self::Slow(_) => Stage::Delay,
            Self::Skew(_) => Stage::Clock,
            Self::Imds(_) => Stage::Metadata,
            Self::Lost => Stage::Afterwards,
            _ => Stage::Answer,
        }
    }

    /// Whether it can meet such a request.
    pub(super) fn can_meet(&self, encounter: &Encounter<'_>) -> bool {
        let here = self.meets().iter().any(|service| same_kind(*service, encounter.service));
        here && match self {
            Self::Unpropagated | Self::Denied => matches!(encounter.caller, Caller::AccessKey { .. }),
            Self::NotMember => encounter.caller == Caller::Instance,
            Self::ExpiredToken => matches!(encounter.caller, Caller::AccessKey { temporary: true, .. }),
            Self::Imds(ImdsMode::HopLimited) => encounter.service == Service::Imds { token: true },
            _ => true,
        }
    }

    /// Whether it can meet only some of the requests to a service that it meets.
    pub(super) const fn is_choosy(&self) -> bool {
        matches!(
            self,
            Self::Unpropagated
                | Self::Denied
                | Self::NotMember
                | Self::ExpiredToken
                | Self::Imds(ImdsMode::HopLimited)
        )
    }

    /// What it can meet.
    pub(super) fn meets(&self) -> &'static [Service<'static>] {
        definition(self.name()).map_or(&[], |it| it.meets)
    }

    /// How much later an answer comes.
    #[must_use]
    pub const fn delay(&self) -> Option<Duration> {
        match self {
            Self::Slow(delay) => Some(*delay),
            Self::Imds(ImdsMode::Slow) => Some(SLOW_METADATA),
            _ => None,
        }
    }

    /// What it does, for whoever watches: `Throttling`, `the answer is lost`.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Throttling => "Throttling".to_owned(),
            Self::InternalFailure => "500".to_owned(),
            Self::ServiceUnavailable => "503".to_owned(),
            Self::Slow(delay) => format!("answered after {}", told_span(*delay)),
            Self::Reset => "reset".to_owned(),
            Self::Lost => "carried out, and the answer lost".to_owned(),
            Self::Refused(span) => format!("refused for {}", told_span(*span)),
            Self::Unpropagated => "InvalidClientTokenId, not propagated yet".to_owned(),
            Self::Denied => "AccessDenied".to_owned(),
            Self::NotMember => "not a member yet".to_owned(),
            Self::Skew(millis) => {
                let span = told_span(Duration::from_millis(millis.unsigned_abs()));
                format!("the service's clock is {span} {}", if *millis < 0 { "behind" } else { "ahead" })
            }
            Self::ExpiredToken => "ExpiredToken".to_owned(),
            Self::Imds(ImdsMode::Off) => "metadata is off".to_owned(),
            Self::Imds(ImdsMode::V1) => "no tokens, version 1 only".to_owned(),
            Self::Imds(ImdsMode::HopLimited) => "the token does not arrive (hop limit)".to_owned(),
            Self::Imds(ImdsMode::Slow) => format!("answered after {}", told_span(SLOW_METADATA)),
            Self::ExpiredHandle => "Request has expired".to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Slow(span) | Self::Refused(span) => write!(f, "={}", written(*span)),
            Self::Skew(millis) => {
                let span = written(Duration::from_millis(millis.unsigned_abs()));
                write!(f, "={}{span}", if *millis < 0 { "-" } else { "" })
            }
            Self::Imds(mode) => {
                let name = ImdsMode::ALL.iter().find(|(_, candidate)| candidate == mode);
                write!(f, "={}", name.map_or("", |(name, _)| name))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn definition(name: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|it| it.name == name)
}

/// Whatever the action, and whether or not a token is asked for.
fn same_kind(one: Service<'_>, other: Service<'_>) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

fn told_span(span: Duration) -> String {
    if span < Duration::from_secs(1) { format!("{} ms", span.as_millis()) } else { spoken(span) }
}

#[cfg(test)]
mod tests;
