//! No secret in a report: neither a presigned URL's signature nor a key that a script prints.

use std::borrow::Cow;
use std::collections::BTreeSet;

use cfn_signal_core::redact::is_secret;

/// What stands in a secret's place.
const HIDDEN: &str = "(hidden)";

/// A text with its secrets' values hidden: whatever follows a name that [`is_secret`] as `NAME=VALUE`, `NAME: VALUE` or
/// `"NAME" : "VALUE"`, percent-encoded too.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    // Of the same length byte by byte, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut done = 0;
    for (from, to) in SIGNS.iter().flat_map(|sign| secrets(&lower, sign)).collect::<BTreeSet<_>>() {
        if from >= done {
            out.push_str(text.get(done..from).unwrap_or_default());
            out.push_str(HIDDEN);
        }
        done = done.max(to);
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Between a name and its value.
const SIGNS: [&str; 3] = ["=", ":", "%3d"];

/// What may stand around a sign.
const AROUND: [char; 5] = ['"', '\'', '\\', ' ', '\t'];

/// Where the secrets begin and end that stand after a `sign`.
fn secrets(lower: &str, sign: &'static str) -> impl Iterator<Item = (usize, usize)> {
    lower.match_indices(sign).filter_map(move |(at, _)| {
        let before = lower.get(..at)?;
        let named = before.trim_end_matches(AROUND);
        let is_of_name = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        let name = named.get(named.trim_end_matches(is_of_name).len()..)?;
        let quoted = before.get(named.len()..)?.contains('"');
        is_hidden(name, sign, quoted).then(|| value(lower, at + sign.len(), name)).flatten()
    })
}

/// Whether what is called `name` is hidden.
fn is_hidden(name: &str, sign: &str, quoted: bool) -> bool {
    // A role's credentials in the metadata; elsewhere a token may be anything.
    if name == "token" {
        return quoted;
    }
    // `IncompleteSignature: why` is an error.
    let error = sign == ":"
        && !quoted
        && name.ends_with("signature")
        && !matches!(name, "signature" | "x-amz-signature");
    !error && is_secret(name)
}

/// Where the value after a sign begins and ends.
fn value(lower: &str, after: usize, name: &str) -> Option<(usize, usize)> {
    let rest = lower.get(after..)?.trim_start_matches(AROUND);
    let length = if name.ends_with("authorization") || name.ends_with("cookie") {
        // A scheme and what belongs to it, or one pair after the other, to the end of the line or of the quoted word.
        rest.find(['\n', '"', '\'']).unwrap_or(rest.len())
    } else {
        let end =
            rest.find(|it: char| it.is_whitespace() || "&\"'<>,;)}\\|`".contains(it)).unwrap_or(rest.len());
        rest.get(..end).and_then(|it| it.find("%26")).unwrap_or(end)
    };
    let from = lower.len() - rest.len();
    (length > 0).then_some((from, from + length))
}

#[cfg(test)]
mod tests;
