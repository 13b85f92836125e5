//! Templates that this machine serves itself.

use std::time::Duration;

use ureq::Agent;

use super::{MAX_BYTES, ShelfError};

/// Whoever asks is kept waiting no longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Gets what a URL of loopback names: by no proxy, for that would be elsewhere, and by no redirect, which may lead there.
/// `shown` is what messages call it.
pub(super) fn get(url: &str, shown: &str) -> Result<Vec<u8>, ShelfError> {
    let not_fetched = |problem: String| ShelfError::NotFetched { url: shown.to_owned(), problem };
    let agent: Agent =
        Agent::config_builder().proxy(None).max_redirects(0).timeout_global(Some(PATIENCE)).build().into();
    let answer = agent.get(url).call().map_err(|error| not_fetched(error.to_string()))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(not_fetched(format!("the answer is {status}")));
    }
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let body = answer.into_body().into_with_config().limit(most).read_to_vec();
    body.map_err(|error| match error {
        ureq::Error::BodyExceedsLimit(_) => ShelfError::TooLong { most: MAX_BYTES },
        other => not_fetched(other.to_string()),
    })
}
