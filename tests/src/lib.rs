//! What the end-to-end tests share.

pub mod binaries;
pub mod cdk;
pub mod clients;
pub mod contract;
pub mod heat;
pub mod metadata;
pub mod outage;
pub mod python;
pub mod recorder;
pub mod rehearsal;
pub mod sigv4_suite;
pub mod sizes;
