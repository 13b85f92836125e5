//! How wasmtime is configured: one place for the build script that precompiles and the host that loads, or the
//! host would refuse what the build script made.

use wasmtime::Config;

/// The settings that change the compiled code.
pub fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // A guest that does not end traps, rather than hang its host.
        .consume_fuel(true)
        // Nothing here reads a guest's backtrace, and the tables for it are as large as the code.
        .wasm_backtrace_max_frames(None)
        // Windows cannot do without.
        .native_unwind_info(cfg!(windows));
    config
}
