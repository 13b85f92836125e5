#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::template::{Template, TemplateError};

/// How CloudFormation refuses a template with a property of this value; none where it takes it.
fn told(head: &str, value: &str) -> Option<String> {
    let text = format!(
        "{head}\nParameters: {{Zones: {{Type: CommaDelimitedList, Default: 'a,b'}}}}\nConditions: {{Yes: !Equals [a, a]}}\n\
         Mappings: {{M: {{k: {{v: x}}}}}}\nResources:\n  Box: {{Type: AWS::S3::Bucket}}\n  Topic: {{Type: AWS::SNS::Topic, Properties: {{A: [{{B: {value}}}]}}}}\n"
    );
    match Template::parse(&text, "t").unwrap().check().err()? {
        TemplateError::Invalid { message, problem, .. } => Some(message.unwrap_or(problem)),
        other => Some(other.to_string()),
    }
}

const EXTENDED: &str = "Transform: AWS::LanguageExtensions";

#[test]
fn forms_that_are_taken() {
    for value in [
        "!Ref Box",
        "!GetAtt Box.Arn",
        "!GetAtt [Box, Arn]",
        "!GetAtt [Box, !Ref Zones]",
        "!Join ['', [a, b]]",
        "!Join ['', !Ref Zones]",
        "!Split [',', 'a,b']",
        "!Select [1, [a, b]]",
        "!Select [5, !Ref Zones]",
        "!Select [!Ref Zones, [a]]",
        "!Sub text",
        "!Sub ['${a}', {a: b}]",
        "!Base64 text",
        "{'Fn::Base64': !Sub text}",
        "!If [Yes, a, b]",
        "!FindInMap [M, k, v]",
        "{'Fn::Transform': {Name: AWS::Include}}",
        "{'Fn::Sub': {'Fn::Transform': {Name: Own}}}",
        "{'Fn::Sub': [{'Fn::Transform': {Name: Own}}, {a: b}]}",
        "!If [{'Fn::Transform': {Name: Own}}, a, b]",
        "{Condition: {Bool: {a: b}}}",
        "{Fn::Nope: a, Other: b}",
    ] {
        assert_eq!(told("", value), None, "{value}");
    }
    for value in ["!FindInMap [M, k, w, {DefaultValue: x}]", "!Ref {'Fn::Sub': Box}", "!Length [a]"] {
        assert_eq!(told(EXTENDED, value), None, "{value}");
    }
    for value in ["!Select [5, [a]]", "{Fn::Nope: a}", "!If [Yes, a]"] {
        assert_eq!(told("Transform: Own", value), None, "a macro may make something of {value}");
    }
}

#[test]
fn forms_that_are_refused() {
    for (value, expected) in [
        ("!Select [2, [a, b]]", "Template error: Fn::Select cannot select nonexistent value at index 2"),
        ("!Select [x, [a, b]]", super::SELECT),
        ("!Select [0, a]", super::SELECT),
        ("!Select [0]", super::SELECT),
        ("!If [Yes, a]", super::IF),
        ("!If [!Equals [a, b], a, b]", super::IF_CONDITION),
        ("!Join ['', a]", super::JOIN),
        ("!Join [a]", super::JOIN),
        ("!Split [a]", super::SPLIT),
        ("!Split [',', [a]]", super::SPLIT),
        ("!Sub [a, b]", super::SUB),
        ("!Sub {a: b}", super::SUB),
        ("!GetAtt Box", super::GET_ATT_TEXT),
        ("{'Fn::GetAtt': [Box]}", super::GET_ATT),
        ("!Base64 [a]", super::BASE64),
        ("!Base64 {a: b}", super::BASE64),
        ("!FindInMap [M, k]", super::FIND),
        ("!FindInMap [M, k, w, {DefaultValue: x}]", super::FIND),
        ("!Ref [a]", super::REF),
        ("{Fn::Nope: a}", "Template Error: Encountered unsupported function: Fn::Nope"),
        (
            "!Join ['', [!Select [1, [a]]]]",
            "Template error: Fn::Select cannot select nonexistent value at index 1",
        ),
    ] {
        assert_eq!(told("", value).as_deref(), Some(expected), "{value}");
    }
    for value in ["!Select [2, [a, b]]", "!GetAtt Box"] {
        assert!(told(EXTENDED, value).is_some(), "{value}");
    }
}
