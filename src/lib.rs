//! Tells AWS CloudFormation whether an instance finished configuring itself.
//!
//! This crate is the pure part: [`sigv4`] signs, [`delivery`] decides what to send, when to try again and what
//! an answer means. Neither does any I/O: time is a parameter, and the caller sends. Compiled with the feature
//! `signer` for `wasm32-unknown-unknown` it is the WASI component of the same name, behind the contract in `wit/`.
//!
//! The modules here know no WIT types; `worlds` converts at the edge.

#![cfg_attr(not(any(test, feature = "command-line")), no_std)]

extern crate alloc;

mod base64;
#[cfg(feature = "command-line")]
pub mod command_line;
pub mod deliver;
pub mod delivery;
pub mod endpoint;
pub mod http;
pub mod identity;
mod number;
mod search;
pub mod secret;
pub mod sigv4;
mod text;
pub mod uri;

#[cfg(any(feature = "signer", feature = "client", feature = "command"))]
mod worlds;
