//! The machine that decides: the component's.

use cfn_signal_component::delivery::{Policy, Signal, Target};

use crate::deliver::Machine;
use crate::engine::{EngineError, PrepareError, Signer};
use crate::signaler::seed;

use super::options::Options;

/// An instance of the component: the embedded one, or the one that `--component` names.
#[cfg(not(feature = "jit"))]
pub(super) fn signer(_: &Options) -> Result<Signer, EngineError> {
    Signer::new()
}

/// An instance of the component: the embedded one, or the one that `--component` names.
#[cfg(feature = "jit")]
pub(super) fn signer(options: &Options) -> Result<Signer, EngineError> {
    use crate::engine::{Component, Limits};

    let Some(path) = &options.component else { return Signer::new() };
    let bytes = std::fs::read(path).map_err(|error| EngineError::Load(format!("{path}: {error}")))?;
    Signer::with(&Component::compile(&bytes)?, Limits::default())
}

/// Prepares a delivery and runs it with `run`.
pub(super) fn with<T>(
    signer: &mut Signer,
    signal: &Signal,
    target: &Target,
    policy: &Policy,
    run: impl FnOnce(&mut dyn Machine) -> T,
) -> Result<T, PrepareError> {
    let mut delivery = signer.delivery(signal, target, policy, seed())?;
    Ok(run(&mut delivery))
}
