//! What API clients and people are told of a template that is refused, or taken otherwise than it reads.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::{Served, run, text};

#[test]
fn clients_get_the_services_sentence_and_nothing_else() {
    let served = Served::account(&[]);
    let topic = "Resources: {A: {Type: AWS::SNS::Topic}}\n";
    for (template, expected) in [
        (
            "Conditions: {No: !Equals [a, b]}\nResources:\n  Opt: {Type: AWS::S3::Bucket, Condition: No}\n  A: {Type: AWS::SNS::Topic, Properties: {P: !Ref Opt}}\n"
                .to_owned(),
            "Template format error: Unresolved resource dependencies [Opt] in the Resources block of the template",
        ),
        (
            "Conditions: {No: !Equals [a, b]}\nResources:\n  Opt: {Type: AWS::S3::Bucket, Condition: No}\n  A: {Type: AWS::SNS::Topic}\nOutputs: {O: {Value: !Ref Opt}}\n"
                .to_owned(),
            "Template format error: Unresolved resource dependencies [Opt] in the Outputs block of the template",
        ),
        (
            topic.replace("AWS::SNS::Topic}", "AWS::SNS::Topic, Properties: {P: }}"),
            "[/Resources/A/Type/P] 'null' values are not allowed in templates",
        ),
        (
            "Resources: {A: {Type: AWS::CloudFormation::WaitConditionHandle}}\nOutputs: {O: {Value: !GetAtt A.Nonsense}}\n".to_owned(),
            "Template error: resource A does not support attribute type Nonsense in Fn::GetAtt",
        ),
        (
            topic.replace("Topic}", "Topic, DeletionPolicy: !Ref 'AWS::Region'}"),
            "Template format error: Every DeletionPolicy member must be a string.",
        ),
        // Where its words are not known, the place is at the end.
        (
            "Resources: {A: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: x}}}}\n".to_owned(),
            "Template format error: \"x\" is no Count, a whole number of signals (line 1, column 84)",
        ),
    ] {
        let answer = served.call("CreateStack", &[("StackName", "a"), ("TemplateBody", &template)]);
        assert_eq!(answer.error(), ("ValidationError".to_owned(), expected.to_owned()), "{template}");
    }
}

#[test]
fn a_client_gives_each_parameter_a_value_or_is_told_which_has_none() {
    let served = Served::account(&[]);
    let template = "Parameters:\n  Image: {Type: AWS::EC2::Image::Id}\n  Name: {Type: String}\n  Stored: {Type: 'AWS::SSM::Parameter::Value<String>'}\n  Kept: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}\nResources: {A: {Type: AWS::SNS::Topic}}\n";
    let create = |name: &str, template: &str, given: &[(&str, &str)]| {
        let head = [("StackName", name), ("TemplateBody", template)];
        served.call("CreateStack", &[&head, given].concat())
    };
    let refused = |message: &str| ("ValidationError".to_owned(), message.to_owned());
    assert_eq!(
        create("a", template, &[]).error(),
        refused("Parameters: [Image, Name, Stored] must have values")
    );
    let given = |name, value| {
        [("Parameters.member.1.ParameterKey", name), ("Parameters.member.1.ParameterValue", value)]
    };
    let answer = create("a", template, &given("Name", "a"));
    assert_eq!(answer.error(), refused("Parameters: [Image, Stored] must have values"));
    let image = template.lines().filter(|line| !line.contains("Name") && !line.contains("Stored"));
    let image: String = image.flat_map(|line| [line, "\n"]).collect();
    assert_eq!(create("b", &image, &given("Image", "ami-1")).status, 200);
    let update = [("StackName", "b"), ("UsePreviousTemplate", "true")];
    assert_eq!(served.call("UpdateStack", &update).error(), refused("Parameters: [Image] must have values"));

    // What is not known here is told without the command's options.
    let counted = "Parameters: {N: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /n}}\nResources: {A: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref N, MaxSize: 1}}}\n";
    let (_, message) = create("c", counted, &[]).error();
    assert!(message.ends_with("; give it a value among the stack's parameters"), "{message}");
    assert!(!message.contains("--param"), "{message}");
}

