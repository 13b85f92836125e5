#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use super::*;
use crate::template::yaml;

/// Where `wanted` stands, found through the scalar at `key`.
fn place(file: &str, key: &str, wanted: &str) -> (u32, u32) {
    let root = yaml::read(file).expect(file);
    let mut node = root.get(key).unwrap();
    if let Some((_, argument)) = node.function() {
        node = argument;
    }
    let source = Source::new(file);
    let pairs = source.locate(node);
    let text = node.text().unwrap();
    let at = text.find(wanted).expect(text);
    let (from, to) = pairs.iter().rev().find(|(from, _)| *from <= at).unwrap();
    let place = source.place_of(to + (at - from));
    (place.line, place.column)
}

#[test]
fn every_style_of_a_scalar() {
    let cases = [
        ("A: plain text", "text", (1, 10)),
        ("A: plain\n  text  folded\n", "folded", (2, 9)),
        ("A: |\n  one\n    two\n", "two", (3, 5)),
        ("A: |-\n\n\n  one two\n", "two", (4, 7)),
        ("A: !Sub |  # why\n  one\n  \"two\n", "two", (3, 4)),
        ("A: |\n  \"quoted\" it's\n", "it", (2, 12)),
        ("A: |2\n    one\n", "one", (2, 5)),
        ("A: >\n  one\n  two\n\n  three\n", "three", (5, 3)),
        ("A: 'it''s one'", "one", (1, 11)),
        ("A: 'one\n  two'", "two", (2, 3)),
        (r#"A: "\tit\"s \u00e9 \x41one""#, "one", (1, 24)),
        ("A: \"one \\\n   two\"", "two", (2, 4)),
        (r#"{"A": "a\/b \ud83d\ude00 c\nd"}"#, "d", (1, 29)),
        ("A: &x !Sub 'é one'", "one", (1, 15)),
        ("A: !Sub\n  |\n  one\n", "one", (3, 3)),
        ("\u{feff}A: one", "one", (1, 4)),
        ("A: |\r\n  one\r\n  two\r\n", "two", (3, 3)),
    ];
    for (file, wanted, expected) in cases {
        assert_eq!(place(file, "A", wanted), expected, "{file}");
    }
}

#[test]
fn a_text_goes_on_after_what_a_loop_has_put_in() {
    for (file, text, wanted, expected) in [
        ("A: 'one ${X} two'", "one value two", "two", 14),
        ("A: 'one ${X}${Y} two'", "one ab two", "two", 18),
        ("A: !Sub 'a${X}b&{X}c ${AWS::Region} d'", "a12b12c ${AWS::Region} d", "d", 37),
        ("A: x${X}\nB: 1", "xvalue", "x", 4),
    ] {
        let start = file.find(['\'', '!', 'x']).unwrap();
        let pairs = align(file, start, text);
        let at = text.rfind(wanted).unwrap();
        let (from, to) = pairs.iter().rev().find(|(from, _)| *from <= at).unwrap();
        assert_eq!(to + (at - from) + 1, expected, "{file}");
    }
}

#[test]
fn places_and_bytes_are_inverse() {
    let text = format!("é{}\n😀b\r\nc", "ü".repeat(300));
    let source = Source::new(&text);
    for (byte, letter) in text.char_indices() {
        let place = source.place_of(byte);
        assert_eq!(source.byte_at(place), byte, "{letter:?} at {place:?}");
    }
    let excerpt = source.excerpt(Place { line: 2, column: 2 });
    assert_eq!((excerpt.text.as_str(), excerpt.column), ("😀b", 1));
    let excerpt = source.excerpt(Place { line: 1, column: 300 });
    assert_eq!((excerpt.text.chars().count(), excerpt.column), (252, 50));
    assert_eq!(source.byte_at(Place { line: 9, column: 1 }), text.len());
}
