//! Dates in HTTP headers.

use crate::calendar;

/// A date in the form that servers have to send, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in Unix
/// milliseconds. The two forms that servers may not send since 1999 are not read. A leap second counts as the one before it.
pub(super) fn http_date(text: &str) -> Option<u64> {
    // The day of the week says nothing that the date does not.
    let &[_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', ref time @ ..] =
        text.trim().as_bytes()
    else {
        return None;
    };
    let &[h1, h2, b':', mi1, mi2, b':', s1, s2, b' ', b'G', b'M', b'T'] = time else { return None };
    let seconds = if [s1, s2] == *b"60" { *b"59" } else { [s1, s2] };
    let time = [[h1, h2], [mi1, mi2], seconds];
    calendar::unix_seconds([y1, y2, y3, y4], month([m1, m2, m3])?, [d1, d2], time)?.checked_mul(1_000)
}

/// From 1 up.
fn month(name: [u8; 3]) -> Option<u8> {
    const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    let at = NAMES.chunks_exact(3).position(|known| known.eq_ignore_ascii_case(&name))?;
    u8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests;
