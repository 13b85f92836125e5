//! Who is told of a delivery, as the command line needs it.

use cfn_signal_core::deliver::Observer;
use cfn_signal_core::delivery::{Attempt, Pause};

use super::redact::{self, Query};
use super::voice::Voice;

/// Tells the user why it takes so long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller(pub Voice, pub Query);

impl Observer for Teller {
    fn sending(&mut self, attempt: &Attempt) {
        let request = &attempt.request;
        tracing::debug!(method = request.method, uri = redact::uri(&request.uri, self.1), "sending");
    }

    fn waiting(&mut self, pause: &Pause) {
        let (delay, left) = (seconds(pause.duration), pause.remaining / 1_000);
        self.0.note(&format!("{}; next try in {delay} s, giving up in {left} s", pause.reason));
    }
}

/// A teller, and what is done before the first request leaves.
pub(super) struct Departure<F>(pub Teller, pub Option<F>);

impl<F: FnOnce()> Observer for Departure<F> {
    fn sending(&mut self, attempt: &Attempt) {
        if let Some(leaves) = self.1.take() {
            leaves();
        }
        self.0.sending(attempt);
    }

    fn waiting(&mut self, pause: &Pause) {
        self.0.waiting(pause);
    }
}

fn seconds(milliseconds: u32) -> String {
    format!("{}.{}", milliseconds / 1_000, milliseconds % 1_000 / 100)
}
