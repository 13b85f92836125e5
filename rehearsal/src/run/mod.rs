//! An instance's first boot: its user data, run on this machine in a scratch directory.

mod boot;
mod daemons;
mod directory;
mod groups;
mod lines;
mod quoting;
mod scratch;
mod script;
mod sequence;
mod signal_command;
mod stubs;
pub mod user_data;

pub use boot::{Boot, Surroundings, start};
pub use daemons::kill_daemons;
pub use lines::LINES_AHEAD;
pub use scratch::{Scratch, ScratchError, find_signal_command};
pub use sequence::{BootEvent, Ended, PartResult};
pub use stubs::Stub;
pub use user_data::NotRun;

#[cfg(test)]
mod tests;
