#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use fancy_regex::Regex;

use super::texts;

/// The first text that a pattern takes, and how many were tried.
fn first(pattern: &str) -> Option<String> {
    let whole = Regex::new(&format!("^(?:{pattern})$")).unwrap();
    texts(pattern, 20).find(|text| whole.is_match(text).unwrap())
}

#[test]
fn every_pattern_gets_a_text() {
    for pattern in [
        "[a-z][a-z0-9-]*",
        "^[a-zA-Z]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])$",
        r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})",
        r"^(((([1]?\d)?\d|2[0-4]\d|25[0-5])\.){3}(([1]?\d)?\d|2[0-4]\d|25[0-5]))$",
        "^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[a-zA-Z0-9]{12,40}$",
        r"^(?!aws)[a-z]{3,}\w+(?<!x)$",
        "(a|b)+?c?",
        "[^\\s@]+@[^\\s@]+",
        "",
        "(ami-[0-9a-f]{17})?",
        r"[\p{L}]{3}",
        r"\[(?=[^)]]?|[])])[]]",
        ".{60,}",
    ] {
        let text = first(pattern);
        assert!(text.is_some(), "{pattern}");
        assert_eq!(text, first(pattern), "{pattern}");
    }
}

#[test]
fn a_text_is_plain_and_bounded() {
    assert!(first(".+").unwrap().chars().all(|it| it.is_ascii_lowercase()));
    assert!(texts("(((a{900}){900}){900}){900}", 0).take(2).all(|it| it.len() < 5000));
    // Without a bound on its steps it would take 10^9 of them.
    assert!(texts("(?:a?){1000}{1000}{1000}", 0).take(2).all(|it| it.len() < 5000));
    assert_eq!(texts("(broken", 0).count(), 0);
}
