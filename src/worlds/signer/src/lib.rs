//! The `signer` world: `signing` and `delivery` for any host, without imports.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

#[path = "../../shared/convert.rs"]
mod convert;
#[path = "../../shared/exports.rs"]
mod exports;
#[path = "../../shared/runtime.rs"]
mod runtime;

#[expect(unsafe_code, reason = "the canonical ABI is generated")]
mod bindings {
    wit_bindgen::generate!({
        world: "signer",
        path: "../../../wit",
        generate_all,
    });

    use crate::exports::Component;
    export!(Component);
}
