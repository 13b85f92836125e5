use super::{concat, is_whitespace, lossy, trim, trim_end, trim_start};

#[test]
fn parts_are_put_together() {
    assert_eq!(concat(&["a", "", "é", "c"]), "aéc");
    assert_eq!(concat(&[]), "");
}

#[test]
fn whitespace_is_what_unicode_says() {
    for character in '\0'..=char::MAX {
        assert_eq!(is_whitespace(character), character.is_whitespace(), "{character:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    for bytes in
        [b"".as_slice(), "aé😀".as_bytes(), b"a\xff\xfeb", b"\xc3", b"\xf0\x9f\x98\xc3\xa9", b"\xed\xa0\x80"]
    {
        assert_eq!(lossy(bytes), String::from_utf8_lossy(bytes), "{bytes:?}");
    }
}

#[test]
fn both_ends_are_trimmed() {
    for text in ["", " ", " \u{2003}é b\u{3000}\n", "é", "\u{feff} a ", "a\u{200b}", " \u{85}\u{a0}"] {
        assert_eq!(trim(text), text.trim(), "{text:?}");
        assert_eq!(trim_start(text), text.trim_start(), "{text:?}");
        assert_eq!(trim_end(text), text.trim_end(), "{text:?}");
    }
}
