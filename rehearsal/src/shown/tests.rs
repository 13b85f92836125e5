#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

/// A character of each kind.
const HIDDEN: [char; 12] = [
    '\u{1b}',
    '\u{7}',
    '\u{9b}',
    '\n',
    '\u{ad}',
    '\u{200b}',
    '\u{202e}',
    '\u{2066}',
    '\u{2060}',
    '\u{feff}',
    '\u{e0041}',
    '\u{e0100}',
];

#[test]
fn nothing_hides_or_moves() {
    for hidden in HIDDEN {
        assert_eq!(plain(&format!("a{hidden}b\t")), "a b\t", "{hidden:?}");
        let escaped = escaped(&format!("a{hidden}b"));
        assert!(escaped.starts_with("a\\") && escaped.ends_with('b') && escaped.is_ascii(), "{escaped}");
    }
    for text in ["Ünïcode", "日本語", "שלום", "👍", "it's \\ \"quoted\""] {
        assert_eq!(plain(text), text);
        assert_eq!(escaped(text), text);
    }
}

#[test]
fn no_line_is_a_command() {
    for (given, shown) in [
        ("::error::x", "\\::error::x"),
        (" \t ::add-mask::x", " \t \\::add-mask::x"),
        ("##[error]x", "#\\#[error]x"),
        ("a ###[warning]x", "a ##\\#[warning]x"),
        ("AWS::EC2::Instance", "AWS::EC2::Instance"),
        ("Server | ::error::x", "Server | ::error::x"),
        ("## [x]", "## [x]"),
        ("", ""),
    ] {
        assert_eq!(line(given), shown);
    }
}

#[test]
fn json_means_what_it_meant() {
    let hidden = String::from_iter(HIDDEN);
    let value = serde_json::json!({"##[a]": "###[error]x ##[ \\##[", "hidden": hidden, "seen": "日👍"});
    let shown = json(&format!("{value:#}\n"));
    assert!(!shown.contains("##[") && !shown.contains(|it| it != '\n' && is_invisible(it)), "{shown}");
    assert!(shown.contains("日👍") && shown.contains("\\udb40\\udc41"), "{shown}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
}
