//! An instance's first boot: its user data, run on this machine in a scratch directory.

mod daemons;
mod process;
mod scratch;
mod script;
mod signal_command;
mod stubs;

pub use daemons::kill_daemons;
pub use process::{Boot, BootEvent, Ended, LINES_AHEAD, Surroundings, start};
pub use scratch::{Scratch, ScratchError, find_signal_command};
pub use script::{NotRun, check};
pub use signal_command::ELSEWHERE;
pub use stubs::{Stub, StubError};

#[cfg(test)]
mod tests;
