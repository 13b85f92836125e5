//! Why the component could not be run.

use cfn_signal_core::delivery::Invalid;
use wasmtime::Trap;

/// Why the component could not be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The embedded code was made for another processor or by another wasmtime, or a given file is no component.
    #[error("the signing component cannot be loaded: {0}")]
    Load(String),
    /// The component does not export what the contract says, or imports what the host does not give.
    #[error("the component is not a `cfn:signal/signer`: {0}")]
    Instantiate(String),
    /// A call used up its fuel.
    #[error("the component was stopped: `{call}` did not end within its {fuel} units of fuel")]
    OutOfFuel {
        /// The function called.
        call: &'static str,
        /// [`super::Limits::fuel`].
        fuel: u64,
    },
    /// A call trapped, such as for want of memory.
    #[error("the component failed in `{call}`: {why}")]
    Trap {
        /// The function called.
        call: &'static str,
        /// What wasmtime says.
        why: String,
    },
}

/// Why a delivery could not be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The signal or its target is not what CloudFormation takes.
    #[error("{0}")]
    Invalid(Invalid),
    /// The component could not be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl EngineError {
    pub(super) fn in_call(call: &'static str, fuel: u64, error: &wasmtime::Error) -> Self {
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Self::OutOfFuel { call, fuel },
            Some(trap) => Self::Trap { call, why: trap.to_string() },
            None => Self::Trap { call, why: error.root_cause().to_string() },
        }
    }
}
