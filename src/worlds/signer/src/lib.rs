//! The `signer` world: `signing` and `delivery` for any host, without imports.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

#[path = "../../common/convert.rs"]
mod convert;
#[path = "../../common/exports.rs"]
mod exports;
#[path = "../../common/runtime.rs"]
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
