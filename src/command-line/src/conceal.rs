//! What is told of what was typed: a wait condition handle's URL may stand anywhere, such as where a variable before it was empty.

/// Stands where something was taken out.
const HIDDEN: &str = "<redacted>";

/// What `http` begins with in base64: `http:` and `https:` both.
const HTTP_IN_BASE64: &str = "aHR0c";

/// `text` without the path and the query of any URL that has a query, and without any URL in base64.
pub(super) fn conceal(text: &str) -> String {
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '\'' | '"');
    text.split_inclusive(ends_word)
        .map(|word| {
            let inside = word.trim_end_matches(ends_word);
            let (_, end) = word.split_at_checked(inside.len()).unwrap_or_default();
            [concealed(inside).unwrap_or_else(|| inside.to_owned()).as_str(), end].concat()
        })
        .collect()
}

fn concealed(word: &str) -> Option<String> {
    if let Some(at) = word.find(HTTP_IN_BASE64) {
        return Some([word.get(..at)?, HIDDEN].concat());
    }
    let (scheme, rest) = word.split_once("://")?;
    let (address, _) =
        rest.split_once('?').or_else(|| rest.split_once("%3F")).or_else(|| rest.split_once("%3f"))?;
    let host = address.split('/').next()?.rsplit('@').next()?;
    Some(format!("{scheme}://{host}/...?{HIDDEN}"))
}

#[cfg(test)]
mod tests {
    use super::conceal;

    #[test]
    fn a_presigned_url_is_hidden_wherever_it_was_typed() {
        let url = "https://u:p@b.s3.example/arn%3Aaws/h?Expires=1&Signature=ab%2Bcd";
        let encoded = "aHR0cHM6Ly9iLnMzLmV4YW1wbGUvaD9TaWduYXR1cmU9YWI=";
        let hidden = "https://b.s3.example/...?<redacted>";
        for (before, after) in
            [("option -e: invalid integer value: '", "'"), ("no such option: --", ""), ("", " x")]
        {
            assert_eq!(conceal(&[before, url, after].concat()), [before, hidden, after].concat());
            assert_eq!(conceal(&[before, encoded, after].concat()), [before, "<redacted>", after].concat());
        }
    }

    #[test]
    fn the_rest_is_as_it_was() {
        for text in
            ["", " a  'b' \"c\"\n", "https://h.example/a b?c", "why? https://h/", "Usage: cfn-signal [URL]"]
        {
            assert_eq!(conceal(text), text);
        }
    }
}
