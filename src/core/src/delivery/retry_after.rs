//! How long a server asks to be left alone.

use super::http_date::http_date;
use crate::http::Response;

/// The most that `x-amz-retry-after` may add to the wait, in milliseconds, as in AWS's SDKs.
const MOST_ADDED: u64 = 5_000;

/// The milliseconds that the answer asks for, if it does, where `drawn` would be waited without.
///
/// `x-amz-retry-after` (milliseconds) is held between the drawn wait and 5 s more; `Retry-After` (seconds or a date, RFC
/// 9110 §10.2.3) is taken as it is. `now` is the server's time in Unix milliseconds.
pub(super) fn asked(response: &Response, drawn: u32, now: u64) -> Option<u64> {
    let drawn = u64::from(drawn);
    let header = |name| response.header(name).map(str::trim);
    if let Some(asked) = header("x-amz-retry-after").and_then(number) {
        return Some(asked.clamp(drawn, drawn + MOST_ADDED));
    }
    header("retry-after").and_then(|value| match number(value) {
        Some(seconds) => Some(seconds.saturating_mul(1_000)),
        None => http_date(value).map(|date| date.saturating_sub(now)),
    })
}

fn number(text: &str) -> Option<u64> {
    // A sign is none of a number's in a header.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;
