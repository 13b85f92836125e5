//! What wasmtime derives from the contract, an interface at a time: an instance is asked for what is called of it. Its `Debug` prints
//! every field, secrets too: [`super::convert`] turns the types into the core's own, and nothing formats one.

/// What goes in is read where it is, the secret too.
pub mod signing {
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "package cfn:host; world signing { export cfn:sigv4/signing@0.1.0; }",
        world: "cfn:host/signing",
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}

pub mod delivery {
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "package cfn:host; world delivery { export cfn:signal/delivery@0.1.0; }",
        world: "cfn:host/delivery",
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
}
