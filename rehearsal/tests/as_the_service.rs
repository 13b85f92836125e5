//! What the service says that a rehearsal could as well leave unsaid: what is not there, what was asked before, what is not
//! for a nested stack, and what a request's body is wrong with.

#![expect(clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use crate::common::signed::{s3, signed, ssm, sts, text};
use serde_json::{Value, json};

const TOPIC: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}}";

/// It waits for an hour.
const WAITS: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Ready: {Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: {Timeout: PT1H}}}
";

fn stack(served: &Served, name: &str) -> Value {
    served.result("DescribeStacks", &[("StackName", name)])["Stacks"][0].clone()
}

fn status(served: &Served, name: &str) -> (String, String) {
    let stack = stack(served, name);
    let text = |name: &str| stack[name].as_str().unwrap_or_default().to_owned();
    (text("StackStatus"), text("StackStatusReason"))
}

fn refused(served: &Served, action: &str, parameters: &[(&str, &str)]) -> String {
    let (code, message) = served.call(action, parameters).error();
    format!("{code}: {message}")
}

/// The reason of the stack's own event with this status.
fn reason(served: &Served, name: &str, status: &str) -> String {
    let events = served.result("DescribeStackEvents", &[("StackName", name)])["StackEvents"].clone();
    let own = events.as_array().into_iter().flatten();
    let mut own = own.filter(|it| it["LogicalResourceId"] == name && it["ResourceStatus"] == status);
    own.next()
        .map_or_else(String::new, |it| it["ResourceStatusReason"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn what_nobody_exports_fails_the_stack_that_imports_it() {
    let served = Served::account(&["--import", "given=1"]);
    let importing = "
Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue shared}}}
Outputs: {Given: {Value: !ImportValue given}}
";
    let web = [("StackName", "web"), ("TemplateBody", importing)];
    served.result("CreateStack", &web);
    assert_eq!(status(&served, "web").0, "ROLLBACK_COMPLETE");
    let why = "No export named shared found. Rollback requested by user.";
    assert_eq!(reason(&served, "web", "ROLLBACK_IN_PROGRESS"), why);
    // A change set says so before anything is done.
    let reviewed = [("StackName", "api"), ("TemplateBody", importing), ("ChangeSetType", "CREATE")];
    served.result("CreateChangeSet", &[&reviewed[..], &[("ChangeSetName", "first")]].concat());
    let told = served.result("DescribeChangeSet", &[("StackName", "api"), ("ChangeSetName", "first")]);
    assert_eq!(
        (told["Status"].as_str(), told["ExecutionStatus"].as_str()),
        (Some("FAILED"), Some("UNAVAILABLE"))
    );
    assert_eq!(told["StatusReason"], "No export named shared found");
    // An update goes back.
    served.result("CreateStack", &[("StackName", "old"), ("TemplateBody", TOPIC)]);
    served.result("UpdateStack", &[("StackName", "old"), ("TemplateBody", importing)]);
    assert_eq!(status(&served, "old").0, "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(reason(&served, "old", "UPDATE_ROLLBACK_IN_PROGRESS"), "No export named shared found");
    // Once somebody does, all of them can be made.
    let exporting = format!("{TOPIC}\nOutputs: {{O: {{Value: '1', Export: {{Name: shared}}}}}}");
    served.result("CreateStack", &[("StackName", "net"), ("TemplateBody", &exporting)]);
    served.result("CreateChangeSet", &[&reviewed[..], &[("ChangeSetName", "second")]].concat());
    served.result("ExecuteChangeSet", &[("StackName", "api"), ("ChangeSetName", "second")]);
    assert_eq!(status(&served, "api").0, "CREATE_COMPLETE");
    served.result("UpdateStack", &[("StackName", "old"), ("TemplateBody", importing)]);
    assert_eq!(status(&served, "old").0, "UPDATE_COMPLETE");
}

#[test]
fn parameters_of_the_store_are_what_they_are_and_were() {
    let served = Served::account(&[]);
    let put = |body: Value| assert_eq!(ssm(&served, "PutParameter", &body).0, 200);
    let create =
        |template: &str| refused(&served, "CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    put(json!({ "Name": "/app/secret", "Value": "s", "Type": "SecureString" }));
    let secret = format!(
        "Parameters: {{P: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/secret}}}}\n{TOPIC}"
    );
    assert_eq!(
        create(&secret),
        "ValidationError: Parameters [/app/secret] referenced by template have types not supported by CloudFormation."
    );
    let named = |reference: &str| {
        format!(
            "Resources: {{T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: '{{{{resolve:ssm:{reference}}}}}'}}}}}}"
        )
    };
    put(json!({ "Name": "/app/size", "Value": "one", "Type": "String" }));
    assert_eq!(
        create(&named("/app/size:2")),
        "ValidationError: Parameters: [ssm:/app/size:2] cannot be found."
    );
    put(json!({ "Name": "/app/size", "Value": "two", "Overwrite": true }));
    // Each version stays.
    let outputs = format!(
        "{}\nOutputs: {{One: {{Value: '{{{{resolve:ssm:/app/size:1}}}}'}}, Two: {{Value: '{{{{resolve:ssm:/app/size}}}}'}}}}",
        named("/app/size:2")
    );
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", &outputs)]);
    let told = stack(&served, "web")["Outputs"].clone();
    assert_eq!((&told[0]["OutputValue"], &told[1]["OutputValue"]), (&json!("one"), &json!("two")), "{told}");
    let first = ssm(&served, "GetParameter", &json!({ "Name": "/app/size:1" })).1;
    assert_eq!((&first["Parameter"]["Value"], &first["Parameter"]["Version"]), (&json!("one"), &json!(1)));
    // Updates and change sets say it as well.
    let other = named("/app/size:9");
    for action in ["UpdateStack", "CreateChangeSet"] {
        let mut parameters = vec![("StackName", "web"), ("TemplateBody", other.as_str())];
        parameters.extend((action == "CreateChangeSet").then_some(("ChangeSetName", "c")));
        let told = refused(&served, action, &parameters);
        assert_eq!(told, "ValidationError: Parameters: [ssm:/app/size:9] cannot be found.", "{action}");
    }
}

#[test]
fn a_retried_request_is_answered_as_before_and_not_done_again() {
    let served = Served::account(&[]);
    let token = |token: &'static str| ("ClientRequestToken", token);
    let web = ("StackName", "web");
    let create = [web, ("TemplateBody", TOPIC), token("new")];
    assert_eq!(served.result("CreateStack", &create), served.result("CreateStack", &create));
    let told = refused(&served, "CreateStack", &[web, ("TemplateBody", WAITS), token("new")]);
    assert!(told.starts_with("TokenAlreadyExistsException: "), "{told}");
    let update = [web, ("TemplateBody", WAITS), token("up")];
    let first = served.result("UpdateStack", &update);
    assert_eq!(served.result("UpdateStack", &update), first);
    let other = [web, ("TemplateBody", TOPIC), token("up")];
    assert!(refused(&served, "UpdateStack", &other).starts_with("TokenAlreadyExistsException: "));
    let again = [web, ("TemplateBody", WAITS), token("more")];
    assert!(
        refused(&served, "UpdateStack", &again).contains("UPDATE_IN_PROGRESS state and can not be updated")
    );
    for _ in 0..2 {
        assert_eq!(served.call("CancelUpdateStack", &[web, token("off")]).status, 200);
    }
    assert!(refused(&served, "CancelUpdateStack", &[web, token("out")]).contains("cannot be called"));
    assert_eq!(status(&served, "web").0, "UPDATE_ROLLBACK_COMPLETE");
    // It came and went: that it is told again makes nothing of it, and something else is not taken for it.
    assert_eq!(served.result("UpdateStack", &update), first);
    let mut reordered = update;
    reordered.reverse();
    assert_eq!(served.result("UpdateStack", &reordered), first);
    let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "edge")];
    // A cancellation with the same token is another action, and takes nothing from it.
    let abort = [web, token("up")];
    assert!(refused(&served, "CancelUpdateStack", &abort).contains("cannot be called"));
    assert_eq!(served.result("UpdateStack", &update), first);
    for other in [&other[..], &[update[0], update[1], update[2], tag[0], tag[1]]] {
        let told = refused(&served, "UpdateStack", other);
        assert!(told.starts_with("TokenAlreadyExistsException: "), "{told}");
    }
    served.result("CreateChangeSet", &[web, ("ChangeSetName", "c"), ("TemplateBody", WAITS)]);
    let id = served.result("DescribeChangeSet", &[web, ("ChangeSetName", "c")])["ChangeSetId"].clone();
    let execute = [("ChangeSetName", id.as_str().unwrap_or_default()), token("do")];
    served.result("ExecuteChangeSet", &execute);
    served.result("ExecuteChangeSet", &execute);
    let other = [execute[0], token("redo")];
    assert!(refused(&served, "ExecuteChangeSet", &other).starts_with("InvalidChangeSetStatus: "));
}

