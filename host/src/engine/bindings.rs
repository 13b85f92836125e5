//! What wasmtime derives from the contract. Its `Debug` prints every field, secrets too: [`super::convert`] turns the
//! types into the core's own, and nothing formats one.

wasmtime::component::bindgen!({
    path: "wit",
    world: "signer",
});

use cfn::signal::types;
use cfn::sigv4::types as sigv4_types;
use zeroize::Zeroize;

impl Drop for sigv4_types::AccessKey {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.session_token.zeroize();
    }
}

impl Drop for types::InstanceDocument {
    fn drop(&mut self) {
        self.document.zeroize();
        self.signature.zeroize();
    }
}
