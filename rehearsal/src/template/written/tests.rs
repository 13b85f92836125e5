//! Small templates, and what CloudFormation does with them: by what CreateStack goes by, and by lint.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, TemplateError, inputs::sample::inputs};
use crate::lint::{Selection, lint};

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
fn creation_policies_that_wait_for_nothing() {
    let signal = "CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}";
    for (attributes, note, code) in [
        (format!("Type: AWS::SNS::Topic, {signal}"), "AWS::SNS::Topic takes no CreationPolicy", Some("CFS403")),
        (format!("Type: AWS::CloudFormation::WaitConditionHandle, {signal}"), "takes no CreationPolicy", Some("CFS403")),
        ("Type: AWS::EC2::Instance, CreationPolicy: {}".to_owned(), "waits for nothing", Some("CFS403")),
        (
            "Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: !If [No, {Count: 1}, !Ref 'AWS::NoValue']}".to_owned(),
            "waits for nothing",
            None,
        ),
        (
            "Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: !Ref 'AWS::NoValue'}".to_owned(),
            "waits for nothing",
            None,
        ),
        (
            format!("Type: AWS::CloudFormation::WaitCondition, {signal}, Properties: {{Handle: !Ref H, Timeout: '300', Count: 1}}"),
            "signalled by its logical id",
            Some("CFS403"),
        ),
        ("Type: 'Own::Net::Vpc::MODULE'".to_owned(), "a module: what it holds is not rehearsed", None),
    ] {
        taken(&box_with(&attributes), Some(note), code);
    }
}

#[test]
fn a_wait_condition_with_both_is_waited_for_by_its_policy() {
    use crate::model::{CreationPolicy, Role, Wait};

    let text = box_with(
        "Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT7S}}, Properties: {Handle: !Ref H, Timeout: 300, Count: 3}",
    );
    let stack = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap().stack;
    let policy = CreationPolicy { count: 2, timeout: std::time::Duration::from_secs(7) };
    let found = stack.resources.into_iter().find(|it| it.logical_id == "Box").unwrap();
    assert_eq!(found.role, Role::WaitCondition(Wait::Signals(policy)));
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
        // What conditions hold is the parameters' affair.
        assert_eq!(linted(&text).1, [""; 0], "{text}");
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
fn a_value_of_an_update_policy_may_be_a_reference_to_a_resource() {
    let group = |policy: &str| {
        box_with(&format!(
            "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {{AutoScalingRollingUpdate: {{{policy}}}}}, Properties: {{MinSize: 1, MaxSize: 2}}"
        ))
    };
    taken(
        &group("MaxBatchSize: !Ref H"),
        Some("MaxBatchSize refers to the resource H, which is no value of it"),
        None,
    );
    taken(&group("PauseTime: !If [Yes, !Ref H, PT5M]"), Some("counts as not given"), None);
    for wrong in ["MaxBatchSize: !Sub '${H}'", "MaxBatchSize: none"] {
        assert!(rehearsed(&group(wrong)).unwrap_err().contains("is no MaxBatchSize"), "{wrong}");
    }
    let sized =
        box_with("Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref H, MaxSize: 2}");
    assert!(rehearsed(&sized).unwrap_err().contains("is no MinSize"));
}

/// Lint calls them errors by rules of their own.
#[test]
fn timeouts_of_a_wrong_form_are_refused_once_their_resource_is_made() {
    use crate::model::{Role, UpdatePolicy};

    let planned = |attributes: &str| {
        let stack = Template::parse(&box_with(attributes), "t").unwrap().resolve(&inputs()).unwrap().stack;
        stack.resources.into_iter().find(|it| it.logical_id == "Box").unwrap()
    };
    let policy = |timeout: &str| {
        format!("Type: AWS::EC2::Instance, CreationPolicy: {{ResourceSignal: {{Timeout: {timeout}}}}}")
    };
    let condition = |timeout: &str| {
        format!(
            "Type: AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref H, Timeout: {timeout}}}"
        )
    };
    for (attributes, reason, code) in [
        (
            policy("900"),
            Some("\"900\" is no Timeout of a CreationPolicy, PT#H#M#S; for 900 seconds write PT15M"),
            "CFS004",
        ),
        (
            policy("15 minutes"),
            Some("\"15 minutes\" is no Timeout of a CreationPolicy, PT#H#M#S; for 15 minutes write PT15M"),
            "CFS004",
        ),
        (
            policy("PT13H"),
            Some("a Timeout of PT13H is more than CloudFormation waits, which is 12 hours: PT12H"),
            "CFS003",
        ),
        (policy("PT12H"), None, ""),
        (condition("43201"), Some("Value for Timeout property must be less than 43200"), "CFS003"),
        (
            condition("PT5M"),
            Some("\"PT5M\" is no Timeout of a wait condition, a number of seconds; for PT5M write 300"),
            "CFS004",
        ),
        (condition("43200"), None, ""),
    ] {
        assert_eq!(planned(&attributes).refusal.as_deref(), reason, "{attributes}");
        let report = lint(&box_with(&attributes), "t", &Selection::default()).unwrap();
        let told = report.findings.iter().any(|it| it.rule.code == code);
        assert_eq!(told, reason.is_some(), "{attributes}: {:?}", report.findings);
    }
    for (pause, code) in [("300", "CFS004"), ("PT61M", "CFS003"), ("PT1H", "")] {
        let attributes = format!(
            "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {{AutoScalingRollingUpdate: {{PauseTime: {pause}}}}}, Properties: {{MinSize: 1, MaxSize: 2}}"
        );
        let group = planned(&attributes);
        assert_eq!(group.refusal, None, "{pause}");
        let Role::Group(group) = group.role else { unreachable!() };
        let UpdatePolicy::Rolling(update) = group.update_policy else { unreachable!() };
        assert_eq!(update.pause > crate::duration::LONGEST_PAUSE, !code.is_empty(), "{pause}");
        let report = lint(&box_with(&attributes), "t", &Selection::default()).unwrap();
        assert_eq!(report.findings.iter().any(|it| it.rule.code == code), !code.is_empty(), "{pause}");
    }
}

#[test]
fn policies_that_are_no_maps() {
    for attributes in [
        "Type: AWS::EC2::Instance, CreationPolicy: !Ref H",
        "Type: AWS::EC2::Instance, CreationPolicy: !If [No, {ResourceSignal: {}}, !Ref H]",
        "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: !Select [0, [{}]], Properties: {MinSize: 1, MaxSize: 1}",
    ] {
        refused(&box_with(attributes), "Template format error: Expected an object");
    }
    for (key, value) in
        [("DeletionPolicy", "!If [No, Retain, Delete]"), ("UpdateReplacePolicy", "!Ref AWS::Region")]
    {
        let message = format!("Template format error: Every {key} member must be a string.");
        refused(&box_with(&format!("Type: AWS::SNS::Topic, {key}: {value}")), &message);
        let text = box_with("Type: AWS::SNS::Topic, DeletionPolicy: !If [No, Retain, Delete]");
        taken(&format!("Transform: AWS::LanguageExtensions\n{text}"), None, None);
    }
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
        let planned = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap();
        let error = planned.check_user_data(|_| true).unwrap_err();
        assert!(
            matches!(&error, TemplateError::Invalid { message: Some(told), .. } if told == message),
            "{error}"
        );
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