#[test]
fn a_nested_stack_is_protected_by_its_root_and_updated_alone() {
    let served = Served::account(&[]);
    assert_eq!(s3(&served, "PUT", "/templates", "").status, 200);
    assert_eq!(s3(&served, "PUT", "/templates/child.yaml", TOPIC).status, 200);
    let root = "Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: \
                'https://templates.s3.us-east-1.amazonaws.com/child.yaml'}}}";
    let protect = ("EnableTerminationProtection", "true");
    served.result("CreateStack", &[("StackName", "root"), ("TemplateBody", root), protect]);
    let resources = served.result("ListStackResources", &[("StackName", "root")]);
    let child =
        resources["StackResourceSummaries"][0]["PhysicalResourceId"].as_str().unwrap_or_default().to_owned();
    let child = ("StackName", child.as_str());
    assert_eq!(stack(&served, child.1)["EnableTerminationProtection"], true);
    let told =
        refused(&served, "UpdateTerminationProtection", &[child, ("EnableTerminationProtection", "false")]);
    assert!(told.contains("termination protection is set on its root stack"), "{told}");
    let told = refused(&served, "DeleteStack", &[child]);
    assert!(told.ends_with("cannot be deleted while TerminationProtection is enabled"), "{told}");
    // Nothing above it is at work that it would have to wait for.
    let more = "Resources: {Other: {Type: AWS::SNS::Topic}}";
    served.result("UpdateStack", &[child, ("TemplateBody", more)]);
    assert_eq!(status(&served, child.1).0, "UPDATE_COMPLETE");
    let failing = more.replace("SNS::Topic", "SNS::Topic, Properties: {DisplayName: !ImportValue none}");
    served.result("UpdateStack", &[child, ("TemplateBody", &failing)]);
    assert_eq!(status(&served, child.1).0, "UPDATE_ROLLBACK_COMPLETE");
    served.result(
        "UpdateTerminationProtection",
        &[("StackName", "root"), ("EnableTerminationProtection", "false")],
    );
    assert_eq!(stack(&served, child.1)["EnableTerminationProtection"], false);
    served.result("DeleteStack", &[("StackName", "root")]);
    assert_eq!(status(&served, child.1).0, "DELETE_COMPLETE");
}

