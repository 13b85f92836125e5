//! What a signal needs of the machine that it comes from: its metadata, its identity, credentials, clocks.
//!
//! [`imds`] asks the EC2 metadata service, [`ec2`] EC2 for what that does not offer, [`finder`] decides whom to sign as, [`environment_chain`] and [`credential_file`] are
//! two places where keys are kept. Whoever uses them brings an [`http::Http`] client.

pub mod clock;
pub mod credential_file;
pub mod ec2;
pub mod environment;
pub mod environment_chain;
pub mod finder;
pub mod http;
pub mod imds;
pub mod itself;
pub mod lacking;

use std::hash::{BuildHasher as _, RandomState};

/// Of a delivery's jitter: different on machines that boot together. The standard library seeds its hashers from the system.
#[must_use]
pub fn seed() -> u64 {
    RandomState::new().hash_one("seed")
}
