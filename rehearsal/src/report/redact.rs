//! No secret in a report: neither a presigned URL's signature nor a key that a script prints.

use std::borrow::Cow;

/// What stands in a secret's place.
const HIDDEN: &str = "(hidden)";

/// Names whose values are secret, in lower case: of query parameters, environment variables, JSON keys and headers.
///
/// Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>
const NAMES: [&str; 12] = [
    "signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-aws-ec2-metadata-token",
    "awsaccesskeyid",
    "aws_secret_access_key",
    "aws_session_token",
    "secretaccesskey",
    "sessiontoken",
    "authorization",
    "\"token\"",
    "aws_security_token",
];

/// A text with its secrets' values hidden: whatever follows one of the names as `NAME=VALUE`, `NAME: VALUE` or
/// `"NAME" : "VALUE"`, percent-encoded too.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    // Of the same length byte by byte, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut places: Vec<(usize, usize)> = NAMES
        .iter()
        .flat_map(|name| lower.match_indices(name).filter_map(|(at, _)| value(&lower, at, name)))
        .collect();
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    places.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (from, to) in places {
        if from >= done {
            out.push_str(text.get(done..from).unwrap_or_default());
            out.push_str(HIDDEN);
        }
        done = done.max(to);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// Where the value of the name at `at` begins and ends.
fn value(lower: &str, at: usize, name: &str) -> Option<(usize, usize)> {
    let whole_word = lower
        .get(..at)
        .and_then(|before| before.chars().next_back())
        .is_none_or(|before| !before.is_ascii_alphanumeric() && before != '_')
        || ["%26", "%3f", "%22"].iter().any(|it| lower.get(..at).is_some_and(|before| before.ends_with(it)))
        || name == "signature" && lower.get(..at).is_some_and(|before| before.ends_with("x-amz-"));
    if !whole_word && !name.starts_with('"') {
        return None;
    }
    let after = lower.get(at + name.len()..)?;
    let rest = after.trim_start_matches(['"', '\'', '\\', ' ', '\t']);
    let rest = rest
        .strip_prefix(['=', ':'])
        .or_else(|| rest.strip_prefix("%3d"))
        .map(|it| it.trim_start_matches(['"', '\'', '\\', ' ', '\t']))?;
    let length = if name == "authorization" {
        // A scheme and what belongs to it, to the end of the line or of the quoted word.
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
