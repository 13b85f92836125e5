//! What is told of what was typed, and of what a server made of it: a wait condition handle's URL may stand anywhere, such as where a
//! variable before it was empty, and in many spellings.

use std::borrow::Cow;

use cfn_signal_core::redact;

/// Stands where something was taken out.
const HIDDEN: &str = "<redacted>";

/// What `http` begins with in base64: `http:` and `https:` both.
const HTTP_IN_BASE64: &str = "aHR0c";

/// What separates a URL's path from its query, escaped or not, in lower case.
const QUERY_BEGINS: [&str; 3] = ["?", "%3f", "%253f"];

/// Which URLs are hidden, path and query.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those with a query.
    All,
    /// Those with a secret's name in the query.
    Secret,
}

/// `text` without the path and the query of any URL that has a query, without what follows a secret's name, and without what was
/// put into base64.
pub(super) fn conceal(text: &str) -> String {
    each_word(text, Which::All)
}

/// The same, but for queries in which nothing is called a secret.
#[must_use]
pub fn conceal_secrets(text: &str) -> String {
    each_word(text, Which::Secret)
}

fn each_word(text: &str, which: Which) -> String {
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '\'' | '"');
    text.split_inclusive(ends_word)
        .map(|word| {
            // In JSON a quotation mark has a backslash before it.
            let inside = word.trim_end_matches(|c| ends_word(c) || c == '\\');
            let (_, end) = word.split_at_checked(inside.len()).unwrap_or_default();
            let shown = concealed(inside, which).unwrap_or_else(|| inside.to_owned());
            [shown.as_str(), end].concat()
        })
        .collect()
}

fn concealed(word: &str, which: Which) -> Option<String> {
    let encoded = word.find(HTTP_IN_BASE64).into_iter().chain(redact::encoded_text(word)).min();
    if let Some(at) = encoded {
        return Some([word.get(..at)?, HIDDEN].concat());
    }
    let plain = unescaped(word);
    let named = redact::secret_value(&plain).is_some();
    if !named && which == Which::Secret {
        return without_password(word);
    }
    if let Some((front, rest)) = plain.split_once("//")
        && let Some((address, _)) = rest.split_once('?')
    {
        let host = address.split('/').next()?.rsplit('@').next()?;
        // What was escaped may move a cursor.
        let shown = format!("{front}//{host}/...?{HIDDEN}");
        return Some(shown.replace(char::is_control, " "));
    }
    if !named {
        return without_password(word);
    }
    let lower = word.to_ascii_lowercase();
    let queries = QUERY_BEGINS.iter().filter_map(|mark| Some(lower.find(mark)? + mark.len()));
    let shown = queries.chain(redact::secret_value(word)).min().or_else(|| Some(word.find('=')? + 1));
    Some([word.get(..shown.unwrap_or_default())?, HIDDEN].concat())
}

/// A URL without the user and the password, or the token, before its host.
fn without_password(word: &str) -> Option<String> {
    let (scheme, rest) = word.split_once("://")?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    // Such as `ssh://git@…`, which says nothing.
    let is_secret = user.contains(':') || scheme.to_ascii_lowercase().contains("http");
    is_secret.then(|| format!("{scheme}://{HIDDEN}{}", rest.get(user.len()..).unwrap_or_default()))
}

/// What `text` stands for, percent-encoded and escaped with backslashes as it may be, a few times over.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    for _ in 0..3 {
        match unescaped_once(&plain) {
            Some(next) => plain = Cow::Owned(next),
            None => break,
        }
    }
    plain
}

