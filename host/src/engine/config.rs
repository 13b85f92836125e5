//! How wasmtime is configured: one place for the build script that precompiles and the host that loads, or the
//! host would refuse what the build script made.

use wasmtime::Config;

/// Of address space, reserved for a guest's memory before it needs it, in bytes: several times what it does. Without a limit
/// wasmtime reserves 4 GiB, which spares it one comparison at each access, a twentieth of a signature's time; a limit on address
/// space (`ulimit -v`, `LimitAS=`) forbids that.
pub const RESERVATION: u64 = 16 << 20;
/// Behind it, for accesses a little beyond.
const GUARD: u64 = 64 << 10;

/// The settings that change the compiled code. Where it is for Windows, which need not be where it is made, it has what Windows cannot
/// do without.
pub fn config(for_windows: bool) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // A guest that does not end traps, rather than hang its host.
        .consume_fuel(true)
        // Nothing here reads a guest's backtrace, and the tables for it are as large as the code.
        .wasm_backtrace_max_frames(None)
        .native_unwind_info(for_windows)
        // A guest begins as a copy of some kilobytes: for a mapping of them wasmtime needs memfd_create, which a sandbox may forbid.
        .memory_init_cow(false)
        .memory_reservation(RESERVATION)
        .memory_reservation_for_growth(RESERVATION)
        .memory_guard_size(GUARD)
        .guard_before_linear_memory(false);
    config
}

/// The same for wasmtime's interpreter, whose code is for `target`, such as `pulley64`: it needs no memory that can be executed, and
/// reserves none.
pub fn interpreted(target: &str) -> wasmtime::Result<Config> {
    let mut config = config(false);
    config.target(target)?;
    config.memory_reservation(0).memory_reservation_for_growth(1 << 20).memory_guard_size(0);
    Ok(config)
}
