//! What a resource waits for.

use super::tally::Tally;
use super::types::{Document, Outcome};

/// What completion needs besides what the service behind the resource does.
#[derive(Clone, Debug)]
pub(super) enum Waits {
    Nothing,
    /// `SignalResource`.
    Signals(Tally),
    /// Documents at a handle.
    Documents {
        handle: String,
        count: u32,
        received: u32,
    },
}

impl Waits {
    /// Whether everything it needs has come.
    pub(super) fn satisfied(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Signals(tally) => tally.satisfied(),
            Self::Documents { count, received, .. } => received >= count,
        }
    }

    pub(super) fn expected(&self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Signals(tally) => tally.expected(),
            Self::Documents { count, .. } => *count,
        }
    }

    pub(super) fn received(&self) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Signals(tally) => tally.successes(),
            Self::Documents { received, .. } => *received,
        }
    }

    /// The reason of a creation's failure when its time is up.
    pub(super) fn timeout_reason(&self) -> String {
        match self {
            Self::Documents { count, received, .. } => {
                format!("WaitCondition timed out. Received {received} conditions when expecting {count}")
            }
            Self::Signals(tally) => tally.timeout_reason(),
            // It has no timeout.
            Self::Nothing => String::new(),
        }
    }
}

impl Waits {
    /// How many signals a group still misses of those it needs a share of.
    pub(super) fn missing_of_share(&self) -> Option<u32> {
        match self {
            Self::Signals(tally) => tally.is_share().then(|| tally.missing()),
            Self::Nothing | Self::Documents { .. } => None,
        }
    }
}

/// Bytes of a reason that the events show.
const REASON_SHOWN: usize = 1024;

/// The failure that a handle's document is for its wait condition, if it is one.
pub(super) fn failure_reason(document: &Document) -> Option<String> {
    match document {
        Document::Unparsable => Some("Unparsable WaitCondition data".to_owned()),
        Document::Signal { outcome: Outcome::Success, .. } => None,
        Document::Signal { outcome: Outcome::Failure, unique_id, reason, .. } => {
            let shown = reason.get(..reason.floor_char_boundary(REASON_SHOWN)).unwrap_or_default();
            Some(format!("WaitCondition received failed message: '{shown}' for uniqueId: {unique_id}"))
        }
    }
}
