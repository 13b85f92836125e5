//! What clients ask of an account besides its stacks' lives: policies, exports, templates, rollbacks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use serde_json::{Value, json};

const EXPORTING: &str = "
Parameters:
  Name: {Type: String, Default: b}
Resources:
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  One: {Value: x, Export: {Name: a-name}}
  Two: {Value: y, Export: {Name: !Ref Name}}
";

fn create(served: &Served, name: &str, template: &str) {
    served.result("CreateStack", &[("StackName", name), ("TemplateBody", template)]);
}

fn message(served: &Served, action: &str, parameters: &[(&str, &str)]) -> String {
    served.call(action, parameters).error().1
}

#[test]
fn exports_and_who_imports_them_are_listed() {
    let served = Served::account(&[]);
    create(&served, "one", EXPORTING);
    let importing = "
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue a-name}}
";
    create(&served, "two", importing);
    let exports = served.result("ListExports", &[]);
    let list = exports["Exports"].as_array().unwrap();
    let told: Vec<_> = list.iter().map(|it| (it["Name"].clone(), it["Value"].clone())).collect();
    assert_eq!(told, [(json!("a-name"), json!("x")), (json!("b"), json!("y"))]);
    assert!(list[0]["ExportingStackId"].as_str().unwrap().contains(":stack/one/"));
    let imports = served.result("ListImports", &[("ExportName", "a-name")]);
    assert_eq!(imports["Imports"], json!(["two"]));
    for (name, expected) in
        [("b", "Export 'b' is not imported by any stack."), ("c", "No export named c found.")]
    {
        assert_eq!(message(&served, "ListImports", &[("ExportName", name)]), expected);
    }
    // One after the other: what is imported stays.
    for stack in ["two", "one"] {
        served.result("DeleteStack", &[("StackName", stack)]);
    }
    assert_eq!(served.result("ListExports", &[])["Exports"], json!([]));
}

