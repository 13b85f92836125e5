#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use proptest::prelude::*;

use super::{
    super::node::{Kind, Node},
    MAX_BYTES, Reader, dash, document, read,
};

/// What a text is read to with a letter for each dash that may be meant.
fn with_stand_ins(text: &str) -> Option<String> {
    Reader::new(&dash::Text::with_stand_ins(text)?, false)
        .document()
        .ok()
        .map(|document| shown(&document.root))
}

/// A node on one line: lists in brackets, maps in braces, text in quotes, the rest bare.
fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Text(text) | Kind::Number(text) => format!("{text:?}"),
        Kind::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Kind::Map(entries) => {
            let shown = |entry: &super::Entry| format!("{}: {}", entry.key, shown(&entry.value));
            format!("{{{}}}", entries.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
    }
}

fn told(text: &str) -> String {
    match read(text) {
        Ok(node) => shown(&node),
        Err(fault) => fault.into_error("t", None).to_string(),
    }
}

#[test]
fn values() {
    for (text, expected) in [
        ("2010-09-09", "\"2010-09-09\""),
        (
            "[012345678901, 0x1F, 1_000, 1.50, 60:30, .inf]",
            r#"["012345678901", "0x1F", "1_000", "1.50", "60:30", ".inf"]"#,
        ),
        ("[yes, No, on, OFF, true, False]", "[true, false, true, false, true, false]"),
        ("[y, n, 'yes', \"no\", !!str yes]", r#"["y", "n", "yes", "no", "yes"]"#),
        ("{on: 1, 'on': 2}", r#"{true: "1", on: "2"}"#),
        ("[~, null, 'null', ]", "[null, null, \"null\"]"),
        ("{a: , b: ''}", "{a: null, b: \"\"}"),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", r#"{a: "x\ny\n", b: "x y"}"#),
        ("\u{feff}a: 1", "{a: \"1\"}"),
        ("--- \na: 1\n...\n", "{a: \"1\"}"),
        ("a: 1\r\nb: 2\r\n", "{a: \"1\", b: \"2\"}"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn brackets_and_quotes_are_read_as_by_the_services_reader() {
    for (text, expected) in [
        // A closing bracket at its key's indent, and before it.
        ("P:\n  Ids: [\n    \"a\",\n    \"b\"\n  ]\n  N: c\n", r#"{P: {Ids: ["a", "b"], N: "c"}}"#),
        ("P: {\n  \"Id\": \"a\"\n}\nN: c\n", r#"{P: {Id: "a"}, N: "c"}"#),
        ("P:\n  U: !Join [\"\", [\n    'a',\n    \"b\"\n  ]]\n", r#"{P: {U: {Fn::Join: ["", ["a", "b"]]}}}"#),
        ("P:\n  - Ids: [\n\"a\",\n b\n]\n", r#"{P: [{Ids: ["a", "b"]}]}"#),
        // Quoted text that goes on where it likes.
        ("D: \"A box\nthat waits\"\nN: c\n", r#"{D: "A box that waits", N: "c"}"#),
        ("P:\n  D: 'A box\n  that\n\nwaits'\n  N: c\n", r#"{P: {D: "A box that\nwaits", N: "c"}}"#),
        ("- \"a\n b\"\n- c\n", r#"["a b", "c"]"#),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn a_dash_is_a_value_before_a_comma_or_a_bracket() {
    for (text, expected) in [
        ("!Join [-, [a, b]]", r#"{Fn::Join: ["-", ["a", "b"]]}"#),
        (
            "V: !Join\n  [ -, ['-, -', \"[-]\", -x, a-]]",
            r#"{V: {Fn::Join: ["-", ["-, -", "[-]", "-x", "a-"]]}}"#,
        ),
        ("[-]", r#"["-"]"#),
        ("{a: -, b: [-,-], -: c} # [-, x]", r#"{a: "-", b: ["-", "-"], -: "c"}"#),
        ("a: [-, b]\nc: |\n  [-, d]\n  -,\n", r#"{a: ["-", "b"], c: "[-, d]\n-,\n"}"#),
        ("a: !Join [-, [é, \u{e000}]]", "{a: {Fn::Join: [\"-\", [\"é\", \"\\u{e000}\"]]}}"),
        // What is wrong behind one has its place.
        ("a: [-, b]\nc: [é, -, @d]", "t:2:11: not readable as YAML or JSON: unexpected character: `@'"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    let root = read("a: !Join [-, [é, -, b]]").unwrap();
    let list = root.get("a").unwrap().get("Fn::Join").unwrap().items().unwrap();
    let columns: Vec<u32> = [&list[0], &list[1]]
        .into_iter()
        .chain(list[1].items().unwrap())
        .map(|node| node.place.column)
        .collect();
    assert_eq!(columns, [11, 14, 15, 18, 21]);
}

#[test]
fn a_comment_may_stand_directly_behind_quotes_and_brackets() {
    for (text, expected) in [
        ("a: \"b\"#c\nd: 'e'#f # g\n", r#"{a: "b", d: "e"}"#),
        ("a: {b: [c]#d\n  }#e\nf: !Sub 'g#h'#'i'\r\n", r#"{a: {b: ["c"]}, f: {Fn::Sub: "g#h"}}"#),
        ("[-, \"é\"#é\n, -]#", r#"["-", "é", "-"]"#),
        ("a: b#c\nd: |\n  'e'#f\n", r#"{a: "b#c", d: "'e'#f\n"}"#),
        // What is wrong behind one has its place.
        ("a: \"b\"#é\nc: @d", "t:2:4: not readable as YAML or JSON: unexpected character: `@'"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    let many = "- \"a\"#b\n".repeat(65);
    assert_eq!(
        told(&many),
        "t:65:6: not readable as YAML or JSON: comments must be separated from other tokens by whitespace"
    );
}

#[test]
fn the_last_of_a_key_counts_and_is_told() {
    let text = "a: 1\nb: {c: 2, d: 3, c: {e: 4}, c: 5}\na: !Ref x\n";
    let document = document(text).map_err(|fault| fault.into_error("t", None)).unwrap();
    assert_eq!(shown(&document.root), r#"{a: {Ref: "x"}, b: {c: "5", d: "3"}}"#);
    let told: Vec<_> = document
        .repeated
        .iter()
        .map(|it| (it.key.as_str(), it.place.line, it.place.column, it.earlier.line, it.earlier.column))
        .collect();
    assert_eq!(told, [("c", 2, 17, 2, 5), ("c", 2, 28, 2, 17), ("a", 3, 1, 1, 1)]);
    assert_eq!(read("{\"a\": 1, \"a\": 2}").map(|root| shown(&root)).ok().as_deref(), Some("{a: \"2\"}"));
    // What is merged gives way, and is no repetition.
    let merged =
        super::document("a: &x {k: 1}\nb: {k: 2, <<: *x}").map_err(|fault| fault.into_error("t", None));
    assert_eq!(merged.unwrap().repeated, []);
}

#[test]
fn numbers_are_those_of_json() {
    let text = "[0, -1, 1.50, 1e9, 012, 0x1F, 1_000, .5, +1, 60:30, '1', !!str 1]";
    let root = read(text).unwrap();
    let is_number = |node: &Node| matches!(node.kind, Kind::Number(_));
    let count = root.items().unwrap().iter().take_while(|item| is_number(item)).count();
    assert_eq!((count, root.items().unwrap().iter().filter(|item| is_number(item)).count()), (4, 4));
}

#[test]
fn tags_become_functions() {
    for (text, expected) in [
        ("!Ref A", "{Ref: \"A\"}"),
        ("!Condition A", "{Condition: \"A\"}"),
        ("!GetAtt A.B", "{Fn::GetAtt: \"A.B\"}"),
        ("!GetAtt [A, B]", "{Fn::GetAtt: [\"A\", \"B\"]}"),
        ("!Base64\n  Fn::Sub: a", "{Fn::Base64: {Fn::Sub: \"a\"}}"),
        ("!Join ['', [!Ref A, yes]]", r#"{Fn::Join: ["", [{Ref: "A"}, true]]}"#),
        ("!GetAZs", "{Fn::GetAZs: \"\"}"),
        ("!RefAll AWS::EC2::VPC::Id", "{Fn::RefAll: \"AWS::EC2::VPC::Id\"}"),
        ("!ValueOf [A, Tags.b]", "{Fn::ValueOf: [\"A\", \"Tags.b\"]}"),
        (
            "!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId]",
            "{Fn::ValueOfAll: [\"AWS::EC2::Subnet::Id\", \"VpcId\"]}",
        ),
        (
            "!Implies [!Contains [[a], a], !EachMemberEquals [[a], a]]",
            r#"{Fn::Implies: [{Fn::Contains: [["a"], "a"]}, {Fn::EachMemberEquals: [["a"], "a"]}]}"#,
        ),
        ("! a", "\"a\""),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn anchors_and_merges() {
    for (text, expected) in [
        ("a: &x [1]\nb: *x", "{a: [\"1\"], b: [\"1\"]}"),
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", r#"{a: {k: "1", l: "2"}, b: {k: "3", l: "2"}}"#),
        (
            "a: &x {k: 1}\nb: &y {k: 2, m: 3}\nc: {<<: [*x, *y]}",
            r#"{a: {k: "1"}, b: {k: "2", m: "3"}, c: {k: "1", m: "3"}}"#,
        ),
        ("a: &x [*x]", "t:1:8: an alias inside what it stands for"),
        ("{<<: 1}", "t:1:6: what is merged with << has to be a map or a list of maps"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn json_escapes() {
    for (text, expected) in [
        (r#"{"a": "\ud83d\ude80 \u00e9 \/ \\ud83d\\ude80"}"#, r#"{a: "🚀 é / \\ud83d\\ude80"}"#),
        ("{\n\t\"a\":\t1,\n\t\"b\":[true,null]\n}", "{a: \"1\", b: [true, null]}"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    assert!(read(r#"{"a": "\ud83d"}"#).is_err());
}

#[test]
fn ids_are_unique_also_in_copies() {
    fn collect(node: &Node, ids: &mut Vec<u32>) {
        ids.push(node.id);
        node.items().unwrap_or_default().iter().for_each(|item| collect(item, ids));
        node.entries().iter().for_each(|entry| collect(&entry.value, ids));
    }
    let root = read("a: &x {k: !Ref A, l: &y [1, 2]}\nb: *x\nc: [*y, *x]\nd: {<<: *x}").unwrap();
    let mut ids = Vec::new();
    collect(&root, &mut ids);
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), count), (count, 29));
}

#[test]
fn what_is_refused() {
    for (text, expected) in [
        ("a: 1\n---\nb: 2", "t:3:1: a second document begins here; a template is one"),
        ("# nothing", "t:1:1: the template is empty"),
        ("a:\n  : 1", "t:2:3: a key is missing here"),
        ("{[a]: 1}", "t:1:2: a key has to be text"),
        ("!Nope a", "t:1:1: CloudFormation has no tag \"!Nope\""),
        ("!!set {a}", "t:1:1: CloudFormation takes no !!set"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn limits_hold() {
    assert!(told(&"a".repeat(MAX_BYTES + 1)).contains("more than 1048576 bytes"));
    // The parser looks ahead in brackets, and has a limit of its own.
    assert!(told(&"[".repeat(100_000)).contains("recursion limit exceeded"));
    assert!(
        told(&format!("{}{}", "[\n".repeat(200), "]".repeat(200)))
            .contains("nested more than 100 levels deep")
    );
    assert!(told(&"{a: ".repeat(50_000)).contains("recursion limit exceeded"));
    let steps: String = (0..400).map(|level| format!("{}k:\n", " ".repeat(level))).collect();
    assert!(told(&steps).contains("nested more than 100 levels deep"));
    assert!(told(&format!("[{}", "- ".repeat(300_000))).starts_with("t:1:"));
}

#[test]
fn alias_bombs_are_defused() {
    let mut wide = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        let last = format!("*a{}", level - 1);
        wide.push_str(&format!("a{level}: &a{level} [{}]\n", [last.as_str(); 9].join(", ")));
        deep.push_str(&format!("a{level}: &a{level} [{last}]\n"));
    }
    assert!(told(&wide).contains("more than 250000 values, aliases counted"), "{}", told(&wide));
    assert!(told(&deep).contains("nested more than 100 levels deep"), "{}", told(&deep));
}

#[test]
fn aliases_repeat_no_more_than_a_few_megabytes() {
    let long = "x".repeat(500_000);
    let many = "*a, ".repeat(75_000);
    for (text, at) in [
        (format!("a: &a {long}\nb: [{many}]"), "t:2:"),
        (format!("a: &a [{long}]\nb: [{many}]"), "t:2:"),
        (format!("a: &a !Sub {long}\nb: [{many}]"), "t:2:"),
        (format!("a: &a\n  ? {long}\n  : 1\nb: [{many}]"), "t:4:"),
        (format!("a: &a {{k: {long}}}\nb: [{}]", "{<<: *a}, ".repeat(50_000)), "t:2:"),
        (format!("a: &a {long}\nb: &b [*a, *a, *a, *a]\nc: [{}]", "*b, ".repeat(50_000)), "t:3:"),
        (format!("a: &a {long}\nb: [{}]", "&b [*a], ".repeat(50_000)), "t:2:"),
    ] {
        let told = told(&text);
        let limit = "more than 16777216 bytes of text, aliases counted";
        assert!(
            told.starts_with(at) && told.contains(limit),
            "{}: {}",
            text.get(..20).unwrap(),
            told.get(..200).unwrap_or(&told)
        );
    }
    // What does not repeat is taken, however it is nested.
    let nested = (0..50).fold(long, |inner, level| format!("&a{level} [{inner}]"));
    assert!(told(&nested).contains("more than 16777216 bytes"), "each anchor keeps a copy");
    let short = (0..90).fold("x".to_owned(), |inner, level| format!("&a{level} [{inner}]"));
    assert!(read(&short).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_panics(text in "[\\[\\]{}:,&*!|>'\"%@`#?a<~. \n\t\r\u{feff}\u{85}é-]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn what_can_be_read_is_read_the_same_with_stand_ins(
        text in "(- |[\\[\\]{}:,&*!|'\"#a-]|a: |\\[-, |, -| ?-,|\n *|é|\u{e000}){0,25}"
    ) {
        if let Ok(root) = read(&text) {
            let told = shown(&root);
            let twice = with_stand_ins(&text);
            prop_assert_eq!(twice, Some(told));
        }
    }

    #[test]
    fn a_bare_dash_is_a_quoted_one(items in prop::collection::vec("-|a|-a|a-|- a|'-, -'|\"-\"", 1..8)) {
        let flow = |items: &[String]| format!("k:\n  l: !Join [{}, [{}]]\n", items[0], items.join(","));
        let bare = items.iter().map(|item| if item == "- a" { "a".to_owned() } else { item.clone() });
        let bare: Vec<String> = bare.collect();
        let in_quotes = bare.iter().map(|item| if item == "-" { "'-'".to_owned() } else { item.clone() });
        let in_quotes: Vec<String> = in_quotes.collect();
        prop_assert_eq!(told(&flow(&bare)), told(&flow(&in_quotes)));
    }

    #[test]
    fn json_is_read_as_json(text in "\\PC{0,20}") {
        let quoted = format!("{{\"a\": {}}}", json_string(&text));
        let node = read(&quoted).map_err(|fault| fault.into_error("t", None));
        let node = node.unwrap();
        prop_assert_eq!(node.get("a").and_then(Node::text), Some(text.as_str()));
    }
}

/// A JSON string as Python writes it: ASCII only, surrogate pairs for what is above U+FFFF.
fn json_string(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}
