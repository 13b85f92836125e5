#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::inputs::sample::inputs;
use super::*;

/// What a nested stack with these properties is made from, or why it is not.
fn told(properties: &str) -> String {
    let text = format!(
        "Parameters: {{Subnets: {{Type: List<AWS::EC2::Subnet::Id>}}, Ids: {{Type: CommaDelimitedList, Default: 'a,b'}}}}\n\
         Conditions: {{Never: !Equals [a, b]}}\n\
         Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n  App: {{Type: AWS::CloudFormation::Stack, Properties: {{{properties}}}}}"
    );
    match Template::parse(&text, "t").and_then(|template| template.nested(&inputs(), "App")) {
        Ok(NestedStack { url, asset: _, parameters, unknown, timeout_minutes, tags, notification_arns }) => {
            format!("{url:?} {parameters:?} {unknown:?} {timeout_minutes:?} {tags:?} {notification_arns:?}")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn properties_are_resolved_as_far_as_they_are_known() {
    for (properties, expected) in [
        ("TemplateURL: a.yaml", r#"Some("a.yaml") {} {} None [] []"#),
        (
            "TemplateURL: !Sub 'https://${AWS::Region}/a.yaml', TimeoutInMinutes: '5'",
            r#"Some("https://eu-west-1/a.yaml") {} {} Some(5) [] []"#,
        ),
        ("TemplateURL: !ImportValue x", "None {} {} None [] []"),
        (
            "TemplateURL: a, Parameters: {A: !Ref Ids, B: [1, true], C: !Ref Topic, D: !Ref 'AWS::NoValue', E: !If [Never, x, y]}",
            r#"Some("a") {"A": "a,b", "B": "1,true", "C": "id-of-Topic", "E": "y"} {} None [] []"#,
        ),
        (
            "TemplateURL: a, Parameters: {A: !Ref Subnets, B: !GetAtt Topic.Nonsense, C: !ImportValue x}",
            r#"Some("a") {} {"A", "B", "C"} None [] []"#,
        ),
        (
            "TemplateURL: a, Tags: [{Key: k, Value: !Ref 'AWS::Region'}, !Ref 'AWS::NoValue'], NotificationARNs: [!Ref Topic]",
            r#"Some("a") {} {} None [("k", "eu-west-1")] ["id-of-Topic"]"#,
        ),
        (
            "Parameters: {}",
            "t:5:8: Resources.App: a nested stack needs a TemplateURL (Property TemplateURL cannot be empty.)",
        ),
        (
            "TemplateURL: [a]",
            "t:5:69: Resources.App.Properties.TemplateURL: TemplateURL is text, this is a list",
        ),
        (
            "TemplateURL: a, TimeoutInMinutes: 0",
            "t:5:90: Resources.App.Properties.TimeoutInMinutes: \"0\" is no TimeoutInMinutes: a number from 1",
        ),
        (
            "TemplateURL: a, Parameters: {A: !Ref Nobody}",
            "t:5:88: Resources.App.Properties.Parameters.A: \"Nobody\" is no parameter and no resource of the template",
        ),
    ] {
        assert_eq!(told(properties), expected, "{properties}");
    }
}

#[test]
fn the_cdk_says_which_file_it_is() {
    let text = |property: &str| {
        format!(
            "Resources: {{App: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: !ImportValue x}}, Metadata: {{'aws:asset:path': \
             App.nested.template.json, 'aws:asset:property': {property}}}}}}}"
        )
    };
    for (property, expected) in [("TemplateURL", Some("App.nested.template.json")), ("Code", None)] {
        let template = Template::parse(&text(property), "t").unwrap();
        assert_eq!(template.nested(&inputs(), "App").unwrap().asset.as_deref(), expected);
        assert_eq!(template.nested_urls().first().copied(), expected);
    }
}
