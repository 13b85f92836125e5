//! Small templates, and what CloudFormation does with them: by what CreateStack goes by, and by lint.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, TemplateError, inputs::sample::inputs};
use crate::lint::{Selection, lint};

mod both;
mod calls;
mod policies;

/// What a stack made of it says: notes where it is taken, and CloudFormation's words, or ours, where it is not.
fn rehearsed(text: &str) -> Result<Vec<String>, String> {
    let planned = Template::parse(text, "t").and_then(|template| template.resolve(&inputs()));
    match planned {
        Ok(planned) => Ok(planned.notes.into_iter().map(|note| note.text).collect()),
        Err(TemplateError::Invalid { message: Some(message), .. }) => Err(message),
        Err(TemplateError::Invalid { problem, .. }) => Err(problem),
        Err(other) => Err(other.to_string()),
    }
}

/// What lint says of the template itself: the codes of its rules, and its refusals.
fn linted(text: &str) -> (Vec<&'static str>, Vec<String>) {
    let report = lint(text, "t", &Selection::default()).unwrap();
    let codes =
        report.findings.iter().map(|it| it.rule.code).filter(|code| code.starts_with("CFS4")).collect();
    let refused = report.findings.iter().filter(|it| it.rule.code == "CFS401");
    (codes, refused.map(|it| it.message.clone()).collect())
}

#[track_caller]
fn taken(text: &str, note: Option<&str>, code: Option<&str>) {
    let notes = rehearsed(text);
    match note {
        None => assert_eq!(notes, Ok(Vec::new()), "{text}"),
        Some(note) => {
            let notes = notes.unwrap();
            assert!(matches!(notes.as_slice(), [one] if one.contains(note)), "{text}\n{notes:?}");
        }
    }
    assert_eq!(linted(text).0.first().copied(), code, "{text}");
}

/// Refused by both, in these words.
#[track_caller]
fn refused(text: &str, message: &str) {
    assert_eq!(rehearsed(text), Err(message.to_owned()), "{text}");
    let (_, told) = linted(text);
    assert!(told.iter().any(|told| told.starts_with(message)), "{text}\n{told:?}");
}

fn box_with(attributes: &str) -> String {
    format!(
        "Conditions: {{No: !Equals [a, b], Yes: !Equals [a, a]}}\nResources:\n  H: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Box: {{{attributes}}}\n"
    )
}

#[test]
fn attributes_of_resources_that_have_no_effect() {
    for attributes in [
        "Type: Custom::Thing, Version: \"1.0\", Properties: {ServiceToken: arn}",
        "Type: AWS::EC2::Instance, Description: the box, Properties: {ImageId: ami-1}",
    ] {
        taken(&box_with(attributes), None, None);
    }
}

#[test]
fn a_repeated_key_counts_the_last_time() {
    let text = "Resources:\n  A: {Type: AWS::SNS::Topic}\n  A: {Type: AWS::SQS::Queue}\n";
    taken(
        text,
        Some("the key \"A\" is here a second time: this one counts, the one in line 2 does not"),
        Some("CFS402"),
    );
    taken(
        "{\"Resources\": {\"A\": {\"Type\": \"AWS::SNS::Topic\", \"Type\": \"AWS::SQS::Queue\"}}}",
        Some("the key \"Type\""),
        Some("CFS402"),
    );
    let stack = Template::parse(text, "t").unwrap().resolve(&inputs()).unwrap().stack;
    let types: Vec<_> = stack.resources.iter().map(|it| it.resource_type.as_str()).collect();
    assert_eq!(types, ["AWS::SQS::Queue"]);
}

