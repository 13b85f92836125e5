//! What the fuzzers run: a function for each target, which panics where something that has to hold does not.
//!
//! They know nothing of libFuzzer: `fuzz/targets` gives them to it, and a test here replays the corpora.

pub mod answers;
mod checks;
pub mod delivery;
#[cfg(feature = "guests")]
pub mod guest;
mod message;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod sigv4;
pub mod wait_handle;

/// A target: its name, which is also its corpus's folder, and what is done with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("answers", answers::run),
    ("delivery", delivery::run),
    #[cfg(feature = "guests")]
    ("guest", guest::run),
    #[cfg(feature = "rehearsal")]
    ("mime", rehearsal::mime::run),
    #[cfg(feature = "rehearsal")]
    ("requests", rehearsal::requests::run),
    ("sigv4", sigv4::run),
    #[cfg(feature = "rehearsal")]
    ("template", rehearsal::template::run),
    #[cfg(feature = "rehearsal")]
    ("user_data", rehearsal::user_data::run),
    ("wait_handle", wait_handle::run),
];