#[test]
fn a_stack_policy_is_kept_and_shown() {
    let served = Served::account(&[]);
    let policy =
        json!({"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]});
    let (policy, other) = (policy.to_string(), policy.to_string().replace("Allow", "Deny"));
    let given = [("StackName", "one"), ("TemplateBody", EXPORTING), ("StackPolicyBody", policy.as_str())];
    served.result("CreateStack", &given);
    let shown = || served.result("GetStackPolicy", &[("StackName", "one")])["StackPolicyBody"].clone();
    assert_eq!(shown(), json!(policy));
    served.result("SetStackPolicy", &[("StackName", "one"), ("StackPolicyBody", &other)]);
    assert_eq!(shown(), json!(other));
    let refused = |policy: &str| {
        message(&served, "SetStackPolicy", &[("StackName", "one"), ("StackPolicyBody", policy)])
    };
    assert_eq!(refused("{"), "Error validating stack policy: Invalid stack policy");
    assert_eq!(
        refused(&policy.replace("\"Resource\":\"*\"", "\"Resource\":\"LogicalResourceId/Nothing\"")),
        "Error validating stack policy: Unknown logical id 'LogicalResourceId/Nothing' in statement {} - stack policies can only \
         be applied to logical ids referenced in the template"
    );
    assert_eq!(message(&served, "SetStackPolicy", &[("StackName", "no")]), "Stack [no] does not exist");
    create(&served, "two", EXPORTING);
    assert_eq!(served.result("GetStackPolicy", &[("StackName", "two")]), json!({}));
}

fn until(served: &Served, status: &str) {
    let now = || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0]["StackStatus"].clone();
    let begun = std::time::Instant::now();
    while now() != status {
        assert!(begun.elapsed().as_secs() < 60, "{}", now());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_update_is_held_to_the_stacks_policy() {
    let served = Served::account(&[]);
    let template = |name: &str, more: &str| {
        format!(
            "Resources:\n  Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: {name}}}}}\n\
             \x20 Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {name}}}}}\n{more}"
        )
    };
    let more = "  Queue: {Type: AWS::SQS::Queue}\n";
    let policy = |deny: &str, resource: &str| {
        let allow = json!({"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Action": deny, "Principal": "*", "Resource": resource});
        json!({ "Statement": [allow, deny] }).to_string()
    };
    let ended = |status: &str| {
        until(&served, status);
        let events = served.result("DescribeStackEvents", &[("StackName", "web")])["StackEvents"].clone();
        let told = events.as_array().unwrap().iter().map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            [text("ResourceStatus"), text("LogicalResourceId"), text("ResourceStatusReason")]
        });
        let begun = |it: &[String; 3]| it[2] == "User Initiated";
        let mut told: Vec<_> = told.take_while(|it| !begun(it)).map(|it| it.join(" ")).collect();
        told.reverse();
        told
    };
    let (first, second) = (template("one", more), template("two", more));
    let replace = policy("Update:Replace", "LogicalResourceId/Role");
    let given =
        [("StackName", "web"), ("TemplateBody", first.as_str()), ("StackPolicyBody", replace.as_str())];
    served.result(
        "CreateStack",
        &[given.as_slice(), &[("Capabilities.member.1", "CAPABILITY_NAMED_IAM")]].concat(),
    );
    until(&served, "CREATE_COMPLETE");
    let update = |template: &str, more: &[(&str, &str)]| {
        let given = [
            ("StackName", "web"),
            ("TemplateBody", template),
            ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
        ];
        served.result("UpdateStack", &[given.as_slice(), more].concat());
    };
    update(&second, &[]);
    let told = ended("UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(
        told[0],
        "UPDATE_FAILED Role Action denied by stack policy: Statement [#1] does not allow [Update:Replace] for resource \
         [LogicalResourceId/Role];",
        "{told:#?}"
    );
    assert!(
        told.contains(
            &"UPDATE_ROLLBACK_IN_PROGRESS web The following resource(s) failed to update: [Role]. "
                .to_owned()
        ),
        "{told:#?}"
    );
    assert!(told.contains(&"UPDATE_COMPLETE Role ".to_owned()), "{told:#?}");
    // For once by another policy, which is not kept; and by a change set only by the stack's.
    update(&second, &[("StackPolicyDuringUpdateBody", "{}")]);
    assert!(ended("UPDATE_COMPLETE").iter().any(|it| it.starts_with("DELETE_COMPLETE Role")));
    assert_eq!(served.result("GetStackPolicy", &[("StackName", "web")])["StackPolicyBody"], json!(replace));
    // What an update brings is for those after it.
    let delete = policy("Update:Delete", "*");
    update(&template("two", ""), &[("StackPolicyBody", &delete)]);
    assert!(ended("UPDATE_COMPLETE").contains(&"DELETE_COMPLETE Queue ".to_owned()));
    update(&template("two", more), &[]);
    until(&served, "UPDATE_COMPLETE");
    let without = template("two", "");
    served.result(
        "CreateChangeSet",
        &[
            ("StackName", "web"),
            ("ChangeSetName", "c"),
            ("TemplateBody", &without),
            ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
        ],
    );
    served.result("ExecuteChangeSet", &[("StackName", "web"), ("ChangeSetName", "c")]);
    let told = ended("UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(
        told[0],
        "UPDATE_FAILED Queue Action denied by stack policy: Statement [#1] does not allow [Update:Delete] for resource [*];",
        "{told:#?}"
    );
    // And it is there as before.
    update(&template("three", more), &[("StackPolicyDuringUpdateBody", "{}")]);
    until(&served, "UPDATE_COMPLETE");
}

#[test]
fn a_template_is_shown_as_its_loops_leave_it_and_its_macros_are_told() {
    let served = Served::account(&[]);
    let template = "
Transform: AWS::LanguageExtensions
Metadata: {cfn-lint: {a: [1]}}
Resources:
  Fn::ForEach::Topics:
    - Name
    - [A, B]
    - Topic${Name}: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub 'is ${Name}'}}
";
    let capable = ("Capabilities.member.1", "CAPABILITY_AUTO_EXPAND");
    served.result("CreateStack", &[("StackName", "one"), ("TemplateBody", template), capable]);
    let get = |stage: &str| {
        let got = served.result("GetTemplate", &[("StackName", "one"), ("TemplateStage", stage)]);
        got["TemplateBody"].as_str().unwrap().to_owned()
    };
    assert_eq!(get("Original"), template);
    let processed: Value = serde_json::from_str(&get("Processed")).unwrap();
    let names: Vec<_> = processed["Resources"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["TopicA", "TopicB"]);
    assert_eq!(processed["Transform"], Value::Null);
    for parameters in [("StackName", "one"), ("TemplateBody", template)] {
        let summary = served.result("GetTemplateSummary", &[parameters]);
        assert_eq!(summary["DeclaredTransforms"], json!(["AWS::LanguageExtensions"]));
        assert_eq!(summary["Capabilities"], json!(["CAPABILITY_AUTO_EXPAND"]));
        assert_eq!(summary["ResourceTypes"], json!(["AWS::SNS::Topic"]));
        assert_eq!(summary["Metadata"], json!("{\"cfn-lint\":{\"a\":[1]}}"));
    }
    let validated = served.result("ValidateTemplate", &[("TemplateBody", template)]);
    assert_eq!(validated["DeclaredTransforms"], json!(["AWS::LanguageExtensions"]));
}

