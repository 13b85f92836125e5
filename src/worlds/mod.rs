//! The component's worlds: the only code that knows `wit-bindgen` and WASI. Generated types print their fields, secrets
//! too, so they are turned into the crate's own at once and never formatted.
//!
//! A component has one world, so the features that choose one exclude each other.

#[cfg(any(
    all(feature = "signer", feature = "client"),
    all(feature = "signer", feature = "command"),
    all(feature = "client", feature = "command"),
))]
compile_error!("a component has one world: choose one of the features `signer`, `client` and `command`");

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "command")]
mod command;
#[cfg(any(feature = "signer", feature = "client"))]
mod convert;
#[cfg(any(feature = "signer", feature = "client"))]
mod exports;
// The command has the standard library's own.
#[cfg(all(target_arch = "wasm32", not(feature = "command")))]
mod runtime;
#[cfg(feature = "signer")]
mod signer;
#[cfg(feature = "client")]
mod wasi_clock;
#[cfg(any(feature = "client", feature = "command"))]
mod wasi_http;

#[cfg(feature = "client")]
use client::bindings;
#[cfg(feature = "signer")]
use signer::bindings;
