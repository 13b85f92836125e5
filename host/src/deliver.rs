//! The loop around a delivery ([`cfn_signal_core::deliver`]), for a machine inside the component.

pub use cfn_signal_core::deliver::{
    Clock, Driver, Identities, Machine, NoIdentities, Observer, SendError, Transport,
};
use cfn_signal_core::delivery::{Event, Step};

use crate::engine::{self, EngineError};

/// Why a delivery ended without an outcome.
pub type Fault = cfn_signal_core::deliver::Fault<EngineError>;

impl Machine for engine::Delivery {
    type Error = EngineError;

    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        Self::next(self, event, now, elapsed)
    }
}