#[test]
fn an_update_is_given_up_and_goes_back() {
    let served = Served::account(&[]);
    create(&served, "web", EXPORTING);
    let status =
        || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0]["StackStatus"].clone();
    let server = EXPORTING.replace("Resources:", crate::common::SERVER.trim());
    served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &server)]);
    assert_eq!(status(), "UPDATE_IN_PROGRESS");
    served.result("CancelUpdateStack", &[("StackName", "web"), ("ClientRequestToken", "t1")]);
    assert_eq!(status(), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(
        message(&served, "CancelUpdateStack", &[("StackName", "web")]),
        "CancelUpdateStack cannot be called from current stack status"
    );
    assert_eq!(
        message(&served, "ContinueUpdateRollback", &[("StackName", "web")]),
        "RollbackUpdatedStack cannot be called from current stack status"
    );
    let last = &served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0]["LastOperations"][0];
    assert_eq!(last["OperationType"], "UPDATE_STACK");
    let events = served.result("DescribeEvents", &[("StackName", "web"), ("Filters.FailedEvents", "true")]);
    let told: Vec<_> = events["OperationEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            ["ResourceStatus", "LogicalResourceId", "EventType", "OperationType"].map(|name| it[name].clone())
        })
        .collect();
    assert_eq!(told, [["CREATE_FAILED", "Server", "PROVISIONING_ERROR", "UPDATE_STACK"].map(Value::from)]);
}

#[test]
fn a_rollback_that_failed_is_gone_on_with() {
    let served = Served::account(&["--speed", "1000"]);
    let group = |ami: &str| {
        format!(
            "
Resources:
  Launch: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{ImageId: {ami}, InstanceType: t3.micro}}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {{MinSize: 1, MaxSize: 1, LaunchConfigurationName: !Ref Launch, AvailabilityZones: [us-east-1a]}}
    UpdatePolicy: {{AutoScalingRollingUpdate: {{PauseTime: PT10S, WaitOnResourceSignals: true}}}}
"
        )
    };
    create(&served, "web", &group("ami-1"));
    served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &group("ami-2"))]);
    served.await_event("UPDATE_ROLLBACK_FAILED");
    let skip = |id: &'static str| [("StackName", "web"), ("ResourcesToSkip.member.1", id)];
    let refusal = "ResourcesToSkip takes resources that are UPDATE_FAILED in this stack: [Nope] is not";
    assert_eq!(message(&served, "ContinueUpdateRollback", &skip("Nope")), refusal);
    served.result("ContinueUpdateRollback", &skip("Group"));
    let stack = &served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0];
    assert_eq!(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(stack["LastOperations"][0]["OperationType"], "CONTINUE_ROLLBACK");
}

#[test]
fn a_creation_that_was_left_as_it_failed_is_rolled_back() {
    let served = Served::account(&[]);
    let given = [("StackName", "web"), ("TemplateBody", crate::common::SERVER), ("DisableRollback", "true")];
    served.result("CreateStack", &given);
    let told = "cannot be rolled back while in status CREATE_IN_PROGRESS";
    assert!(message(&served, "RollbackStack", &[("StackName", "web")]).ends_with(told));
    let resources = served.result("DescribeStackResources", &[("StackName", "web")]);
    let instance = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap();
    assert_eq!(served.signal("Server", instance, "FAILURE").status, 200);
    let stack = || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].clone();
    assert_eq!(stack()["StackStatus"], "CREATE_FAILED");
    let begun = served.result("RollbackStack", &[("StackName", "web")]);
    assert_eq!(stack()["StackStatus"], "ROLLBACK_COMPLETE");
    assert_eq!(stack()["LastOperations"][0]["OperationType"], "ROLLBACK");
    let id = begun["OperationId"].as_str().unwrap();
    let events = served.result("DescribeEvents", &[("OperationId", id)]);
    let newest = &events["OperationEvents"][0];
    assert_eq!(
        (&newest["ResourceStatus"], &newest["OperationStatus"]),
        (&json!("ROLLBACK_COMPLETE"), &json!("SUCCEEDED"))
    );
}

#[test]
fn what_is_never_rehearsed_says_why() {
    let served = Served::account(&[]);
    for (action, why) in [
        ("DetectStackDrift", "nothing drifts in a rehearsal"),
        ("DescribeStackDriftDetectionStatus", "nothing drifts in a rehearsal"),
        ("CreateStackSet", "a rehearsal has one account and one region"),
        ("StartResourceScan", "a rehearsal has no resources outside of stacks"),
        ("DescribeType", "a rehearsal has no registry"),
        ("EstimateTemplateCost", "this rehearsal has CreateStack, UpdateStack, CancelUpdateStack"),
    ] {
        let (code, message) = served.call(action, &[]).error();
        assert_eq!(code, "InvalidAction");
        assert!(message.contains(why), "{message}");
    }
}
