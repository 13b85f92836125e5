//! The component's worlds: the only code that knows `wit-bindgen`. Generated types print their fields, secrets too,
//! so they are turned into the crate's own at once and never formatted.

#[cfg(target_arch = "wasm32")]
mod runtime;
#[cfg(feature = "signer")]
mod signer;
