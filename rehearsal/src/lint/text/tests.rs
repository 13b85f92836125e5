#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn sample() -> Text {
    let mut text = Text::default();
    text.push("run --stack ", [(0, 100)]);
    text.push_symbol(Symbol::Ref("AWS::StackName".to_owned()), 200);
    text.push(" a\nb", [(0, 300), (3, 350)]);
    text
}

#[test]
fn every_byte_has_its_place_in_the_file() {
    let text = sample();
    for (wanted, file) in [("run", 100), ("stack", 106), ("\u{e000}", 200), (" a", 300), ("b", 350)] {
        let at = text.text.find(wanted).unwrap();
        assert_eq!(text.file_byte(at), file, "{wanted}");
    }
}

#[test]
fn a_slice_keeps_places_and_symbols() {
    let text = sample();
    let start = text.text.find("stack").unwrap();
    let part = text.slice(start..text.text.len());
    assert_eq!(part.text, "stack \u{e000} a\nb");
    assert_eq!(part.file_byte(0), 106);
    assert_eq!(part.symbol_at(6), Some(&Symbol::Ref("AWS::StackName".to_owned())));
    assert_eq!(part.file_byte(part.text.len() - 1), 350);
    let after = text.slice(text.text.find(" a").unwrap()..text.text.len());
    assert_eq!((after.file_byte(0), after.symbols().count()), (300, 0));
}

#[test]
fn fragments_tell_literal_text_from_symbols() {
    let text = sample();
    let symbol = Symbol::Ref("AWS::StackName".to_owned());
    assert_eq!(
        text.fragments(4..text.text.len()),
        [Fragment::Literal("--stack "), Fragment::Symbol(&symbol), Fragment::Literal(" a\nb")]
    );
    // The stand-in in a template's own text is no symbol.
    let mut own = Text::default();
    own.push("a\u{e000}", [(0, 0)]);
    assert_eq!(own.fragments(0..4), [Fragment::Literal("a\u{e000}")]);
}

#[test]
fn a_scalar_inside_a_text_is_found_through_both() {
    let mut text = Text::default();
    text.push("- \"a ", [(0, 10)]);
    text.push_symbol(Symbol::Ref("X".to_owned()), 50);
    text.push("\\n\\\"b\"", [(0, 70)]);
    let scalar = text.scalar(2, "a \u{e000}\n\"b");
    assert_eq!(scalar.file_byte(0), 13);
    assert_eq!(scalar.symbol_at(2), Some(&Symbol::Ref("X".to_owned())));
    assert_eq!(scalar.file_byte(scalar.text.find('b').unwrap()), 74);
}
