//! The parties to a delivery, as the command line needs them.

use std::time::Duration;

use cfn_signal_core::http::{Request, Response};

use super::redact::{self, Query};
use super::voice::Voice;
use cfn_signal_core::deliver::{Observer, SendError, Setback, Transport};

/// Keeps the first request and sends nothing.
#[derive(Debug, Default)]
pub(super) struct Withholder(pub Option<Request>);

impl Transport for Withholder {
    fn send(&mut self, request: &Request, _: Duration) -> Result<Response, SendError> {
        self.0 = Some(request.clone());
        Err(SendError::Withheld)
    }
}

/// Tells the user why it takes so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller(pub Voice, pub Query);

impl Observer for Teller {
    fn sending(&mut self, request: &Request) {
        tracing::debug!(method = request.method, uri = redact::uri(&request.uri, self.1), "sending");
    }

    fn waiting(&mut self, setback: Option<&Setback>, delay: u32, left: u64) {
        let what = match setback {
            Some(Setback::Answer { status, code: Some(code) }) => format!("HTTP {status} {code}"),
            Some(Setback::Answer { status, code: None }) => format!("HTTP {status}"),
            Some(Setback::Failure(error)) => error.to_string(),
            None => "waiting".to_owned(),
        };
        let (delay, left) = (seconds(delay.into()), left / 1_000);
        self.0.note(&format!("{what}; next try in {delay} s, giving up in {left} s"));
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{}", milliseconds / 1_000, milliseconds % 1_000 / 100)
}