#[test]
fn sections_of_macros() {
    let resources = "Resources: {A: {Type: AWS::SNS::Topic}}\n";
    for transform in ["AWS::Serverless-2016-10-31", "[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]"] {
        taken(
            &format!("Transform: {transform}\nGlobals: {{Function: {{Timeout: 3}}}}\n{resources}"),
            None,
            None,
        );
    }
    taken(&format!("Transform: [Own]\nThings: {{}}\n{resources}"), None, None);
    taken(&format!("Transform: {{Name: Own, Parameters: {{A: 1}}}}\nThings: {{}}\n{resources}"), None, None);
    for head in ["", "Transform: AWS::LanguageExtensions\n", "Transform: AWS::Include\n"] {
        let text = format!("{head}Globals: {{}}\n{resources}");
        refused(&text, "Invalid template property or properties [Globals]");
    }
    assert!(rehearsed(&format!("Transform: AWS::Serverless-2016-10-31\nThings: {{}}\n{resources}")).is_err());
}

#[test]
fn what_modules_hold_can_be_referred_to() {
    let module = "Resources:\n  M: {Type: 'Own::Net::Vpc::MODULE'}\n";
    for value in [
        "!Ref M.Subnet",
        "!GetAtt M.Subnet.Arn",
        "!GetAtt [M.Subnet, Arn]",
        "!Sub '${M.Subnet}'",
        "!Ref MSubnet",
        "!Sub '${MSubnet.Arn}'",
    ] {
        let text = format!(
            "{module}  T: {{Type: AWS::SNS::Topic, DependsOn: M.Subnet, Properties: {{A: {value}}}}}\nOutputs: {{O: {{Value: {value}}}}}\n"
        );
        taken(&text, Some("a module"), None);
        let stack = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap().stack;
        let topic = stack.resources.into_iter().find(|it| it.logical_id == "T").unwrap();
        assert_eq!(topic.dependencies, ["M"], "{value}");
    }
    refused(
        "Resources:\n  N: {Type: AWS::SNS::Topic}\n  T: {Type: AWS::SNS::Topic, Properties: {A: !Ref N.Subnet}}\n",
        "Template format error: Unresolved resource dependencies [N.Subnet] in the Resources block of the template",
    );
}

#[test]
fn references_to_what_is_not_created() {
    let template = |properties: &str, output: &str| {
        format!(
            "Conditions: {{No: !Equals [a, b]}}\nResources:\n  Opt: {{Type: AWS::S3::Bucket, Condition: No}}\n  Aux: {{Type: AWS::S3::Bucket, Condition: No}}\n  Box: {{Type: AWS::EC2::Instance, DependsOn: Opt, Properties: {{{properties}}}}}\nOutputs: {{O: {{{output}}}}}\n"
        )
    };
    let words = |names: &str, section: &str| {
        Err(format!(
            "Template format error: Unresolved resource dependencies [{names}] in the {section} block of the template"
        ))
    };
    for (properties, output, expected) in [
        ("A: !Ref Opt", "Value: a", words("Opt", "Resources")),
        (
            "A: !Sub '${Opt.Arn} ${Aux}', B: !GetAtt Opt.Arn",
            "Value: !Ref Opt",
            words("Aux, Opt", "Resources"),
        ),
        ("A: a", "Value: !Ref Opt", words("Opt", "Outputs")),
        ("A: a", "Value: !Join ['', [!GetAtt Aux.Arn, !Sub '${Opt}']]", words("Aux, Opt", "Outputs")),
        ("A: a", "Value: a, Export: {Name: !Ref Opt}", words("Opt", "Outputs")),
        ("A: a", "Condition: No, Value: !Ref Opt", Ok(Vec::new())),
        ("A: !If [No, !Ref Opt, a]", "Value: !If [No, !Ref Opt, a]", Ok(Vec::new())),
    ] {
        let text = template(properties, output);
        assert_eq!(rehearsed(&text), expected, "{text}");
        let told = linted(&text).1;
        match expected {
            Ok(_) => assert_eq!(told, [""; 0], "{text}"),
            Err(words) => assert!(told.iter().any(|told| told.starts_with(&words)), "{text}\n{told:?}"),
        }
    }
}

