//! The component's machine code where the linker puts the command's own: it is not copied into memory of its own at each start,
//! only what runs of it is read, and it runs where no memory may become executable.

#![expect(unsafe_code, reason = "wasmtime cannot tell machine code that it made from any other")]

use std::ptr::{NonNull, slice_from_raw_parts_mut};
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::Component;
use wasmtime::{Config, CustomCodeMemory, Engine, Result};

/// `signer.cwasm`, as the build script has it.
const BYTES: &str = env!("CFN_SIGNAL_CODE_BYTES");
/// What its sections are aligned to: the smallest page.
const ALIGNMENT: usize = 4096;

/// Only assembly puts bytes among the functions. Not a function: it is a place among the functions, and what is there begins at the next page.
#[unsafe(naked)]
extern "C" fn place() {
    std::arch::naked_asm!(
        ".balign {alignment}",
        concat!(".incbin \"", env!("OUT_DIR"), "/signer.cwasm\""),
        alignment = const ALIGNMENT,
    );
}

/// Memory that is executable from the start, and stays so.
struct Executable;

impl CustomCodeMemory for Executable {
    fn required_alignment(&self) -> usize {
        ALIGNMENT
    }

    fn publish_executable(&self, _: *const u8, _: usize) -> Result<()> {
        Ok(())
    }

    fn unpublish_executable(&self, _: *const u8, _: usize) -> Result<()> {
        Ok(())
    }
}

/// wasmtime knows code by its place, so that what is in one place is loaded once in a process.
static LOADED: Mutex<Option<Component>> = Mutex::new(None);

/// The component in an engine of `config`, which is the same each time.
pub(super) fn load(config: Config) -> Result<Component> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*loaded {
        Some(component) => Ok(component.clone()),
        None => Ok(loaded.insert(load_once(config)?).clone()),
    }
}

fn load_once(mut config: Config) -> Result<Component> {
    config.with_custom_code_memory(Some(Arc::new(Executable)));
    let engine = Engine::new(&config)?;
    let start = (place as *const ()).cast_mut().cast::<u8>();
    let start = start.wrapping_add(start.align_offset(ALIGNMENT));
    let bytes = slice_from_raw_parts_mut(start, BYTES.parse()?);
    let code = NonNull::new(bytes).ok_or_else(|| wasmtime::Error::msg("no code"))?;
    // SAFETY: the bytes are what this package's build script made with wasmtime's own precompiler and this very configuration;
    // they are part of the executable, which outlives every engine, and nobody writes there.
    unsafe { Component::deserialize_raw(&engine, code) }
}
