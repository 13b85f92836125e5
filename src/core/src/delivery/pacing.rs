//! How the time before the deadline is divided: among tries, and between them.
//!
//! What keeps a signal from arriving may end at any moment. So no try and no wait may take so much that none fits in after it,
//! and whatever happens, one begins in the last two seconds.

use super::types::Policy;

/// Before the deadline, in milliseconds: a wait or a try that would last longer ends here, for a last try.
const LAST_TRY: u32 = 1_500;

/// What a try needs, in milliseconds: with less left, none is begun.
const LEAST: u32 = 500;

/// What a try may take at least, in milliseconds, if there is so much.
const SHARE: u32 = 5_000;

/// What a connection may take at least, likewise.
const CONNECTION_SHARE: u32 = 3_000;

/// Milliseconds for one question, of `left`: a third, so that several fit in.
pub(super) fn share(left: u32) -> u32 {
    if is_last(left) { left } else { (left / 3).max(SHARE).min(left.saturating_sub(LAST_TRY)) }
}

/// Whether a try that begins with `left` milliseconds to go is the last, which has all of them.
pub(super) const fn is_last(left: u32) -> bool {
    left < LAST_TRY + LEAST
}

/// Milliseconds that a request may take, and its connection, where `left` are left.
pub(super) fn timeouts(policy: &Policy, left: u32) -> (u32, u32) {
    let whole = policy.attempt_timeout.min(share(left));
    let connection = policy.connect_timeout.min((left / 6).max(CONNECTION_SHARE)).min(whole);
    (whole, connection)
}

/// Milliseconds to wait for the next try: `drawn`, or longer where the server `asked` for it, after the least time between the
/// beginnings of two tries. `since` is how long ago the last began. Cut where a last try would not fit in otherwise; `None` where
/// none does.
pub(super) fn wait(policy: &Policy, drawn: u32, asked: Option<u64>, since: u64, left: u32) -> Option<u32> {
    let soonest =
        u32::try_from(u64::from(policy.base_delay).saturating_sub(since)).unwrap_or(policy.base_delay);
    let wanted = u64::from(soonest.saturating_add(drawn)).max(asked.unwrap_or_default());
    let last = left.saturating_sub(LAST_TRY).max(soonest);
    let wait = u32::try_from(wanted).unwrap_or(u32::MAX).min(last);
    (wait.saturating_add(LEAST) <= left).then_some(wait)
}

#[cfg(test)]
mod tests;
