//! The functions, by what an instance's user data becomes.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

mod cdk;
mod classic;
mod written;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Inputs, Supplied, Template, inputs::sample::user_data_of};

const SECTIONS: &str = "
Parameters:
  Name: {Type: String, Default: web}
  Zones: {Type: CommaDelimitedList, Default: 'a,b,c'}
  Image: {Type: AWS::EC2::Image::Id}
Mappings:
  Sizes:
    web: {Small: t3.micro, Ports: ['80', 443]}
Conditions:
  Yes: !Equals [!Ref Name, web]
  No: !Not [!Condition Yes]
  Unknown: !Equals [!Ref Image, ami-1]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Gone: {Type: AWS::S3::Bucket, Condition: No}
  Server:
    Type: AWS::EC2::Instance
    Properties:
      UserData: !Base64
";

fn with_inputs<R>(run: impl FnOnce(&Inputs<'_>) -> R) -> R {
    run(&Inputs {
        stack_name: "stack".to_owned(),
        stack_id: "arn:stack".to_owned(),
        region: "cn-north-1".to_owned(),
        account_id: "012345678901".to_owned(),
        parameters: &BTreeMap::new(),
        physical_id: &|logical_id, _| format!("id-of-{logical_id}"),
        get_att: &|logical_id, attribute| {
            (attribute != "Secret").then(|| format!("{attribute}-of-{logical_id}"))
        },
        supplied: Supplied::nothing(),
    })
}

/// What a value resolves to; or the error, without its place.
fn resolved(value: &str) -> String {
    let text = format!("{SECTIONS}        {value}\n");
    let template = Template::parse(&text, "t").unwrap();
    with_inputs(|inputs| match user_data_of(&template, "Server", inputs) {
        Ok(bytes) => bytes.map_or("nothing".to_owned(), |bytes| String::from_utf8(bytes).unwrap()),
        Err(error) => {
            let told = error.to_string();
            told.split_once("UserData: ").map_or(told.clone(), |(_, problem)| problem.to_owned())
        }
    })
}

#[test]
fn functions() {
    for (value, expected) in [
        ("Ref: Name", "web"),
        ("Ref: Bucket", "id-of-Bucket"),
        ("Ref: AWS::StackName", "stack"),
        ("Ref: AWS::StackId", "arn:stack"),
        ("Ref: AWS::Region", "cn-north-1"),
        ("Ref: AWS::AccountId", "012345678901"),
        ("Ref: AWS::Partition", "aws-cn"),
        ("Ref: AWS::URLSuffix", "amazonaws.com.cn"),
        ("Fn::Join: [',', {Ref: AWS::NotificationARNs}]", ""),
        ("Fn::GetAtt: Bucket.Arn", "Arn-of-Bucket"),
        ("Fn::GetAtt: [Bucket, !Ref Name]", "web-of-Bucket"),
        ("Fn::GetAtt: Bucket.Outputs.A", "Outputs.A-of-Bucket"),
        (
            "Fn::Sub: '${Name} ${AWS::Region} ${Bucket} ${Bucket.Arn} ${!Name} $Name'",
            "web cn-north-1 id-of-Bucket Arn-of-Bucket ${Name} $Name",
        ),
        ("Fn::Sub: ['${Name}${Own}', {Own: !Ref Name, Name: mine}]", "mineweb"),
        ("Fn::Join: ['-', [a, !Ref Name, !Ref 'AWS::NoValue', 1]]", "a-web-1"),
        ("Fn::Join: ['', !Ref Zones]", "abc"),
        ("Fn::Join: ['', !Split [a, xayaz]]", "xyz"),
        ("Fn::Select: [2, !Ref Zones]", "c"),
        ("Fn::Select: ['0', [a, !ImportValue not-needed]]", "a"),
        ("Fn::FindInMap: [Sizes, !Ref Name, Small]", "t3.micro"),
        ("Fn::Select: [1, !FindInMap [Sizes, web, Ports]]", "443"),
        ("Fn::Select: [1, !Cidr [10.0.0.0/16, '2', 8]]", "10.0.1.0/24"),
        ("Fn::If: [Yes, a, !Ref Image]", "a"),
        ("Fn::If: [No, !Ref Image, b]", "b"),
        ("Fn::Base64: text", "dGV4dA=="),
        ("on", "true"),
    ] {
        assert_eq!(resolved(value), expected, "{value}");
    }
}

#[test]
fn what_cannot_be_resolved() {
    let real = "and only the real service knows";
    let file = "; the whole user data can be given with --user-data FILE";
    for (value, expected) in [
        (
            "Ref: Image",
            format!(
                "the parameter Image is needed here and its value cannot be known; give it with --param Image=VALUE{file}"
            ),
        ),
        (
            "Fn::If: [Unknown, a, b]",
            format!(
                "Conditions.Unknown: the parameter Image is needed here and its value cannot be known; give it with --param Image=VALUE{file}"
            ),
        ),
        (
            "Fn::GetAtt: Bucket.Secret",
            format!(
                "the attribute \"Secret\" of Bucket (AWS::S3::Bucket) is needed here, {real} it; give it with --attribute Bucket.Secret=VALUE{file}"
            ),
        ),
        (
            "Fn::ImportValue: a",
            format!("Fn::ImportValue is needed here, {real} its value; give it with --import a=VALUE{file}"),
        ),
        ("Fn::ImportValue: it's", format!("give it with --import 'it'\\''s=VALUE'{file}")),
        ("Fn::Cidr: [!Ref Image, 2, 8]", format!("give it with --param Image=VALUE{file}")),
        ("Fn::Cidr: [10.0.0.0/24, 3, 7]", "\"10.0.0.0/24\" has no room for 3 blocks of 7 bits".to_owned()),
        ("Fn::Cidr: [10.0.0.0/24, 300, 1]", "Fn::Cidr gives 1 to 256 blocks, not 300".to_owned()),
        (
            "Fn::FindInMap: [Sizes, web, Large, {DefaultValue: a}]",
            "the DefaultValue of Fn::FindInMap needs \"Transform: AWS::LanguageExtensions\" in the template"
                .to_owned(),
        ),
        ("Fn::Contains: [[a], a]", "Fn::Contains belongs in the Rules section".to_owned()),
        (
            "Fn::Select: [3, !GetAZs '']",
            format!(
                "a zone is needed here beyond the 3 that are made up for Fn::GetAZs, and only the real service knows it{file}"
            ),
        ),
        ("Ref: Nope", "\"Nope\" is no parameter and no resource of the template".to_owned()),
        ("Ref: AWS::Nope", "\"AWS::Nope\" is no parameter and no resource of the template".to_owned()),
        ("Ref: Gone", "refers to Gone, whose Condition is false, so it is not created".to_owned()),
        ("Ref: Zones", "text is needed here, not a list".to_owned()),
        ("Fn::Sub: '${Zones}'", "\"Zones\" is a list, and Fn::Sub takes text only; use Fn::Join".to_owned()),
        (
            "Fn::Sub: '${}'",
            "\"${}\" is no parameter and no resource here; if it is meant for the shell, write \"${!}\""
                .to_owned(),
        ),
        ("Fn::Sub: {a: b}", "Fn::Sub takes text, or [text, {Name: value}]".to_owned()),
        ("Fn::Join: a", "Fn::Join takes [delimiter, [value, …]]".to_owned()),
        ("Fn::Join: [a, b]", "Fn::Join joins a list".to_owned()),
        ("Fn::Join: [a, [!Ref Zones]]", "Fn::Join joins text, and a list is in its list".to_owned()),
        (
            "Fn::Select: [3, !Ref Zones]",
            "Fn::Select wants the value at 3, and the list has 3 (from 0)".to_owned(),
        ),
        ("Fn::Select: [-1, [a]]", "\"-1\" is no index: a number from 0".to_owned()),
        ("Fn::Split: ['', a]", "Fn::Split needs a delimiter that is not empty".to_owned()),
        ("Fn::GetAtt: Bucket", "Fn::GetAtt takes Resource.Attribute".to_owned()),
        ("Fn::FindInMap: [Sizes, db, Small]", "Mappings.Sizes has no \"db\"; it has: web".to_owned()),
        ("Fn::If: [Nope, a, b]", "the template has no condition \"Nope\"".to_owned()),
        (
            "Fn::Equals: [a, b]",
            "Fn::Equals belongs in the Conditions section; here Fn::If is used".to_owned(),
        ),
        ("Fn::Nope: a", "CloudFormation has no function \"Fn::Nope\"".to_owned()),
        ("{a: b}", "a value or a function is needed here, not a map".to_owned()),
    ] {
        let told = resolved(value);
        assert!(told.contains(&expected), "{value}\n  {told}\n  {expected}");
    }
}

#[test]
fn what_depends_on_the_unknown_depends_on_both() {
    let text = "Parameters: {P: {Type: AWS::EC2::VPC::Id}}\nConditions: {C: !Equals [!Ref P, a]}\nResources:\n  Server: {Type: AWS::EC2::Instance, Properties: {A: !If [C, !Ref One, !GetAtt [Two, Arn]]}}\n  One: {Type: AWS::S3::Bucket}\n  Two: {Type: AWS::S3::Bucket}";
    let template = Template::parse(text, "t").unwrap();
    let stack = with_inputs(|inputs| template.resolve(inputs)).unwrap().stack;
    let last = stack.resources.last().unwrap();
    assert_eq!((last.logical_id.as_str(), last.dependencies.len()), ("Server", 2));
}

#[test]
fn sub_points_at_the_variable() {
    let text = "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: !Sub |\n\n          ${!A} é ${AWS::Region} ${AWS::Region}\n          ok; é ${A}\n";
    let template = Template::parse(text, "t").unwrap();
    let error = with_inputs(|inputs| template.resolve(inputs)).unwrap_err().to_string();
    assert!(error.starts_with("t:9:17: Resources.Server.Properties.UserData: \"${A}\""), "{error}");
}

#[test]
fn user_data_of_other_forms() {
    let user_data = |properties: &str| {
        let text = format!("Resources: {{Server: {{Type: AWS::EC2::Instance{properties}}}}}");
        let template = Template::parse(&text, "t").unwrap();
        with_inputs(|inputs| user_data_of(&template, "Server", inputs)).map_err(|error| error.to_string())
    };
    assert_eq!(user_data(""), Ok(None));
    assert_eq!(user_data(", Properties: {UserData: !Ref 'AWS::NoValue'}"), Ok(None));
    assert_eq!(user_data(", Properties: {UserData: \"IyEv\\nYmlu\"}"), Ok(Some(b"#!/bin".to_vec())));
    assert_eq!(user_data(", Properties: {UserData: aGk}"), Ok(Some(b"hi".to_vec())));
    let long = "x".repeat(16_385);
    let told = user_data(&format!(", Properties: {{UserData: !Base64 {long}}}")).unwrap_err();
    assert!(told.ends_with("user data of 16385 bytes; EC2 takes 16384 at most"), "{told}");
}

#[test]
fn conditions_that_ask_each_other_end() {
    let mut text = "Resources: {Server: {Type: AWS::EC2::Instance, Condition: C0}}\nConditions:\n".to_owned();
    for level in 0..60 {
        text.push_str(&format!("  C{level}: !And [!Condition C{0}, !Condition C{0}]\n", level + 1));
    }
    let template = Template::parse(&format!("{text}  C60: !Equals [a, a]\n"), "t").unwrap();
    assert_eq!(with_inputs(|inputs| template.resolve(inputs)).unwrap().stack.resources.len(), 1);

    for level in 60..5000 {
        text.push_str(&format!("  C{level}: !Not [!Condition C{}]\n", level + 1));
    }
    let template = Template::parse(&format!("{text}  C5000: !Equals [a, a]\n"), "t").unwrap();
    let error = with_inputs(|inputs| template.resolve(inputs)).unwrap_err().to_string();
    assert!(error.contains("nested more than 150 levels deep"), "{error}");
}

#[test]
fn functions_cannot_fill_the_memory() {
    let long = "x".repeat(4096);
    for function in [
        format!("'Fn::Join': ['', [{}]]", "!Ref P, ".repeat(5000)),
        format!("'Fn::Sub': '{}'", "${P}".repeat(50_000)),
        format!("'Fn::Sub': ['{}', {{Q: !Ref P}}]", "${Q}".repeat(50_000)),
        format!("'Fn::Join': [!Ref P, [{}]]", "'', ".repeat(50_000)),
    ] {
        let text = format!(
            "Parameters: {{P: {{Type: String, Default: {long}}}}}\n\
             Resources: {{Server: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{{function}}}}}}}}}"
        );
        let template = Template::parse(&text, "t").unwrap();
        let error = with_inputs(|inputs| user_data_of(&template, "Server", inputs)).unwrap_err().to_string();
        assert!(error.contains("the functions produce more than 16777216 bytes of text"), "{error}");
    }
}

#[test]
fn a_macro_may_yet_define_what_is_missing() {
    let text = "Transform: AWS::Serverless-2016-10-31\nResources: {Server: {Type: AWS::EC2::Instance, DependsOn: Api, Connectors: {}, Properties: {A: !Ref Api, B: !Sub '${Api.Arn}'}}}";
    let template = Template::parse(text, "t").unwrap();
    assert_eq!(with_inputs(|inputs| template.resolve(inputs)).unwrap().stack.resources.len(), 1);
}

#[test]
fn what_macros_write_is_in_no_circle_that_can_be_seen() {
    let resources = "Resources:\n  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, DefinitionBody: {uri: !GetAtt Get.Arn}}}\n  Get: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: Api, Properties: {RestApiId: !Ref Api}}}}}\n";
    let resolved = |text: String| {
        with_inputs(|inputs| Template::parse(&text, "t").unwrap().resolve(inputs)).map(|it| {
            it.stack.resources.into_iter().map(|it| (it.logical_id, it.dependencies)).collect::<Vec<_>>()
        })
    };
    let ordered = resolved(format!("Transform: AWS::Serverless-2016-10-31\n{resources}")).unwrap();
    assert_eq!(ordered, [("Get".to_owned(), vec![]), ("Api".to_owned(), vec!["Get".to_owned()])]);
    let circle = "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SNS::Topic, DependsOn: A}\n";
    assert!(resolved(format!("Transform: AWS::Serverless-2016-10-31\n{circle}")).is_err());
    assert!(resolved(format!("Transform: Own\n{circle}")).is_ok());
}

/// Bits of templates, put together at random.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "Resources:",
        "Conditions:",
        "Parameters:",
        "Mappings:",
        "\n  ",
        "\n    ",
        "\n      ",
        "\n",
        "Server:",
        "Type: ",
        "String",
        "AWS::EC2::Instance",
        "AWS::CloudFormation::WaitCondition",
        "AWS::CloudFormation::WaitConditionHandle",
        "Properties:",
        "UserData: ",
        "CreationPolicy:",
        "ResourceSignal: ",
        "Count: ",
        "Timeout: ",
        "PT5M",
        "Handle: ",
        "!Ref ",
        "!Sub ",
        "!If ",
        "!GetAtt ",
        "!Select ",
        "!FindInMap ",
        "!Base64 ",
        "!Join ",
        "!Split ",
        "!Equals ",
        "!Not ",
        "!Condition ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        "- ",
        "\"",
        "'",
        "${",
        "}",
        "A",
        "1",
        "|",
        "&a ",
        "*a",
        "<<: ",
        "Default: ",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nothing_panics_and_every_error_is_one_line(
        text in prop_oneof![fragments(), fragments().prop_map(|text| format!("Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData: {text}"))]
    ) {
        let told = match Template::parse(&text, "t") {
            Err(error) => vec![error],
            Ok(template) => with_inputs(|inputs| {
                let ids: Vec<&str> = template.resource_ids().collect();
                let user_data = ids.iter().filter_map(|id| user_data_of(&template, id, inputs).err());
                template.resolve(inputs).err().into_iter().chain(user_data).collect()
            }),
        };
        for error in told {
            let line = error.to_string();
            prop_assert!(line.starts_with("t:") && !line.contains('\n'), "{line:?}");
        }
    }
}
