use super::*;

#[test]
fn numbers_are_pythons() {
    for (written, text, is_decimal) in [
        ("644", "644", true),
        ("0644", "420", false),
        ("-1_000", "-1000", false),
        ("0", "0", false),
        ("0x1F", "31", false),
        ("0b11", "3", false),
        ("22:30", "1350", false),
        ("1.10", "1.1", false),
        (".5", "0.5", false),
        ("2.0e+3", "2000.0", false),
    ] {
        assert_eq!(yaml(written), Some(Number { text: text.to_owned(), is_decimal }), "{written}");
    }
}

#[test]
fn what_is_text_stays_text() {
    for written in [
        "",
        ".",
        "-",
        "0o644",
        "089",
        "80:80",
        "1.2.3",
        "1e3",
        "10.0.0.1",
        "2024-01-02",
        "x1",
        "0x",
        "--5",
        "3a",
        ".",
    ] {
        assert_eq!(yaml(written), None, "{written}");
    }
}

#[test]
fn digits_are_digits_only() {
    assert_eq!(digits("0060"), Some(60));
    for text in ["", "+1", "-1", "1.0", "1e3", " 1", "٣", "99999999999999999999"] {
        assert_eq!(digits(text), None, "{text}");
    }
}
