use super::{
    Part::{self, Escaped, Literal, Variable},
    parts,
};

#[test]
fn takes_strings_apart() {
    let cases: &[(&str, &[Part<'_>])] = &[
        ("", &[]),
        ("plain $HOME $(date) $ {x}", &[Literal("plain $HOME $(date) $ {x}")]),
        ("${A}", &[Variable { name: "A", start: 0 }]),
        ("é${ A.B }b", &[Literal("é"), Variable { name: "A.B", start: 2 }, Literal("b")]),
        ("$${A}", &[Literal("$"), Variable { name: "A", start: 1 }]),
        ("${!A}${A}", &[Escaped("A"), Variable { name: "A", start: 5 }]),
        ("${!a[@]}", &[Escaped("a[@]")]),
        ("${}", &[Variable { name: "", start: 0 }]),
        ("a ${open", &[Literal("a ${open")]),
    ];
    for (text, expected) in cases {
        assert_eq!(parts(text), *expected, "{text}");
    }
}
