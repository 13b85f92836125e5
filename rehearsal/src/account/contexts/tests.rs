use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Context, Part, contexts};
use crate::mention::{attribute, mention, reference};
use crate::model::Removal;
use crate::secrets::Secrets;
use crate::stack::{Action, Attributes, Preview, Replacement};

fn preview(id: &str, action: Action, replacement: Option<Replacement>) -> Preview {
    Preview {
        action,
        logical_id: id.to_owned(),
        physical_id: None,
        resource_type: "AWS::SNS::Topic".to_owned(),
        replacement,
        stays: false,
        details: Vec::new(),
        before: None,
        after: None,
    }
}

fn attributes(properties: &[(&str, Value)]) -> Option<Attributes> {
    let properties: BTreeMap<_, _> =
        properties.iter().map(|(name, it)| ((*name).to_owned(), it.to_string())).collect();
    Some(Attributes { properties, ..Attributes::default() })
}

#[test]
fn references_are_what_they_give_or_known_later() {
    let secrets = Secrets::default();
    secrets.learn(["hunter22".to_owned()]);
    let (old, new) = (mention("Other", "sg-1"), mention("Fresh", "made-up"));
    let app = mention("App", "arn:a");
    let of = |other: &str| {
        attributes(&[
            ("Id", json!([format!("a {other}")])),
            ("Data", json!({"Fn::Base64": "echo hunter22"})),
            ("Later", json!({"Fn::Base64": format!("echo {new}")})),
            ("Handle", json!(reference("Handle"))),
            ("Known", json!(attribute(&app, "Outputs.O", Some("v")))),
            ("Unknown", json!(attribute(&old, "Arn", None))),
            ("Stored", json!({"Ref": "P", "Default": "/a"})),
            ("the template's content", json!("x")),
        ])
    };
    let server = Preview {
        before: of(&old).map(|it| Attributes { deletion_policy: Removal::Retain, ..it }),
        after: of(&new),
        ..preview("Server", Action::Modify, Some(Replacement::False))
    };
    let previews = [
        preview("Fresh", Action::Add, None),
        preview("Other", Action::Modify, Some(Replacement::False)),
        server,
    ];
    let found = contexts(&previews, &secrets).pop().unwrap_or_default();
    let later = "{{changeSet:KNOWN_AFTER_APPLY}}";
    let expected = |id: &str, later: &str| {
        json!({
            "Id": [id],
            "Data": "ZWNobyBodW50ZXIyMg==",
            "Later": later,
            "Handle": "${Handle}",
            "Known": "v",
            "Unknown": "${Other.Arn}",
            "Stored": {"Ref": "P"},
        })
    };
    let mut before = expected("a sg-1", "ZWNobyBtYWRlLXVw");
    let mut after = expected(later, later);
    for it in [&mut before, &mut after] {
        // What is hidden is hidden before it is encoded.
        it["Data"] = "ZWNobyAqKioq".into();
    }
    assert_eq!(found.before, Some(json!({"Properties": before, "DeletionPolicy": "Retain"})));
    assert_eq!(found.after, Some(json!({"Properties": after})));
}

#[test]
fn what_a_nested_stack_gives_is_known_later_where_it_is_another() {
    let given = attribute(&mention("App", "arn:a"), "Outputs.O", Some("v"));
    let server =
        Preview { after: attributes(&[("A", json!(given))]), ..preview("Server", Action::Modify, None) };
    let app = preview("App", Action::Modify, Some(Replacement::False));
    let found = contexts(&[app, server], &Secrets::default()).pop().unwrap_or_default();
    assert_eq!(found.after, Some(json!({"Properties": {"A": "{{changeSet:KNOWN_AFTER_APPLY}}"}})));
}

#[test]
fn parts_are_as_small_as_can_be() {
    let before = json!({"Properties": {
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "PolicyDocument": {"Version": "1"},
        "Size": "1", "Same": "1",
    }});
    let after = json!({"Properties": {
        "Tags": [{"Key": "a", "Value": "3"}],
        "PolicyDocument": {"Version": "2"},
        "Size": {"a/b": "1"}, "Same": "1",
    }});
    let context = Context { before: Some(before), after: Some(after) };
    let part = |path: &str, before: Option<&str>, after: Option<&str>| Part {
        path: path.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    for (name, expected) in [
        (
            "Tags",
            vec![
                part("/Properties/Tags/0/Value", Some("1"), Some("3")),
                part("/Properties/Tags/1", Some(r#"{"Key":"b","Value":"2"}"#), None),
            ],
        ),
        (
            "PolicyDocument",
            vec![part("/Properties/PolicyDocument", Some(r#"{"Version":"1"}"#), Some(r#"{"Version":"2"}"#))],
        ),
        ("Size", vec![part("/Properties/Size", Some("1"), Some(r#"{"a/b":"1"}"#))]),
        ("Same", vec![part("/Properties/Same", Some("1"), Some("1"))]),
        ("Absent", vec![part("/Properties/Absent", None, None)]),
    ] {
        assert_eq!(context.parts(&format!("/Properties/{name}")), expected, "{name}");
    }
}
