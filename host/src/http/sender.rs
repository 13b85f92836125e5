//! The client as a delivery's transport.

use std::sync::Arc;
use std::time::Duration;

use cfn_signal_component::http::{Request, Response};

use super::{Client, Limits, Route};
use crate::deliver::{SendError, Transport};

/// The longest that a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Sends over HTTP.
#[derive(Clone, Debug)]
pub struct Sender(pub Arc<Client>);

impl Transport for Sender {
    fn send(&mut self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        self.0.check(&request.uri).map_err(|error| SendError::Misconfigured(error.to_string()))?;
        let limits = Limits { connect: CONNECT, total: timeout, route: Route::Configured };
        self.0.send(request, limits).map_err(SendError::Failed)
    }
}
