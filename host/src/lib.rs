//! The native host of the signalling component: tells AWS CloudFormation that an instance is configured.
//!
//! A delivery is a state machine ([`deliver::Machine`]) that does no I/O and runs inside the WASI component that
//! [`engine`] carries. This crate supplies what it asks for:
//! [`http`] sends, [`credentials`] and [`imds`] find whom to sign as, [`clock`] tells the time, [`deliver`] is the
//! loop around them. [`cli`] is the command line of Amazon's helper on top, and [`signaler`] the same as one call for
//! applications:
//!
//! ```no_run
//! # use cfn_signal::{Config, Signal, Signaler, Target};
//! # fn signal(signal: &Signal, target: &Target) -> Result<(), Box<dyn std::error::Error>> {
//! let outcome = Signaler::new(Config::default())?.deliver(signal, target)?;
//! # Ok(()) }
//! ```
//!
//! The feature `cli`, which is on unless told otherwise, is the command; applications say `default-features = false`.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(feature = "cli")]
pub mod cli;
pub mod credentials;
pub mod deliver;
pub mod engine;
pub mod http;
pub mod signaler;

pub use cfn_signal_core::delivery::{
    Attempt, CredentialsError, Freshness, IdentityRequest, Outcome, OutcomeKind, Pause, Policy, PrepareError,
    ResourceTarget, Signal, Status, Target, TransportError,
};
pub use cfn_signal_core::endpoint::EndpointVariant;
pub use cfn_signal_core::http::{Request, Response};
pub use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};
pub use cfn_signal_core::secret::Secret;
pub use cfn_signal_instance::{clock, imds};
pub use signaler::{Config, Signaler, SignalerError};
