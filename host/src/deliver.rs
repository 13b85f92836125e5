//! The loop around a delivery ([`cfn_signal_core::deliver`]), for a machine inside the component.

pub use cfn_signal_core::deliver::{
    AsyncClock, AsyncIdentities, AsyncParties, AsyncTransport, Clock, Identities, Machine, Observer, Parties,
    SendError, Setback, Transport, deliver, deliver_async,
};
use cfn_signal_core::delivery::{Event, Step};

use crate::engine::{self, EngineError};

/// Why a delivery ended without an outcome.
pub type Fault = cfn_signal_core::deliver::Fault<EngineError>;

impl Machine for engine::Delivery<'_> {
    type Error = EngineError;

    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        Self::next(self, event, now, elapsed)
    }
}
