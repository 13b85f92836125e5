//! What outlives a process: the folder it is kept in, and how a file is written there.

mod definition;
mod files;
mod names;
mod place;

pub(super) use definition::{ALL, JOURNAL, arg};
pub(super) use files::{alone, append, check, create, private, read, sync, write};
pub(super) use names::{Handle, Names};
pub(super) use place::{Place, given};