#[test]
fn macros_need_leave_for_a_new_stack_and_for_an_update() {
    let served = Served::account(&[]);
    let plain = "Resources: {A: {Type: AWS::SNS::Topic}}\n";
    let user = "Resources: {B: {Type: AWS::IAM::User}}\n";
    let wanted = |capability: &str| {
        let message = format!("Requires capabilities : [{capability}]");
        ("InsufficientCapabilitiesException".to_owned(), message)
    };
    for head in [
        "Transform: AWS::LanguageExtensions\n",
        "Transform: [Own]\n",
        "Transform: AWS::Serverless-2016-10-31\n",
    ] {
        let template = format!("{head}{plain}");
        let answer = served.call("CreateStack", &[("StackName", "no"), ("TemplateBody", &template)]);
        assert_eq!(answer.error(), wanted("CAPABILITY_AUTO_EXPAND"), "{head}");
    }
    let within =
        "Resources: {A: {Type: AWS::SNS::Topic, Properties: {'Fn::Transform': {Name: AWS::Include}}}}\n";
    let answer = served.call("CreateStack", &[("StackName", "no"), ("TemplateBody", within)]);
    assert_eq!(answer.error(), wanted("CAPABILITY_AUTO_EXPAND"));

    let template = format!("Transform: AWS::LanguageExtensions\n{user}");
    let expand = ("Capabilities.member.1", "CAPABILITY_AUTO_EXPAND");
    let body = [("StackName", "a"), ("TemplateBody", template.as_str())];
    assert_eq!(served.call("CreateStack", &body).error(), wanted("CAPABILITY_AUTO_EXPAND"));
    let answer = served.call("CreateStack", &[body.as_slice(), &[expand]].concat());
    assert_eq!(answer.error(), wanted("CAPABILITY_IAM"));
    assert_eq!(served.call("CreateStack", &[("StackName", "a"), ("TemplateBody", plain)]).status, 200);
    assert_eq!(served.call("UpdateStack", &body).error(), wanted("CAPABILITY_AUTO_EXPAND"));
    let both = [body.as_slice(), &[expand, ("Capabilities.member.2", "CAPABILITY_IAM")]].concat();
    let answer = served.call("UpdateStack", &both);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn a_resources_description_is_shown() {
    let served = Served::account(&[]);
    let template = "Resources:\n  A: {Type: AWS::SNS::Topic, Description: what it is for}\n  B: {Type: AWS::SNS::Topic}\n";
    assert_eq!(served.call("CreateStack", &[("StackName", "a"), ("TemplateBody", template)]).status, 200);
    let one = |id: &str| {
        let detail = served.result("DescribeStackResource", &[("StackName", "a"), ("LogicalResourceId", id)]);
        detail.get("StackResourceDetail").unwrap().get("Description").cloned()
    };
    assert_eq!((one("A"), one("B")), (Some("what it is for".into()), None));
    let all = served.result("DescribeStackResources", &[("StackName", "a")]);
    let all = all.get("StackResources").unwrap().as_array().unwrap();
    let described: Vec<_> = all.iter().filter_map(|it| it.get("Description")?.as_str()).collect();
    assert_eq!(described, ["what it is for"]);
}

#[test]
fn people_are_told_what_is_taken_otherwise_than_it_reads() {
    let template = "Resources:\n  A: {Type: AWS::SNS::Topic, CreationPolicy: {ResourceSignal: {Count: 1}}}\n  A:\n    Type: AWS::SQS::Queue\n    CreationPolicy: {ResourceSignal: {Count: 1}}\n";
    let output = run(template, &[]);
    let told = text(&output.stderr) + &text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("template.yaml:3:3: the key \"A\" is here a second time"), "{told}");
    let ignored = "template.yaml:5:21: Resources.A.CreationPolicy: AWS::SQS::Queue takes no CreationPolicy";
    assert!(told.contains(ignored), "{told}");

    let refused = run("Resources: {A: {Type: AWS::SNS::Topic, Properties: {P: !Ref B}}}\n", &[]);
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    let place =
        "template.yaml:1:56: Resources.A.Properties.P: \"B\" is no parameter and no resource of the template";
    let words = "(Template format error: Unresolved resource dependencies [B] in the Resources block of the template)";
    assert!(told.contains(place) && told.contains(words), "{told}");
}

