//! Dates in HTTP headers.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// A date in the form that servers have to send, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in Unix
/// milliseconds. The two forms that servers may not send since 1999 are not read. A leap second counts as the one before it.
pub(super) fn http_date(text: &str) -> Option<u64> {
    // It is a date in mail whose every part has its place and whose zone is this one. A reader of just this form, which `time`
    // makes of a description, would be 10 kB more of the component.
    const LENGTH: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();
    let text = text.trim();
    if text.len() != LENGTH || !text.ends_with(" GMT") {
        return None;
    }
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    u64::try_from(date.unix_timestamp()).ok()?.checked_mul(1_000)
}

#[cfg(test)]
mod tests;