#[test]
fn names_that_are_nowhere_are_told_at_once() {
    refused(
        "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: [X, B], Properties: {P: !Sub '${Zed} ${Y.Arn}'}}\n  B: {Type: AWS::SNS::Topic, Condition: No, Properties: {P: !Ref AWS::Nope}}\nConditions: {No: !Equals [a, b]}\n",
        "Template format error: Unresolved resource dependencies [AWS::Nope, X, Y, Zed] in the Resources block of the template",
    );
    refused(
        "Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !Ref Nope}}\n",
        "Template format error: Unresolved resource dependencies [Nope] in the Outputs block of the template",
    );
    refused(
        "Resources: {A: {Type: AWS::SNS::Topic, Properties: {P: !Sub 'a ${DIR:-x}'}}}\n",
        "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
    );
    refused(
        "Resources: {A: {Type: AWS::SNS::Topic, Condition: Nope}}\n",
        "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
    );
    refused(
        "Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Condition: Nope, Value: a}}\n",
        "Template format error: Unresolved condition dependency Nope in the Outputs block of the template",
    );
    refused(
        "Resources: {A: {Type: AWS::SNS::Topic, Properties: {P: !If [Nope, a, b]}}}\n",
        "Template error: unresolved condition dependency Nope in Fn::If",
    );
}

#[test]
fn empty_values() {
    for (text, path) in [
        (
            "Resources: {Box: {Type: AWS::EC2::Instance, Properties: {UserData: }}}",
            "/Resources/Box/Type/UserData",
        ),
        (
            "Resources: {Box: {Type: AWS::EC2::Instance, Properties: {A: [{B: 1}, {C: ~}]}}}",
            "/Resources/Box/Type/A/1/C",
        ),
        ("Resources: {Box: {Type: AWS::EC2::Instance, DependsOn: [null]}}", "/Resources/Box/DependsOn/0"),
        (
            "{\"Resources\": {\"Box\": {\"Type\": \"AWS::EC2::Instance\", \"Metadata\": {\"Properties\": null}}}}",
            "/Resources/Box/Metadata/Properties",
        ),
        ("Resources: {Box: {Type: AWS::EC2::Instance}}\nOutputs:\n", "/Outputs"),
        ("Mappings: {M: {a: {b: }}}\nResources: {Box: {Type: AWS::EC2::Instance}}", "/Mappings/M/a/b"),
        (
            "Transform: AWS::LanguageExtensions\nResources: {Box: {Type: AWS::EC2::Instance, Properties: {A: ~}}}",
            "/Resources/Box/Type/A",
        ),
    ] {
        refused(text, &format!("[{path}] 'null' values are not allowed in templates"));
    }
    // A macro may yet make something of it.
    taken("Transform: Own\nResources: {Box: {Type: AWS::EC2::Instance, Properties: {A: ~}}}", None, None);
}

#[test]
fn forms_that_are_none() {
    let resources = "Resources: {A: {Type: AWS::SNS::Topic}}\n";
    for (text, message) in [
        (
            format!("{resources}Ressources: {{}}\nMapping: {{}}\n"),
            "Invalid template property or properties [Ressources, Mapping]",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DisplayName: a}}\n".to_owned(),
            "Invalid template resource property 'DisplayName'",
        ),
        (
            "Resources: {A: {Properties: {}}}\n".to_owned(),
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        (
            "Resources: {a-b: {Type: AWS::SNS::Topic}}\n".to_owned(),
            "Template format error: Resource name a-b is non alphanumeric.",
        ),
        (
            format!("{resources}Outputs: {{O: {{Description: d}}}}\n"),
            "Template format error: Every Outputs member must contain a Value object",
        ),
    ] {
        refused(&text, message);
    }
}

