//! Why the component could not be run.

use std::error::Error;
use std::sync::Arc;

use wasmtime::Trap;

/// What wasmtime says. Shared, so that an error can be cloned.
type Cause = Arc<dyn Error + Send + Sync>;

/// Why the component could not be run.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The embedded code was made for another processor or by another wasmtime, or a given file is no component.
    #[error("the signing component cannot be loaded")]
    Load(#[source] Cause),
    /// A component's file cannot be read.
    #[error("the signing component cannot be read: {path}")]
    Read {
        /// The file.
        path: String,
        /// The system's error.
        source: Arc<std::io::Error>,
    },
    /// The component does not export what the contract says, imports what the host does not give, or takes more memory than
    /// there is.
    #[error("the signing component cannot be started")]
    Instantiate(#[source] Cause),
    /// A call used up its fuel.
    #[error("the component was stopped: `{call}` did not end within its {fuel} units of fuel")]
    OutOfFuel {
        /// The function called.
        call: &'static str,
        /// [`super::GuestLimits::fuel`].
        fuel: u64,
    },
    /// A call trapped, such as for want of memory.
    #[error("the component failed in `{call}`: {why}")]
    Trap {
        /// The function called.
        call: &'static str,
        /// What wasmtime says, in a few words.
        why: String,
        /// All that it says.
        cause: Cause,
    },
    /// The core has an event that the component's contract has not.
    #[error("the component's contract does not know such an event")]
    UnknownEvent,
}

/// Why a call had no result.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError<E: Error + 'static> {
    /// The component refuses what it was given, and says why.
    #[error(transparent)]
    Refused(E),
    /// The component could not be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl EngineError {
    /// Whether a fresh instance may do what this one did not.
    pub(super) fn costs_an_instance(&self) -> bool {
        matches!(self, Self::OutOfFuel { .. } | Self::Trap { .. })
    }

    pub(super) fn load(error: wasmtime::Error) -> Self {
        Self::Load(cause(error))
    }

    pub(super) fn instantiate(error: wasmtime::Error) -> Self {
        Self::Instantiate(cause(error))
    }

    pub(super) fn in_call(call: &'static str, fuel: u64, error: wasmtime::Error) -> Self {
        let why = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => return Self::OutOfFuel { call, fuel },
            Some(trap) => trap.to_string(),
            None => error.root_cause().to_string(),
        };
        Self::Trap { call, why, cause: cause(error) }
    }
}

fn cause(error: wasmtime::Error) -> Cause {
    Arc::from(error.into_boxed_dyn_error())
}

#[cfg(test)]
mod tests {
    use cfn_signal_core::causes;

    use super::EngineError;

    #[test]
    fn what_is_behind_an_error_is_told_once() {
        let cause = || wasmtime::Error::msg("the machine's word").context("in a few words");
        for (error, says) in [
            (EngineError::load(cause()), "the signing component cannot be loaded"),
            (EngineError::instantiate(cause()), "the signing component cannot be started"),
        ] {
            assert_eq!(error.to_string(), says);
            assert_eq!(causes::line(&error), format!("{says}: in a few words: the machine's word"));
        }
        let trap = EngineError::in_call("next", 1, cause());
        assert_eq!(causes::line(&trap), "the component failed in `next`: the machine's word");
    }
}