/// What only the resource's own creation finds out fails there: what has been made is rolled back.
#[test]
fn a_count_that_refers_to_nothing_is_refused() {
    let template = "Resources:\n  Web:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    CreationPolicy: {ResourceSignal: {Count: !Ref ResourceSignalCount}}\n    Properties: {MinSize: '1', MaxSize: '1', LaunchConfigurationName: a}\n";
    let words =
        "Unresolved resource dependencies [ResourceSignalCount] in the Resources block of the template";
    let output = run(template, &[]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("template.yaml:4:") && said.contains(words), "{said}");
    let served = Served::account(&[]);
    let answer = served.call("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!((answer.status, answer.error().1), (400, format!("Template format error: {words}")));
}

#[test]
fn timeouts_of_a_wrong_form_fail_at_their_resource() {
    let first = "Resources:\n  First: {Type: AWS::SNS::Topic}\n  H: {Type: AWS::CloudFormation::WaitConditionHandle}\n";
    for (resource, reason) in [
        (
            "Box: {Type: AWS::CloudFormation::WaitCondition, DependsOn: First, Properties: {Handle: !Ref H, Timeout: 43201}}",
            "Value for Timeout property must be less than 43200",
        ),
        (
            "Box: {Type: AWS::CloudFormation::WaitCondition, DependsOn: First, CreationPolicy: {ResourceSignal: {Timeout: 900}}}",
            "\"900\" is no Timeout of a CreationPolicy, PT#H#M#S; for 900 seconds write PT15M",
        ),
    ] {
        let output = run(&format!("{first}  {resource}\n"), &[]);
        let told = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        let lines: Vec<&str> = told.lines().collect();
        let failed =
            lines.iter().position(|it| it.contains("| CREATE_FAILED ") && it.ends_with("| Box")).unwrap();
        let after = lines.get(failed + 1).unwrap();
        assert!(after.contains(reason), "{told}");
        let made = lines.iter().position(|it| it.contains("| CREATE_COMPLETE ") && it.ends_with("| First"));
        assert!(made.unwrap() < failed && told.contains("ROLLBACK_COMPLETE"), "{told}");
    }
}

#[test]
fn a_pause_of_a_wrong_form_fails_once_instances_have_to_be_replaced() {
    let group = |pause: &str, image: &str| {
        format!(
            "Resources:\n  L:\n    Type: AWS::AutoScaling::LaunchConfiguration\n    Properties: {{ImageId: {image}, InstanceType: t3.micro}}\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    UpdatePolicy: {{AutoScalingRollingUpdate: {{PauseTime: {pause}}}}}\n    Properties: {{MinSize: 1, MaxSize: 2, AvailabilityZones: [us-east-1a], LaunchConfigurationName: !Ref L}}\n"
        )
    };
    let directory = tempfile::TempDir::new().unwrap();
    let before = crate::common::file(&directory, "before.yaml", &group("PT", "ami-1"));
    let created = run(&group("PT", "ami-1"), &[]);
    assert_eq!(created.status.code(), Some(0), "{}", text(&created.stderr));
    let output = run(&group("PT", "ami-2"), &["--update-from", before.to_str().unwrap()]);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("UPDATE_FAILED")
            && told.contains("PauseTime must be in the ISO8601 time period format"),
        "{told}"
    );
}

#[test]
fn an_attribute_that_there_is_not_fails_what_asks_for_it() {
    let directory = tempfile::TempDir::new().unwrap();
    let rehearsed = |name: &str, template: &str, more: &[&str]| {
        let path = crate::common::file(&directory, name, template);
        let mut command = crate::common::rehearse();
        command.arg("run").arg(path).args(["--cfn-signal", "/bin/true"]).args(more);
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stdout))
    };
    let words = "Requested attribute PublicIP does not exist in schema for AWS::EC2::Instance";
    let box_ = "Resources:\n  Box: {Type: AWS::EC2::Instance}\n";
    // The user data of what is never made needs no values.
    let asks = format!(
        "{box_}  Server:\n    Type: AWS::EC2::Instance\n    Properties: {{UserData: {{'Fn::Base64': !Sub '${{Box.PublicIP}}'}}}}\n"
    );
    let (code, said) = rehearsed("a.yaml", &asks, &[]);
    assert!(code == Some(1) && said.contains(&format!("Why      Server: {words}")), "{said}");
    assert!(said.contains("AWS::EC2::Instance has no attribute PublicIP"), "{said}");
    // What outputs ask for comes last.
    let output = format!("{box_}Outputs: {{A: {{Value: !GetAtt Box.PublicIP}}}}\n");
    let (code, said) = rehearsed("b.yaml", &output, &[]);
    let why = format!("Why      rehearsal: {words}. Rollback requested by user.");
    assert!(code == Some(1) && said.replace("\n         ", " ").contains(&why), "{said}");
    let made = said.find("CREATE_COMPLETE      | AWS::EC2::Instance").unwrap();
    assert!(made < said.find("ROLLBACK_IN_PROGRESS").unwrap(), "{said}");
    for template in ["a.yaml", "b.yaml"] {
        let new = std::fs::read_to_string(directory.path().join(template)).unwrap();
        let old = crate::common::file(&directory, "old.yaml", &new.replace("PublicIP", "PublicIp"));
        let (code, said) = rehearsed(template, &new, &["--update-from", old.to_str().unwrap()]);
        assert!(code == Some(1) && said.contains("Stack rehearsal is UPDATE_ROLLBACK_COMPLETE"), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