fn unescaped_once(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut rest, mut changed) = (text.as_bytes(), false);
    while let [first, after @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, after @ ..]
            | [b'\\', b'x' | b'X', high, low, after @ ..]
            | [b'\\', b'u', b'0', b'0', high, low, after @ ..] => hex(*high, *low).map(|byte| (byte, after)),
            [b'\\', b'/', after @ ..] => Some((b'/', after)),
            _ => None,
        };
        changed |= escaped.is_some();
        let (byte, after) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    changed.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::{conceal, conceal_secrets};

    #[test]
    fn a_presigned_url_is_hidden_wherever_it_was_typed() {
        let url = "https://u:p@b.s3.example/arn%3Aaws/h?Expires=1&Signature=ab%2Bcd";
        let encoded = "aHR0cHM6Ly9iLnMzLmV4YW1wbGUvaD9TaWduYXR1cmU9YWI=";
        let hidden = "https://b.s3.example/...?<redacted>";
        for (before, after) in [
            ("option -e: invalid integer value: '", "'"),
            ("no such option: --", ""),
            ("", " x"),
            ("\\\"", "\\\""),
        ] {
            for conceal in [conceal, conceal_secrets] {
                let told = conceal(&[before, url, after].concat());
                assert_eq!(told, [before, hidden, after].concat());
                let told = conceal(&[before, encoded, after].concat());
                assert_eq!(told, [before, "<redacted>", after].concat());
            }
        }
    }

    #[test]
    fn so_it_is_in_any_spelling() {
        for (typed, told) in [
            ("b.s3.example/h?Expires=1&Signature=ab", "b.s3.example/h?<redacted>"),
            ("//b.s3.example/h?Expires=1&Signature=ab", "//b.s3.example/...?<redacted>"),
            ("https%3A%2F%2Fb.s3.example%2Fh%3FSignature%3Dab", "https://b.s3.example/...?<redacted>"),
            (
                "https%253A%252F%252Fb.s3.example%252Fh%253fSignature%253Dab",
                "https://b.s3.example/...?<redacted>",
            ),
            ("https:\\/\\/b.s3.example\\/h?Signature\\u003dab", "https://b.s3.example/...?<redacted>"),
            ("https://b.s3.example/h%3FSignature=ab", "https://b.s3.example/...?<redacted>"),
            ("https://b.s3.example/h;Signature=ab", "https://b.s3.example/h;Signature=<redacted>"),
            ("b.s3.example/h%3FX-Amz-Signature%3Dab", "b.s3.example/h%3F<redacted>"),
            ("Signature=ab%2Bcd", "Signature=<redacted>"),
            ("&AWSAccessKeyId=AKID&Expires=1", "&AWSAccessKeyId=<redacted>"),
            ("stack=x%2526Signature%253Dab", "stack=<redacted>"),
            ("Signature\\x3dab", "<redacted>"),
            ("x%0a//b%1b[2K/h?Signature%3dab", "x //b [2K/...?<redacted>"),
        ] {
            assert_eq!(conceal(typed), told);
            assert_eq!(conceal_secrets(typed), told);
        }
    }

    #[test]
    fn what_a_server_has_put_into_base64_is_hidden() {
        // `AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG`, at each place that it may have in a longer text.
        for encoded in [
            "QUtJREVYQU1QTEU6d0phbHJYVXRuRkVNSS9LN01ERU5H",
            "eEFLSURFWEFNUExFOndKYWxyWFV0bkZFTUkvSzdNREVORw==",
            "JREVYQU1QTEU6d0phbHJYVXRuRkVNSS9LN01ERU5H",
            "tJREVYQU1QTEU6d0phbHJYVXRuRkVNSS9LN01ERU5H",
        ] {
            assert_eq!(conceal(&format!("you sent ({encoded}")), "you sent (<redacted>");
        }
    }

    #[test]
    fn what_stands_before_a_host_is_hidden() {
        for (typed, told) in [
            (
                "git clone https://me:t0ken@git.example/x.git",
                "git clone https://<redacted>@git.example/x.git",
            ),
            ("https://t0ken@git.example", "https://<redacted>@git.example"),
            ("--proxy=http://u:p@w@proxy:3128", "--proxy=http://<redacted>@proxy:3128"),
            ("postgres://u:p@db/x", "postgres://<redacted>@db/x"),
        ] {
            assert_eq!(conceal(typed), told);
            assert_eq!(conceal_secrets(typed), told);
        }
        for text in ["ssh://git@git.example/x", "https://h.example/@user", "a@b.example", "user:pass@"] {
            assert_eq!(conceal(text), text);
        }
    }

    #[test]
    fn the_rest_is_as_it_was() {
        for text in [
            "",
            " a  'b' \"c\"\n",
            "https://h.example/a b?c",
            "why? https://h/",
            "Usage: cfn-signal [URL]",
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/51af3dc0-da77-11e4-872e-1234567db123",
            "/var/lib/cloud/instances/i-0123456789abcdef0/user-data.txt",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "ProvisionedThroughputExceededException",
        ] {
            assert_eq!(conceal(text), text);
        }
        let harmless = "uri=https://h.example/?Action=SignalResource&StackName=S";
        assert_eq!(conceal_secrets(harmless), harmless);
    }
}
