//! What outlives a process: the folder it is kept in, and how a file is written there.

mod files;
mod names;
mod place;

pub(super) use files::{alone, check, create, private, sync, write};
pub(super) use names::{Handle, Names};
pub(super) use place::{HELP, Place, arg, given};
