//! Dates in HTTP headers.

use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// A date in the form that servers have to send, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in Unix
/// milliseconds. The two forms that servers may not send since 1999 are not read.
pub(super) fn http_date(text: &str) -> Option<u64> {
    // A leap second counts as the one before it.
    let text = text.trim().replace(":60 GMT", ":59 GMT");
    let date = PrimitiveDateTime::parse(&text, FORMAT).ok()?.assume_utc();
    u64::try_from(date.unix_timestamp()).ok()?.checked_mul(1_000)
}

#[cfg(test)]
mod tests;