#[test]
fn a_url_that_leads_nowhere_is_refused_in_the_services_words() {
    let served = Served::account(&[]);
    assert_eq!(s3(&served, "PUT", "/templates", "").status, 200);
    assert_eq!(s3(&served, "PUT", "/templates/t.yaml", TOPIC).status, 200);
    for (url, words) in [
        (
            "https://templates.s3.us-east-1.amazonaws.com/no.yaml",
            "S3 error: The specified key does not exist.",
        ),
        ("https://none.s3.amazonaws.com/t.yaml", "S3 error: The specified bucket does not exist."),
        ("https://s3.us-east-1.amazonaws.com/none/t.yaml", "S3 error: The specified bucket does not exist."),
        ("s3://templates/t.yaml", "S3 error: Domain name specified in templates is not a valid S3 domain"),
        ("https://example.com/t.yaml", "TemplateURL must be a supported URL."),
        ("file:///nonexistent/t.yaml", "TemplateURL must be a supported URL."),
        ("templates/t.yaml", "TemplateURL must be a supported URL."),
        ("", "1 validation error detected: Value '' at 'templateURL' failed to satisfy constraint"),
    ] {
        let told = refused(&served, "ValidateTemplate", &[("TemplateURL", url)]);
        assert!(told.starts_with(&format!("ValidationError: {words}")), "{url}: {told}");
    }
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", TOPIC)]);
    let policy = [("StackName", "web"), ("StackPolicyURL", "https://example.com/policy.json")];
    let told = refused(&served, "SetStackPolicy", &policy);
    assert!(told.starts_with("ValidationError: StackPolicyURL must be a supported URL."), "{told}");
}

#[test]
fn a_change_set_shows_the_leave_that_was_given_and_its_template() {
    let served = Served::account(&[]);
    let parameters =
        [("StackName", "web"), ("ChangeSetName", "c"), ("ChangeSetType", "CREATE"), ("TemplateBody", TOPIC)];
    let id = served.result("CreateChangeSet", &parameters)["Id"].as_str().unwrap_or_default().to_owned();
    let id = ("ChangeSetName", id.as_str());
    assert_eq!(served.result("DescribeChangeSet", &[id])["Capabilities"], Value::Null);
    // Its ARN says whose it is.
    assert_eq!(served.result("GetTemplate", &[id])["TemplateBody"], TOPIC);
    let told = refused(&served, "GetTemplate", &[("ChangeSetName", "c")]);
    assert!(told.contains("Value null at 'stackName'"), "{told}");
}

#[test]
fn families_of_actions_that_are_not_rehearsed_say_why() {
    let served = Served::account(&[]);
    for action in [
        "DetectStackDrift",
        "ListStackSets",
        "CreateGeneratedTemplate",
        "StartResourceScan",
        "ListTypes",
        "RegisterPublisher",
        "GetHookResult",
        "RecordHandlerProgress",
        "CreateStackRefactor",
        "ActivateOrganizationsAccess",
        "DescribeAccountLimits",
    ] {
        let told = refused(&served, action, &[]);
        assert!(told.starts_with(&format!("InvalidAction: {action}: ")), "{told}");
    }
}

