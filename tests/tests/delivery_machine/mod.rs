//! Whole deliveries in virtual time: a scripted server and a clock that only the waits and the answers move.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails by panicking"
)]

mod abuse;
mod golden;
mod identities;
mod messages;
mod outages;
mod outcomes;
mod properties;
mod redirects;
mod retries;
mod simulator;
mod skew;
mod vectors;
