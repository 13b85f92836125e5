#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

fn text(of: &str) -> Text {
    let mut text = Text::default();
    text.push(of, [(0, 1000)]);
    text
}

#[test]
fn every_byte_has_the_place_of_the_letters_that_encode_it() {
    // "#!/bin/sh\nfalse\n", in two lines.
    let decoded = decoded(&text("IyEvYmluL3No\nCmZhbHNlCg==\n")).unwrap();
    assert_eq!(decoded.text, "#!/bin/sh\nfalse\n");
    let places: Vec<_> = [0, 1, 3, 8, 9, 12, 15].iter().map(|at| decoded.file_byte(*at)).collect();
    assert_eq!(places, [1000, 1001, 1004, 1010, 1013, 1017, 1021]);
}

#[test]
fn what_is_no_base64_or_no_text_is_left_as_it_is() {
    for of in ["", " \n", "#!/bin/sh\n", "IyEv*mlu", "//79", "a"] {
        assert!(decoded(&text(of)).is_none(), "{of:?}");
    }
}
