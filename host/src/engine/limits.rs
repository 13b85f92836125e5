//! What a guest may use.

use wasmtime::{StoreLimits, StoreLimitsBuilder};

/// What a guest may use before it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuestLimits {
    /// Bytes of linear memory.
    pub memory: usize,
    /// Units of fuel for one call, about one for each WebAssembly instruction.
    pub fuel: u64,
}

impl Default for GuestLimits {
    /// 64 MiB, and about a second of one core: thousands of times what a signal takes.
    fn default() -> Self {
        Self { memory: 64 << 20, fuel: 1_000_000_000 }
    }
}

impl GuestLimits {
    /// The same with so many bytes of linear memory.
    #[must_use]
    pub const fn with_memory(mut self, memory: usize) -> Self {
        self.memory = memory;
        self
    }

    /// The same with so much fuel for one call.
    #[must_use]
    pub const fn with_fuel(mut self, fuel: u64) -> Self {
        self.fuel = fuel;
        self
    }

    pub(super) fn store_limits(self) -> StoreLimits {
        StoreLimitsBuilder::new().memory_size(self.memory).instances(8).memories(2).tables(4).build()
    }
}
