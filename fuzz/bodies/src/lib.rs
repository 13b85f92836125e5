//! What the fuzzers run: a function for each target, which panics where something that has to hold does not.
//!
//! They know nothing of libFuzzer: `fuzz/targets` gives them to it, and a test here replays the corpora.

pub mod answers;
mod checks;
mod message;
pub mod sigv4;
pub mod wait_handle;

/// A target: its name, which is also its corpus's folder, and what is done with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] =
    &[("answers", answers::run), ("sigv4", sigv4::run), ("wait_handle", wait_handle::run)];
