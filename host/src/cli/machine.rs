//! The machine that decides.

use std::hash::{BuildHasher as _, RandomState};

use cfn_signal_component::delivery::{Delivery, Invalid, Policy, Signal, Target};

use crate::deliver::Machine;

/// Why there is none.
#[derive(Debug)]
pub(super) enum Unprepared {
    /// The signal or its target.
    Invalid(Invalid),
}

/// Prepares a delivery and runs it with `run`.
pub(super) fn with<T>(
    signal: &Signal,
    target: &Target,
    policy: &Policy,
    run: impl FnOnce(&mut dyn Machine) -> T,
) -> Result<T, Unprepared> {
    let mut delivery =
        Delivery::prepare(signal.clone(), target.clone(), *policy, seed()).map_err(Unprepared::Invalid)?;
    Ok(run(&mut delivery))
}

/// Of the jitter: different on machines that boot together. The standard library seeds its hashers from the system.
fn seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
