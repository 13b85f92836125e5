//! The `signer` world: `sigv4` and `delivery` for any host, without imports.

#[expect(unsafe_code, reason = "the canonical ABI is generated")]
pub(super) mod bindings {
    wit_bindgen::generate!({
        world: "signer",
        path: "wit",
    });

    use crate::worlds::exports::Component;
    export!(Component);
}
