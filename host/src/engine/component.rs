//! The component's code.

use std::hint::black_box;

use wasmtime::component::Component as Code;
use wasmtime::{Config, Engine};

use super::config::{RESERVATION, config, interpreted};
use super::error::EngineError;

/// `signer.wasm`, precompiled by the build script.
#[cfg(not(linked_code))]
static SIGNER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/signer.cwasm"));
/// The same for wasmtime's interpreter, and what that is called on such machines.
static INTERPRETED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/signer.pulley"));
const INTERPRETER: &str = env!("CFN_SIGNAL_INTERPRETER");

/// Of address space, in bytes, what the rest of a process may still need when a guest's memory is reserved: threads, buffers,
/// certificates. Where the reservation just fits, the next allocation would end the process.
const MARGIN: usize = 24 << 20;

/// A compiled component and the engine that runs it. Cheap to clone; instances of it share the code.
///
/// Where the machine refuses memory that can be executed, or as much address space as is reserved, wasmtime's interpreter runs the
/// same component.
#[derive(Clone)]
pub struct Component {
    code: Code,
    origin: Origin,
}

/// Where a component comes from.
#[derive(Clone)]
enum Origin {
    Embedded,
    #[cfg(feature = "jit")]
    Given(std::sync::Arc<[u8]>),
}

/// What runs a component.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    MachineCode,
    Interpreter,
}

impl Component {
    /// The component that this library carries.
    ///
    /// # Errors
    ///
    /// When it was built for another kind of processor.
    pub fn embedded() -> Result<Self, EngineError> {
        Self::of(Origin::Embedded)
    }

    /// Compiles a component of one's own, in the binary or the text format.
    ///
    /// # Errors
    ///
    /// When it is no valid component.
    #[cfg(feature = "jit")]
    pub fn compile(bytes: &[u8]) -> Result<Self, EngineError> {
        Self::of(Origin::Given(bytes.into()))
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

    fn of(origin: Origin) -> Result<Self, EngineError> {
        match origin.load(Way::MachineCode) {
            Ok(code) => Ok(Self { code, origin }),
            Err(refused) => {
                let refused = EngineError::load(refused);
                let code = origin.load(Way::Interpreter).map_err(|_| refused.clone())?;
                let component = Self { code, origin };
                component.tell_interpreted(&refused);
                Ok(component)
            }
        }
    }

    /// Whether a guest's memory can be reserved, and something be left.
    pub(super) fn room(&self) -> Result<(), EngineError> {
        if self.code.engine().is_pulley() {
            return Ok(());
        }
        // An allocation takes address space as a reservation does, but is asked for by a safe function. Nothing touches it.
        let wanted = usize::try_from(RESERVATION).unwrap_or(usize::MAX).saturating_add(MARGIN);
        let mut probe = Vec::<u8>::new();
        let reserved = black_box(&mut probe).try_reserve_exact(wanted);
        reserved.map_err(|error| EngineError::instantiate(wasmtime::Error::new(error)))
    }

    /// The same in the interpreter, if it is not there already.
    pub(super) fn to_interpreter(&self) -> Option<Self> {
        if self.code.engine().is_pulley() {
            return None;
        }
        let code = self.origin.load(Way::Interpreter).ok()?;
        Some(Self { code, origin: self.origin.clone() })
    }

    /// Says that the interpreter runs it, and why.
    pub(super) fn tell_interpreted(&self, refused: &EngineError) {
        let why = cfn_signal_core::causes::line(refused);
        tracing::info!(why, "the component runs in an interpreter: this machine refuses the faster way");
    }

    pub(super) fn engine(&self) -> &Engine {
        self.code.engine()
    }

    pub(super) fn code(&self) -> &Code {
        &self.code
    }
}

impl Origin {
    fn load(&self, way: Way) -> wasmtime::Result<Code> {
        let config = way.config()?;
        match (self, way) {
            (Self::Embedded, Way::MachineCode) => machine_code(config),
            (Self::Embedded, Way::Interpreter) => deserialize(config, INTERPRETED),
            #[cfg(feature = "jit")]
            (Self::Given(bytes), _) => Code::new(&Engine::new(&config)?, bytes),
        }
    }
}

impl Way {
    fn config(self) -> wasmtime::Result<Config> {
        match self {
            Self::MachineCode => Ok(config(cfg!(windows))),
            Self::Interpreter => interpreted(INTERPRETER),
        }
    }
}

#[cfg(linked_code)]
fn machine_code(config: Config) -> wasmtime::Result<Code> {
    super::linked::load(config)
}

#[cfg(not(linked_code))]
fn machine_code(config: Config) -> wasmtime::Result<Code> {
    deserialize(config, SIGNER)
}

fn deserialize(config: Config, code: &[u8]) -> wasmtime::Result<Code> {
    let engine = Engine::new(&config)?;
    // SAFETY: the bytes are what this package's build script made with wasmtime's own precompiler and these very
    // configurations; they are part of the executable, so nobody who could change them needs to.
    #[expect(unsafe_code, reason = "wasmtime cannot tell machine code that it made from any other")]
    unsafe {
        Code::deserialize(&engine, code)
    }
}
