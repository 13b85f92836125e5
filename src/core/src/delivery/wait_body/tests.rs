#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::body;
use crate::delivery::{PrepareError, Signal, Status};

fn signal(status: Status, reason: Option<&str>, data: Option<&str>) -> Signal {
    let text = |text: Option<&str>| text.map(str::to_owned);
    Signal { status, unique_id: "i-0123456789abcdef0".to_owned(), reason: text(reason), data: text(data) }
}

fn json(reason: Option<&str>, data: Option<&str>) -> String {
    String::from_utf8(body(&signal(Status::Success, reason, data)).unwrap()).unwrap()
}

#[test]
fn it_is_what_python_writes() {
    assert_eq!(
        json(Some("All good"), Some("some data é")),
        r#"{"Status": "SUCCESS", "Reason": "All good", "Data": "some data \u00e9", "UniqueId": "i-0123456789abcdef0"}"#
    );
    assert_eq!(
        json(Some("a\"\\/\n\r\t\u{8}\u{c}\u{1}\u{7f}"), Some("😀")),
        r#"{"Status": "SUCCESS", "Reason": "a\"\\/\n\r\t\b\f\u0001\u007f", "Data": "\ud83d\ude00", "UniqueId": "i-0123456789abcdef0"}"#
    );
}

#[test]
fn a_failure_without_a_reason_gets_the_originals() {
    for reason in [None, Some("")] {
        let failed = body(&signal(Status::Failure, reason, None)).unwrap();
        assert_eq!(
            String::from_utf8(failed).unwrap(),
            r#"{"Status": "FAILURE", "Reason": "Configuration failed.", "Data": "", "UniqueId": "i-0123456789abcdef0"}"#
        );
    }
    assert!(json(None, None).contains(r#""Reason": """#));
}

#[test]
fn a_reason_that_does_not_fit_is_cut_between_characters_and_says_so() {
    for (character, escaped) in [("x", 1), ("é", 6), ("😀", 12), ("\"", 2)] {
        let room = 4096 - json(None, None).len();
        let fits = json(Some(&character.repeat(room / escaped)), None);
        assert!(fits.len() <= 4096 && !fits.contains("(cut)"), "{character}");
        let cut = json(Some(&character.repeat(room / escaped + 1)), None);
        assert!(cut.len() <= 4096 && cut.len() > 4096 - escaped, "{character}: {}", cut.len());
        let value: serde_json::Value = serde_json::from_str(&cut).unwrap();
        let reason = value.get("Reason").and_then(serde_json::Value::as_str).unwrap();
        let kept = reason.strip_suffix("... (cut)").unwrap();
        assert!(kept.chars().all(|c| character.contains(c)), "{character}");
    }
}

#[test]
fn data_is_never_cut() {
    let room = 4096 - json(None, None).len();
    let full = json(Some("a reason for which there is no room"), Some(&"x".repeat(room)));
    assert_eq!(full.len(), 4096);
    assert!(full.contains(r#""Reason": """#), "not even the mark fits");
    let too_large = body(&signal(Status::Success, None, Some(&"x".repeat(room + 1))));
    assert_eq!(too_large, Err(PrepareError::TooLarge(4097)));
}
