//! An instance's first boot: its user data, run on this machine in a scratch directory.

mod process;
mod scratch;
mod script;
mod stubs;

pub use process::{Boot, BootEvent, Ended, Surroundings, start};
pub use scratch::{Scratch, ScratchError, find_signal_command};
pub use script::{NotRun, check};
pub use stubs::{Stub, StubError};

#[cfg(test)]
mod tests;
