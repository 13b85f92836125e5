//! HTTP, synchronously: proxies, trusted roots, timeouts; no redirects, no decompression, bounded bodies.

mod agent;
mod failure;
mod forward;
mod no_proxy;
mod proxies;
mod resolver;
mod roots;

pub use agent::{Client, Limits, Route, Settings, USER_AGENT};
pub use failure::describe;
pub use proxies::{InvalidProxy, Proxies};
pub use roots::{RootsError, RootsSource};

/// What keeps requests from being sent at all, however often one tries.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Misconfigured {
    /// The certificates to trust.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The proxy to use.
    #[error(transparent)]
    Proxy(#[from] InvalidProxy),
}
