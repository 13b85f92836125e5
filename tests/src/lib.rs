//! What the end-to-end tests share.

pub mod binaries;
pub mod contract;
pub mod metadata;
pub mod python;
pub mod recorder;
pub mod rehearsal;
pub mod sigv4_suite;
