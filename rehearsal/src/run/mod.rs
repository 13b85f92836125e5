//! An instance's first boot: its user data, run on this machine in a scratch directory.

mod armed;
mod aws_command;
mod boot;
mod by_systemd;
mod calls;
mod cfn_init;
mod claim;
mod daemons;
mod directory;
mod disk;
mod enclosed;
mod groups;
mod guard;
mod inside;
mod lines;
mod machine;
mod process;
mod quoting;
mod refusal;
mod runtime;
mod scratch;
mod script;
mod sequence;
mod signal_command;
mod standins;
mod stubs;
mod tap;
pub mod user_data;

pub use boot::{Boot, Initialisation, Surroundings, start};
pub use cfn_init::{AS_HELPER, help};
pub use daemons::{end_those_of, kill_daemons};
pub use directory::{check_place, sweep};
pub use enclosed::{Furnishing, enclose, start_enclosed};
pub use guard::guarded;
pub use lines::LINES_AHEAD;
pub use refusal::StartError;
pub use runtime::{Runtime, Tried};
pub use scratch::{Scratch, ScratchError, find_signal_command};
pub use sequence::{BootEvent, Ended, PartResult};
pub use stubs::Stub;
pub use user_data::NotRun;

#[cfg(test)]
mod tests;
