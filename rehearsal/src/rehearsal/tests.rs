//! Rolling updates, held against those that were measured on the real service.
//!
//! Twelve deployments of three groups: which sizes they had, what the new build was like, what the service then said and
//! how many instances there were in the end. A build called `500` never signals.
//!
//! Source: <https://github.com/guardian/testing-asg-rolling-update/tree/main/observations>

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails by panicking")]

mod deployment;
mod measured;
