//! What is in the way, for whoever watches.

use alloc::string::String;

use crate::delivery::{TransportError, error_response};
use crate::http::Response;

/// The longest error code that is told, in bytes.
const LONGEST_CODE: usize = 64;

/// What happened last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setback {
    /// An answer that is not the last word.
    Answer {
        /// Its HTTP status.
        status: u16,
        /// AWS's error code, where there is one.
        code: Option<String>,
    },
    /// No answer. The text is the transport's own, as it gave it: one that quotes requests tells their secrets.
    Failure(TransportError),
}

impl Setback {
    /// Of an answer; its error code only, for a message may hold anything.
    pub(super) fn answer(response: &Response) -> Self {
        Self::Answer { status: response.status, code: code(&response.body) }
    }
}

/// The code that the body tells, if it looks like one.
fn code(body: &[u8]) -> Option<String> {
    let code = error_response::parse(body)?.code;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (code.len() <= LONGEST_CODE && code.bytes().all(plain)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn codes_of_aws_and_nothing_else() {
        let cases: [(&str, Option<&str>); 7] = [
            (r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded"}}"#, Some("Throttling")),
            ("<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>", Some("SlowDown")),
            ("<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>", Some("Throttling")),
            (r#"{"Error":{"Code":"two words"}}"#, None),
            (r#"{"Error":{"Code":7}}"#, None),
            ("<Code></Code>", None),
            ("<html>no</html>", None),
        ];
        for (body, expected) in cases {
            assert_eq!(code(body.as_bytes()).as_deref(), expected, "{body}");
        }
        assert_eq!(code(b"\xff<Code>x</Code>"), None);
    }
}