/// What depends on parameters or on how resources hang together, and lint does not look at.
#[test]
fn values_that_are_none() {
    let with = |value: &str| {
        format!(
            "Parameters: {{P: {{Type: String, Default: a, AllowedValues: [b]}}}}\nMappings: {{M: {{a: {{b: c}}}}}}\nResources: {{A: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{{value}}}}}}}}}\n"
        )
    };
    assert_eq!(rehearsed(&with("Ref: P")), Err("Parameter 'P' must be one of AllowedValues".to_owned()));
    for (value, message) in [
        (
            "'Fn::FindInMap': [N, a, b]",
            "Template error: Mapping named 'N' is not present in the 'Mappings' section of template.",
        ),
        ("'Fn::FindInMap': [M, a, x]", "Template error: Unable to get mapping for M::a::x"),
        ("'Fn::FindInMap': [M, x, b]", "Template error: Unable to get mapping for M::x::b"),
        (
            "'Fn::Select': [2, [a, b]]",
            "Template error: Fn::Select cannot select nonexistent value at index 2",
        ),
    ] {
        let text = with(value).replace("[b]}", "[a]}");
        refused(&text, message);
    }
    for (text, message) in [
        (
            "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SNS::Topic, Properties: {P: !Ref A}}\n",
            "Circular dependency between resources: [A, B]",
        ),
        (
            "Conditions: {C: !Equals [!Ref A, b]}\nResources: {A: {Type: AWS::SNS::Topic, Condition: C}}\n",
            "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
        ),
    ] {
        assert_eq!(rehearsed(text), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn no_resources() {
    let message = "Template format error: At least one Resources member must be defined.";
    refused("Resources: {}\n", message);
    assert_eq!(rehearsed("Description: none\n"), Err(message.to_owned()));
}

#[test]
fn limits() {
    let many = |section: &str, count: usize, value: &str| {
        let entries: String = (0..count).map(|number| format!("  N{number}: {value}\n")).collect();
        let resources =
            if section == "Resources" { "" } else { "Resources: {Box: {Type: AWS::SNS::Topic}}\n" };
        format!("{resources}{section}:\n{entries}")
    };
    for (section, value, most, message) in [
        (
            "Parameters",
            "{Type: String, Default: a}",
            200,
            "Template format error: Parameter count 201 is greater than max allowed 200",
        ),
        (
            "Outputs",
            "{Value: a}",
            200,
            "Template format error: Outputs count 201 is greater than max allowed 200",
        ),
        ("Mappings", "{a: {b: c}}", 200, "201 mappings; CloudFormation takes 200 at most"),
        (
            "Resources",
            "{Type: AWS::SNS::Topic}",
            500,
            "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
        ),
    ] {
        taken(&many(section, most, value), None, None);
        refused(&many(section, most + 1, value), message);
    }
    let described = |count: usize| {
        format!("Description: {}\nResources: {{Box: {{Type: AWS::SNS::Topic}}}}\n", "é".repeat(count))
    };
    taken(&described(512), None, None);
    refused(&described(513), "Template format error: 'Description' length is greater than 1024.");
    let named = |count: usize| format!("Resources: {{{}: {{Type: AWS::SNS::Topic}}}}\n", "a".repeat(count));
    taken(&named(255), None, None);
    assert!(rehearsed(&named(256)).unwrap_err().starts_with("a name of 256 characters"));
    assert_eq!(linted(&named(256)).0, ["CFS401"]);
    let valued = |count: usize| {
        format!(
            "Parameters: {{P: {{Type: String, Default: {}}}}}\nResources: {{A: {{Type: AWS::SNS::Topic}}}}\n",
            "a".repeat(count)
        )
    };
    taken(&valued(4096), None, None);
    refused(&valued(4097), "a parameter's value of 4097 bytes; CloudFormation takes 4096 at most");
    let given = [("P".to_owned(), "a".repeat(4097))].into();
    let template = Template::parse(&valued(1), "t").unwrap();
    let told =
        template.resolve(&super::super::Inputs { parameters: &given, ..inputs() }).unwrap_err().to_string();
    assert!(told.contains("a parameter's value of 4097 bytes"), "{told}");
}
