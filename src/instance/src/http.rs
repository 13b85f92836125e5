//! What the command line needs of HTTP.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_core::deliver::{LONGEST_CONNECT, SendError, Transport};
use cfn_signal_core::http::{Request, Response};

/// Whether a request may go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// As the settings say.
    Configured,
    /// Never through a proxy: instance metadata and container credentials.
    Direct,
}

/// How long a request may take, and which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the connection alone.
    pub connect: Duration,
    /// For everything, the body included.
    pub total: Duration,
    /// Whether a proxy may be used.
    pub route: Route,
}

/// An HTTP client that follows no redirect and takes no status for an error.
pub trait Http: Debug {
    /// Sends `request` and reads the answer's head and the beginning of its body.
    ///
    /// # Errors
    ///
    /// When no answer came. No error holds the request's path or query.
    fn send(&self, request: &Request, limits: Limits) -> Result<Response, SendError>;
}

/// A client as a delivery's transport.
#[derive(Clone, Debug)]
pub struct Sender<H>(pub Arc<H>);

impl<H: Http> Transport for Sender<H> {
    fn send(&mut self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        self.0.send(request, Limits { connect: LONGEST_CONNECT, total: timeout, route: Route::Configured })
    }
}
