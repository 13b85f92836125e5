#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use base64ct::{Base64, Encoding as _};

use super::url;
use crate::delivery::PrepareError;
use crate::secret::Secret;

const URL: &str =
    "https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/arn%3Aaws?X=1&Signature=a%2Bb";

fn decode(text: &str) -> Result<String, PrepareError> {
    url(&Secret::new(text)).map(|url| url.expose().to_owned())
}

#[test]
fn a_url_is_used_as_it_is_without_its_fragment() {
    assert_eq!(decode(URL), Ok(URL.to_owned()));
    assert_eq!(decode(" http://127.0.0.1:1/h?a=b#c\n"), Ok("http://127.0.0.1:1/h?a=b".to_owned()));
}

#[test]
fn base64_may_be_broken_into_lines() {
    let encoded = Base64::encode_string(URL.as_bytes());
    assert_eq!(decode(&encoded), Ok(URL.to_owned()));
    let (first, second) = encoded.split_at(60);
    assert_eq!(decode(&[first, "\r\n  ", second, "\n"].concat()), Ok(URL.to_owned()));
}

#[test]
fn anything_else_is_refused_without_being_shown() {
    let not_utf8 = Base64::encode_string(b"https://x/\xff");
    let not_a_url = Base64::encode_string(b"hello world");
    let upper_case = Base64::encode_string(b"HTTP://x/y");
    for text in [
        "",
        "  ",
        "notaurl",
        "ftp://x/y?Signature=secret",
        "HTTP://x/y?Signature=secret",
        "http://",
        "https:///h?Signature=secret",
        "https://user:secret@x/h",
        "aHR0cHM6Ly94L3k/c2VjcmV0PT",
        "aHR0cHM6Ly94L3k_",
        &not_utf8,
        &not_a_url,
        &upper_case,
    ] {
        let error = decode(text).unwrap_err();
        assert!(
            matches!(&error, PrepareError::WaitHandle(why) if why.starts_with("the wait condition handle "))
        );
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(text.trim().is_empty() || !error.to_string().contains(text), "{error}");
    }
}
