//! A process, and on Windows a job object that holds whatever it starts. Elsewhere whoever starts it sees to that, by a process group
//! and, on Linux, by adopting orphans.

#[cfg(not(windows))]
mod plain;
#[cfg(windows)]
mod windows;

#[cfg(not(windows))]
pub(super) use plain::{Started, start};
#[cfg(windows)]
pub(super) use windows::{Started, start};
