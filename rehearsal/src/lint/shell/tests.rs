#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use super::*;

fn block(script: &str) -> Block {
    let mut text = Text::default();
    text.push(script, [(0, 0)]);
    parse(&text).unwrap().block
}

fn command(script: &str) -> Command {
    match block(script).swap_remove(0).kind {
        Kind::Command(command) => command,
        other => panic!("{script}: {other:?}"),
    }
}

#[test]
fn words_lose_their_quotes_and_escapes() {
    let cases = [
        ("a b", "b"),
        ("a 'b c'", "b c"),
        ("a \"b c\"", "b c"),
        (r#"a "b \"c\" \d""#, r#"b "c" \d"#),
        (r"a b\ c", "b c"),
        ("a --x='y z'w", "--x=y zw"),
        ("a ''", ""),
        ("a \"\"", ""),
        ("a 1", "1"),
        ("a > /dev/null b", "b"),
    ];
    for (script, expected) in cases {
        assert_eq!(command(script).words[1].literal().as_deref(), Some(expected), "{script}");
    }
}

#[test]
fn expansions_are_told_apart() {
    let kinds = |script: &str| -> Vec<PieceKind> {
        command(script).words[1].pieces.iter().map(|piece| piece.kind.clone()).collect()
    };
    let literal = |text: &str| PieceKind::Literal(text.to_owned());
    assert_eq!(kinds("a $?"), [PieceKind::Status]);
    assert_eq!(kinds("a ${?}"), [PieceKind::Status]);
    assert_eq!(kinds("a \"x $? y\""), [literal("x "), PieceKind::Status, literal(" y")]);
    assert_eq!(kinds("a '$?'"), [literal("$?")]);
    assert_eq!(kinds(r#"a "\$?""#), [literal("$?")]);
    assert_eq!(kinds("a $X"), [PieceKind::Variable("X".to_owned())]);
    assert_eq!(kinds("a --x=${X:-y}"), [literal("--x="), PieceKind::Variable("X".to_owned())]);
    assert_eq!(kinds("a $(b c)"), [PieceKind::Substitution("$(b c)".to_owned())]);
    assert!(command("a \"$X\"").words[1].pieces[0].quoted);
    assert!(!command("a $X").words[1].pieces[0].quoted);
}

#[test]
fn lists_pipes_and_groups() {
    assert!(block("a &\nb")[0].background);
    assert!(!block("a &\nb")[1].background);
    assert!(matches!(&block("a | b 2>&1 | c > d")[0].kind, Kind::Pipeline(body) if body.len() == 3));
    assert!(
        matches!(&block("a && b || c")[0].kind, Kind::Chain { left, .. } if matches!(left.kind, Kind::Chain { .. }))
    );
    assert!(matches!(&block("( a; b )")[0].kind, Kind::Group { body } if body.len() == 2));
    assert!(matches!(&block("f() { a; }")[0].kind, Kind::Function { name, .. } if name == "f"));
    assert!(matches!(&block("X=1")[0].kind, Kind::Assignment(values) if values.len() == 1));
    let mut names = Vec::new();
    let script = block("if a; then b; else c; fi\nfor x in 1 2; do d; done\nf() { e; }\ng && ! h | i");
    visit(&script, &mut |command| names.push(command.name().unwrap()));
    assert_eq!(names.concat(), "abcdefghi".replace('f', ""));
}

#[test]
fn what_is_not_understood_is_unknown() {
    for script in ["a\n)) ((\nb c\n", "if", "a 'b", "case x in", "\u{e000}("] {
        let read = block(script);
        let understood = read.iter().all(|statement| matches!(statement.kind, Kind::Command(_)));
        assert!(!understood, "{script}: {read:?}");
    }
}

#[test]
fn a_word_without_its_beginning_has_its_own_place() {
    let word = command("a --stack=web").words[1].without("--stack=".len());
    assert_eq!((word.literal().as_deref(), word.range.start), (Some("web"), 10));
}