#[test]
fn a_body_that_is_not_read_is_refused_in_the_services_protocol() {
    let served = Served::account(&[]);
    let long = "x".repeat(3 << 20);
    let key = served.key();
    let json = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameter")];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for (service, headers, expected) in [
        ("cloudformation", &form[..], "<Code>RequestEntityTooLarge</Code>"),
        ("sts", &form[..], "<Code>RequestEntityTooLarge</Code>"),
        ("ssm", &json[..], "\"__type\":\"RequestEntityTooLargeException\""),
    ] {
        let answer = signed(&served, service, &key, ("POST", "/"), headers, &long);
        assert_eq!(answer.status, 413, "{service}");
        assert!(answer.body.contains(expected), "{service}: {}", answer.body);
    }
    for (body, code) in [
        ("{\"Name\":", "SerializationException"),
        ("[]", "SerializationException"),
        ("{\"Name\":5}", "SerializationException"),
        ("{}", "ValidationException"),
    ] {
        let answer = signed(&served, "ssm", &key, ("POST", "/"), &json, body);
        assert!(answer.body.contains(code), "{body}: {}", answer.body);
    }
    let answer = signed(&served, "ssm", &key, ("POST", "/"), &[], "{}");
    assert!(answer.body.contains("UnknownOperationException"), "{}", answer.body);
    assert_eq!(s3(&served, "PUT", "/bucket", "").status, 200);
    for (target, body, code) in [
        ("/bucket?tagging", "no xml", "MalformedXML"),
        ("/bucket?tagging", "<Tagging>", "MalformedXML"),
        ("/bucket?policy", "<Policy/>", "MalformedPolicy"),
    ] {
        let answer = s3(&served, "PUT", target, body);
        assert_eq!((answer.status, text(&answer.body, "Code")), (400, code), "{target} {body}");
    }
    assert_eq!(s3(&served, "PUT", "/bucket?tagging", "<Tagging><TagSet/></Tagging>").status, 200);
}

#[test]
fn what_is_out_of_bounds_is_refused_and_not_taken() {
    let served = Served::account(&[]);
    let numbered = |name: &str, count: usize| -> Vec<(String, String)> {
        let tag = |at: usize| match name {
            "Tags" => vec![
                (format!("Tags.member.{at}.Key"), format!("k{at}")),
                (format!("Tags.member.{at}.Value"), "v".into()),
            ],
            _ => vec![(format!("{name}.member.{at}"), "arn:aws:sns:us-east-1:123456789012:topic".into())],
        };
        (1..=count).flat_map(tag).collect()
    };
    let create = |more: &[(String, String)]| {
        let mut all = vec![("StackName", "web"), ("TemplateBody", TOPIC)];
        all.extend(more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        served.call("CreateStack", &all)
    };
    for (name, most) in [("Tags", 50), ("NotificationARNs", 5)] {
        let (code, message) = create(&numbered(name, most + 1)).error();
        let words =
            format!("failed to satisfy constraint: Member must have length less than or equal to {most}");
        assert!(code == "ValidationError" && message.ends_with(&words), "{message}");
    }
    let user = ("RoleARN".to_owned(), "arn:aws:iam::123456789012:user/somebody".to_owned());
    assert!(create(&[user]).error().1.ends_with("user/somebody is invalid or cannot be assumed"));
    let all = [numbered("Tags", 50), numbered("NotificationARNs", 5)].concat();
    assert_eq!(create(&all).status, 200);
    let long = "d".repeat(1025);
    let change_set =
        [("StackName", "web"), ("ChangeSetName", "c"), ("TemplateBody", TOPIC), ("Description", &*long)];
    assert!(
        refused(&served, "CreateChangeSet", &change_set)
            .contains("at 'description' failed to satisfy constraint")
    );
    let told = refused(&served, "DescribeStacks", &[("StackName", "")]);
    assert!(told.contains("Value '' at 'stackName' failed to satisfy constraint"), "{told}");
    let assume = |seconds: &str| {
        let role =
            "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr&RoleSessionName=me";
        sts(&served, &served.key(), &format!("{role}&DurationSeconds={seconds}"))
    };
    for (seconds, bound) in [("10", "greater than or equal to 900"), ("43201", "less than or equal to 43200")]
    {
        let told = assume(seconds);
        assert!(told.status == 400 && told.body.contains(bound), "{}", told.body);
    }
    let ends = |seconds: &str| text(&assume(seconds).body, "Expiration").to_owned();
    assert!(ends("900") < ends("43200"));
}
