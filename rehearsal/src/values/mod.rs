//! Values for a template's parameters, and for what only the real service knows: read from files, made up where none is given,
//! and printed to be filled in.

mod error;
mod file;
mod fill;
mod generate;
mod samconfig;
mod sample;
mod skeleton;

pub use error::ValuesError;
pub(crate) use file::{FileValues, read};
pub(crate) use fill::{Filled, fill};
pub(crate) use skeleton::{json, yaml};
