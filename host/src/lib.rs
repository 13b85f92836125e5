//! The native host of the signalling component: tells AWS CloudFormation that an instance is configured.
//!
//! A delivery is a state machine ([`deliver::Machine`]) that does no I/O and runs inside the WASI component that
//! [`engine`] carries. This crate supplies what it asks for:
//! [`http`] sends, [`credentials`] and [`imds`] find whom to sign as, [`clock`] tells the time, [`deliver`] is the
//! loop around them. [`cli`] is the command line of Amazon's helper on top.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

pub mod cli;
pub mod clock;
pub mod credentials;
pub mod deliver;
pub mod engine;
pub mod http;
pub mod imds;
