//! The component's machine code.

use wasmtime::Engine;

use super::config::config;
use super::error::EngineError;

/// `signer.wasm`, precompiled by the build script.
static SIGNER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/signer.cwasm"));

/// A compiled component and the engine that runs it. Cheap to clone; instances of it share the code.
#[derive(Clone)]
pub struct Component {
    code: wasmtime::component::Component,
}

impl Component {
    /// The component that this library carries.
    ///
    /// # Errors
    ///
    /// When it was built for another kind of processor.
    pub fn embedded() -> Result<Self, EngineError> {
        let engine = engine()?;
        // SAFETY: the bytes are what this package's build script made with wasmtime's own precompiler and this very
        // configuration; they are part of the executable, so nobody who could change them needs to.
        #[expect(unsafe_code, reason = "wasmtime cannot tell machine code that it made from any other")]
        let code = unsafe { wasmtime::component::Component::deserialize(&engine, SIGNER) };
        code.map(|code| Self { code }).map_err(EngineError::load)
    }

    /// Compiles a component of one's own, in the binary or the text format.
    ///
    /// # Errors
    ///
    /// When it is no valid component.
    #[cfg(feature = "jit")]
    pub fn compile(bytes: &[u8]) -> Result<Self, EngineError> {
        wasmtime::component::Component::new(&engine()?, bytes)
            .map(|code| Self { code })
            .map_err(EngineError::load)
    }

    /// Compiles the component in the file `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no valid component.
    #[cfg(feature = "jit")]
    pub fn read(path: &str) -> Result<Self, EngineError> {
        let bytes = std::fs::read(path)
            .map_err(|source| EngineError::Read { path: path.to_owned(), source: source.into() })?;
        Self::compile(&bytes)
    }

    pub(super) fn engine(&self) -> &Engine {
        self.code.engine()
    }

    pub(super) fn code(&self) -> &wasmtime::component::Component {
        &self.code
    }
}

fn engine() -> Result<Engine, EngineError> {
    Engine::new(&config()).map_err(EngineError::load)
}
