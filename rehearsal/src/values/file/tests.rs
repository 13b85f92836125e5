#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::{FileValues, parse};

fn values(text: &str) -> FileValues {
    parse(text, "values").unwrap()
}

fn parameters(text: &str) -> Vec<String> {
    values(text).parameters.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn parameters_of_every_shape() {
    for text in [
        r#"[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x=y"}]"#,
        r#"{"Parameters": {"A": "1", "B": "x=y"}, "Tags": {"a": "b"}, "StackPolicy": {"Statement": []}}"#,
        r#"["A=1", "B=x=y"]"#,
        r#"{"A": 1, "B": "x=y"}"#,
        "A: 1\nB: x=y\n",
        "- A=1\n- B=x=y\n",
        "template-file-path: t.yaml\nparameters: {A: 1, B: x=y}\ntags: {a: b}\n",
        r#"{"StackName": "web", "Parameters": [{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x=y"}]}"#,
    ] {
        assert_eq!(parameters(text), ["A=1", "B=x=y"], "{text}");
    }
}

#[test]
fn values_are_texts() {
    let text = "Number: 08\nFlag: true\nList: [a, 1]\nEmpty: ''\nLeft:\nMore: |\n  two\n  lines\n";
    assert_eq!(parameters(text), ["Empty=", "Flag=true", "List=a,1", "More=two\nlines\n", "Number=08"]);
    assert_eq!(parameters("Parameters: a name\n"), ["Parameters=a name"]);
    for nothing in ["", "# nothing\n", "---\n", "{}", "[]", "Parameters:\n", "\u{feff}"] {
        assert_eq!(parameters(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn a_list_of_the_clis_may_keep_values() {
    let text = r#"[{"ParameterKey": "A", "UsePreviousValue": true},
        {"ParameterKey": "B", "ParameterValue": "/app/count", "ResolvedValue": "3"}]"#;
    let values = values(text);
    assert!(values.previous.contains("A") && values.previous.len() == 1);
    assert_eq!(
        values.parameters.into_iter().collect::<Vec<_>>(),
        [("B".to_owned(), "/app/count".to_owned())]
    );
    assert_eq!(
        values.resolved.into_iter().collect::<Vec<_>>(),
        [("ssm:/app/count".to_owned(), "3".to_owned())]
    );
}

#[test]
fn sections_of_our_own() {
    let values = values(
        "Parameters: {Size: 3}\nAttributes: {Ip.AllocationId: eipalloc-1, Zone: {NameServers: [a, b], Outputs: {N: 1}}}\n\
         Refs: {Sizes: s}\nImports: {'net:vpc': vpc-1}\nResolve: {'ssm:/app/count': 3}\n",
    );
    let of = |map: &std::collections::BTreeMap<String, String>| {
        map.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(&values.parameters), "Size=3");
    assert_eq!(
        of(&values.attributes),
        r#"Ip.AllocationId=eipalloc-1 Zone.NameServers=["a","b"] Zone.Outputs.N=1"#
    );
    assert_eq!(of(&values.references), "Sizes=s");
    assert_eq!(of(&values.imports), "net:vpc=vpc-1");
    assert_eq!(of(&values.resolved), "ssm:/app/count=3");
}

#[test]
fn what_fits_nothing_is_told_with_its_place_and_without_a_value() {
    for (text, expected) in [
        ("hunter2", "values:1:1: this is text; values are a map of names and values;"),
        ("- hunter2\n", "values:1:3: this is not NAME=VALUE; values are"),
        ("- A=1\n- {Key: hunter2}\n", "values:2:3: this is a map without a ParameterKey; values are"),
        ("Parameters: {A: 1}\nOther: hunter2\n", "values:2:1: there is no section Other; values are"),
        ("A: {B: hunter2}\n", "values:1:4: this is a map, and a value is text, a number"),
        ("A: [[hunter2]]\n", "values:1:4: this is a list of more than that, and a value is text"),
        ("A: !Ref hunter2\n", "values:1:4: this is a function, and a value is text"),
        ("Parameters: {A: 1}\nAttributes: {Ip: hunter2}\n", "Ip is no attribute: Id.Name, or Id: {Name: …}"),
        ("Parameters: {A: 1}\nImports: [hunter2]\n", "values:2:10: this is a list, not a map of names"),
        ("A: 'hunter2\n", "values:"),
    ] {
        let told = parse(text, "values").err().unwrap().to_string();
        assert!(told.contains(expected) && !told.contains("hunter2"), "{text}: {told}");
    }
}
