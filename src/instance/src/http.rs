//! What the command line needs of HTTP.

use std::fmt::Debug;
use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_core::deliver::{SendError, Transport};
use cfn_signal_core::delivery::Attempt;
use cfn_signal_core::http::{Request, Response};

/// Whether a request may go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// As the settings say.
    Configured,
    /// Never through a proxy: instance metadata and container credentials.
    Direct,
}

/// How long a request may take, and which way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimits {
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
    fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError>;

    /// Sends a signal. What matters stands in the answer's head: a body that breaks off, or does not come, is handed over as
    /// far as it came.
    ///
    /// # Errors
    ///
    /// When no answer came. No error holds the request's path or query.
    fn deliver(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        self.send(request, limits)
    }
}

/// A client as a delivery's transport.
#[derive(Clone, Debug)]
pub struct Sender<H>(pub Arc<H>);

impl<H: Http> Transport for Sender<H> {
    fn send(&mut self, attempt: &Attempt) -> impl Future<Output = Result<Response, SendError>> {
        let limits = RequestLimits {
            connect: Duration::from_millis(attempt.connect_timeout.into()),
            total: Duration::from_millis(attempt.timeout.into()),
            route: Route::Configured,
        };
        ready(self.0.deliver(&attempt.request, limits))
    }
}
