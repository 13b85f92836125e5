//! Tells AWS CloudFormation whether an instance finished configuring itself: the pure part.
//!
//! [`sigv4`] signs, [`delivery`] decides what to send, when to try again and what an answer means, and [`deliver`] is the loop
//! around it; [`redact`] says what of a request may be shown, and [`causes`] how an error is. Nothing here does any I/O: time
//! is a parameter, and the caller sends. Compiled as a WASI component it stands behind the contract in `wit/`, whose types it
//! does not know.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod calendar;
pub mod causes;
pub mod deliver;
pub mod delivery;
pub mod endpoint;
pub mod http;
pub mod identity;
mod mirror;
pub mod redact;
pub mod secret;
pub mod sigv4;
pub mod uri;
pub mod xml;
