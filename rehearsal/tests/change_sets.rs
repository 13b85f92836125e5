//! Change sets: looked at, executed, deleted, and refused in the service's words.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::{SERVER, Served};
use serde_json::{Value, json};

/// Two topics and a security group, one of them in a parameter's words.
const TOPICS: &str = "
Parameters:
  Name: {Type: String, Default: one}
Resources:
  First:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Name}
  Second:
    Type: AWS::SNS::Topic
Outputs:
  Which: {Value: !Ref Name}
";

struct Account(Served);

impl Account {
    fn open() -> Self {
        Self(Served::account(&[]))
    }

    /// What a change set of the stack `web` is asked for; it is called `first` unless `parameters` say otherwise.
    fn create(&self, kind: &str, template: &str, parameters: &[(&str, &str)]) -> crate::common::Answer {
        let given = [("StackName", "web"), ("ChangeSetName", "first"), ("ChangeSetType", kind)];
        let body = [("TemplateBody", template)];
        let body = if template.is_empty() { &[][..] } else { &body[..] };
        self.0.call("CreateChangeSet", &[&given[..], body, parameters].concat())
    }

    fn created(&self, kind: &str, template: &str, parameters: &[(&str, &str)]) -> Value {
        let answer = self.create(kind, template, parameters);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json: Value = serde_json::from_str(&answer.body).unwrap();
        json["CreateChangeSetResponse"]["CreateChangeSetResult"].clone()
    }

    fn describe(&self, name: &str) -> Value {
        self.0.result("DescribeChangeSet", &[("StackName", "web"), ("ChangeSetName", name)])
    }

    fn execute(&self, name: &str) {
        self.0.result("ExecuteChangeSet", &[("StackName", "web"), ("ChangeSetName", name)]);
    }

    fn status(&self) -> String {
        let stacks = self.0.result("DescribeStacks", &[("StackName", "web")]);
        stacks["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
    }

    fn refused(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, String, String) {
        let answer = self.0.call(action, parameters);
        let (code, message) = answer.error();
        (answer.status, code, message)
    }

    /// Statuses and logical ids, oldest first.
    fn events(&self) -> Vec<(String, String)> {
        let events = self.0.result("DescribeStackEvents", &[("StackName", "web")]);
        let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
        let all = events["StackEvents"].as_array().unwrap().iter().rev();
        all.map(|it| (text(it, "ResourceStatus"), text(it, "LogicalResourceId"))).collect()
    }
}

/// Each change in one line.
fn lines(change_set: &Value) -> Vec<String> {
    let text = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    let line = |it: &Value| {
        let it = &it["ResourceChange"];
        let details = it["Details"].as_array().unwrap().iter().map(|it| {
            let target = &it["Target"];
            let named =
                [&target["Attribute"], &target["Name"], &target["RequiresRecreation"], &it["CausingEntity"]];
            format!(" {}", named.map(text).join("/"))
        });
        let named = [&it["Action"], &it["LogicalResourceId"], &it["Replacement"], &it["PolicyAction"]];
        named.map(text).join(" ") + &details.collect::<String>()
    };
    change_set["Changes"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_stack_is_looked_at_and_then_made() {
    let account = Account::open();
    let created = account.created(
        "CREATE",
        TOPICS,
        &[
            ("Description", "the first"),
            ("ClientToken", "t"),
            ("Parameters.member.1.ParameterKey", "Name"),
            ("Parameters.member.1.ParameterValue", "given"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "a"),
            ("IncludeNestedStacks", "true"),
        ],
    );
    let (id, stack_id) = (created["Id"].as_str().unwrap(), created["StackId"].as_str().unwrap());
    assert!(id.starts_with("arn:aws:cloudformation:us-east-1:123456789012:changeSet/first/"), "{id}");
    assert!(stack_id.starts_with("arn:aws:cloudformation:us-east-1:123456789012:stack/web/"), "{stack_id}");
    assert_eq!(account.status(), "REVIEW_IN_PROGRESS");
    assert_eq!(account.events(), [("REVIEW_IN_PROGRESS".to_owned(), "web".to_owned())]);
    let resources = account.0.result("ListStackResources", &[("StackName", "web")]);
    assert_eq!(resources["StackResourceSummaries"], json!([]));

    let described = account.describe("first");
    for (name, expected) in [
        ("ChangeSetName", json!("first")),
        ("ChangeSetId", json!(id)),
        ("StackId", json!(stack_id)),
        ("Status", json!("CREATE_COMPLETE")),
        ("ExecutionStatus", json!("AVAILABLE")),
        ("Description", json!("the first")),
        ("IncludeNestedStacks", json!(true)),
        ("Parameters", json!([{"ParameterKey": "Name", "ParameterValue": "given"}])),
        ("Tags", json!([{"Key": "team", "Value": "a"}])),
    ] {
        assert_eq!(described[name], expected, "{name}");
    }
    assert_eq!(lines(&described), ["Add First - -", "Add Second - -"]);
    let by_arn = account.0.result("DescribeChangeSet", &[("ChangeSetName", id)]);
    assert_eq!(by_arn, described);
    let listed = account.0.result("ListChangeSets", &[("StackName", "web")]);
    assert_eq!(listed["Summaries"][0]["ChangeSetId"], json!(id));

    account.execute("first");
    assert_eq!(account.status(), "CREATE_COMPLETE");
    let told = account.events();
    assert_eq!(told[1], ("CREATE_IN_PROGRESS".to_owned(), "web".to_owned()));
    assert_eq!(told.last().unwrap().0, "CREATE_COMPLETE");
    let stack = &account.0.result("DescribeStacks", &[("StackName", stack_id)])["Stacks"][0];
    assert_eq!(stack["Outputs"][0]["OutputValue"], json!("given"));
    assert_eq!(stack["Tags"], json!([{"Key": "team", "Value": "a"}]));
    // It is known by its ARN alone from now on.
    let executed = account.0.result("DescribeChangeSet", &[("ChangeSetName", id)]);
    assert_eq!(executed["ExecutionStatus"], json!("EXECUTE_COMPLETE"));
    assert_eq!(executed["Status"], json!("CREATE_COMPLETE"));
    let listed = account.0.result("ListChangeSets", &[("StackName", "web")]);
    assert_eq!(listed["Summaries"], json!([]));
}

#[test]
fn the_template_that_was_looked_at_is_the_one_that_is_made() {
    let account = Account::open();
    account.created("CREATE", SERVER, &[]);
    account.created("CREATE", TOPICS, &[("ChangeSetName", "second")]);
    account.execute("second");
    let resources = account.0.result("ListStackResources", &[("StackName", "web")]);
    let ids: Vec<_> = resources["StackResourceSummaries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["LogicalResourceId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["First", "Second"]);
    // The other one went with its execution.
    let gone = account.refused("DescribeChangeSet", &[("StackName", "web"), ("ChangeSetName", "first")]);
    assert_eq!(gone, (404, "ChangeSetNotFound".to_owned(), "ChangeSet [first] does not exist".to_owned()));
}

#[test]
fn an_update_is_looked_at_property_by_property() {
    let account = Account::open();
    let before = "
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: one, VpcId: vpc-1}
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, SecurityGroupIds: [!GetAtt Group.GroupId]}
  Watcher:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, PlacementGroupName: !Ref Place}
  Place:
    Type: AWS::EC2::SecurityGroup
    UpdateReplacePolicy: Retain
    Properties: {GroupDescription: one}
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: Retain
  Queue: {Type: AWS::SQS::Queue}
  Table:
    Type: AWS::DynamoDB::Table
    Metadata: {a: 1}
    Properties: {TableClass: A, Tags: [{Key: a, Value: b}]}
";
    let after = before
        .replace("GroupDescription: one", "GroupDescription: two")
        .replace("  Topic:\n    Type: AWS::SNS::Topic\n    DeletionPolicy: Retain\n", "")
        .replace("  Queue: {Type: AWS::SQS::Queue}\n", "  Fresh: {Type: AWS::SQS::Queue}\n")
        .replace("{a: 1}", "{a: 2}")
        .replace("TableClass: A, Tags: [{Key: a, Value: b}]", "Tags: [{Key: a, Value: c}], BillingMode: X");
    account.0.result("CreateStack", &[("StackName", "web"), ("TemplateBody", before)]);
    account.created("UPDATE", &after, &[]);
    let described = account.describe("first");
    assert_eq!(
        lines(&described),
        [
            "Add Fresh - -",
            "Modify Group True ReplaceAndDelete Properties/GroupDescription/Always/-",
            "Modify Place True ReplaceAndRetain Properties/GroupDescription/Always/-",
            "Remove Queue - Delete",
            "Modify Server False - Properties/SecurityGroupIds/Never/Group",
            "Modify Table False - Properties/BillingMode/Never/- Properties/TableClass/Never/- Tags/-/Never/- \
             Metadata/-/Never/-",
            "Remove Topic - Retain",
            "Modify Watcher Conditional - Properties/PlacementGroupName/Conditionally/Place",
        ]
    );
    let scope = &described["Changes"][5]["ResourceChange"]["Scope"];
    assert_eq!(scope, &json!(["Tags", "Properties", "Metadata"]));
    assert_eq!(account.status(), "CREATE_COMPLETE");
    account.execute("first");
    assert_eq!(account.status(), "UPDATE_COMPLETE");
}

#[test]
fn what_changes_nothing_fails_in_the_services_words() {
    let account = Account::open();
    account.0.result("CreateStack", &[("StackName", "web"), ("TemplateBody", TOPICS)]);
    let keeps =
        [("Parameters.member.1.ParameterKey", "Name"), ("Parameters.member.1.UsePreviousValue", "true")];
    account.created("UPDATE", "", &[&keeps[..], &[("UsePreviousTemplate", "true")]].concat());
    account.created("UPDATE", &format!("# said\n{TOPICS}"), &[("ChangeSetName", "second")]);
    let same = "The submitted information didn't contain changes. Submit different information to create a change set.";
    for (name, reason) in [("first", same), ("second", "No updates are to be performed.")] {
        let described = account.describe(name);
        let found = ["Status", "ExecutionStatus", "StatusReason"].map(|it| described[it].as_str().unwrap());
        assert_eq!(found, ["FAILED", "UNAVAILABLE", reason]);
        let id = described["ChangeSetId"].as_str().unwrap();
        assert_eq!(
            account.refused("ExecuteChangeSet", &[("ChangeSetName", id)]),
            (
                400,
                "InvalidChangeSetStatus".to_owned(),
                format!("ChangeSet [{id}] cannot be executed in its current status of [FAILED]")
            )
        );
    }
    // Other outputs are a change, though no resource's.
    let outputs = TOPICS.replace("Which:", "Other:");
    account.created("UPDATE", &outputs, &[("ChangeSetName", "third")]);
    let described = account.describe("third");
    assert_eq!((&described["Status"], lines(&described)), (&json!("CREATE_COMPLETE"), vec![]));
    account.execute("third");
    assert_eq!(account.status(), "UPDATE_COMPLETE");
}

#[test]
fn a_stack_that_is_another_by_now_makes_its_change_sets_obsolete() {
    let account = Account::open();
    account.0.result("CreateStack", &[("StackName", "web"), ("TemplateBody", TOPICS)]);
    let other = TOPICS.replace("one", "two");
    let id = account.created("UPDATE", &other, &[])["Id"].as_str().unwrap().to_owned();
    let third = TOPICS.replace("one", "three");
    account.0.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &third)]);
    assert_eq!(account.describe("first")["ExecutionStatus"], json!("OBSOLETE"));
    assert_eq!(
        account.refused("ExecuteChangeSet", &[("StackName", "web"), ("ChangeSetName", "first")]).2,
        format!("ChangeSet [{id}] cannot be executed in its current execution status of [OBSOLETE]")
    );
}

#[test]
fn an_execution_that_fails_says_so() {
    let account = Account::open();
    let id = account.created("CREATE", SERVER, &[])["Id"].as_str().unwrap().to_owned();
    account.execute("first");
    let describe = || account.0.result("DescribeChangeSet", &[("ChangeSetName", &id)]);
    assert_eq!(describe()["ExecutionStatus"], json!("EXECUTE_IN_PROGRESS"));
    let resources = account.0.result("DescribeStackResources", &[("StackName", "web")]);
    let instance = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap();
    assert_eq!(account.0.signal("Server", instance, "FAILURE").status, 200);
    assert_eq!(describe()["ExecutionStatus"], json!("EXECUTE_FAILED"));
    assert_eq!(account.status(), "ROLLBACK_COMPLETE");
    // What was rolled back is not updated.
    let stack_id = describe()["StackId"].as_str().unwrap().to_owned();
    let refused = account.create("UPDATE", TOPICS, &[]).error().1;
    assert_eq!(refused, format!("Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated."));
}

#[test]
fn what_becomes_of_a_stack_that_fails_is_the_change_sets_or_the_executions_choice() {
    for (asked, executed, becomes) in [
        (&[("OnStackFailure", "DO_NOTHING")][..], &[][..], "CREATE_FAILED"),
        (&[("OnStackFailure", "DELETE")], &[], "DELETE_COMPLETE"),
        (&[("OnStackFailure", "ROLLBACK")], &[], "ROLLBACK_COMPLETE"),
        (&[], &[("DisableRollback", "true")], "CREATE_FAILED"),
        (&[], &[("DisableRollback", "false"), ("RetainExceptOnCreate", "true")], "ROLLBACK_COMPLETE"),
    ] {
        let account = Account::open();
        let stack_id = account.created("CREATE", SERVER, asked)["StackId"].as_str().unwrap().to_owned();
        let named = [("StackName", "web"), ("ChangeSetName", "first"), ("ClientRequestToken", "token-1")];
        account.0.result("ExecuteChangeSet", &[&named[..], executed].concat());
        let resources = account.0.result("DescribeStackResources", &[("StackName", "web")]);
        let instance = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap();
        assert_eq!(account.0.signal("Server", instance, "FAILURE").status, 200);
        let stack = &account.0.result("DescribeStacks", &[("StackName", &stack_id)])["Stacks"][0];
        assert_eq!(stack["StackStatus"], json!(becomes), "{asked:?} {executed:?}");
        assert_eq!(stack["DisableRollback"], json!(becomes == "CREATE_FAILED"));
        let events = account.0.result("DescribeStackEvents", &[("StackName", &stack_id)]);
        let first = events["StackEvents"].as_array().unwrap().iter().rev().nth(1).unwrap();
        assert_eq!(first["ClientRequestToken"], json!("token-1"));
    }
}

#[test]
fn the_same_again_is_the_same_and_another_of_its_name_is_refused() {
    let account = Account::open();
    let first = account.created("CREATE", TOPICS, &[]);
    assert_eq!(account.created("CREATE", TOPICS, &[]), first);
    let error = account.create("CREATE", SERVER, &[]).error();
    let text = "ChangeSet first cannot be created due to a mismatch with existing attribute Template";
    assert_eq!(error, ("AlreadyExistsException".to_owned(), text.to_owned()));
    account.0.result("DeleteChangeSet", &[("StackName", "web"), ("ChangeSetName", "first")]);
    // What is not there is as good as deleted.
    account.0.result("DeleteChangeSet", &[("StackName", "web"), ("ChangeSetName", "first")]);
    assert_ne!(account.created("CREATE", SERVER, &[])["Id"], first["Id"]);
}

#[test]
fn refusals_have_the_services_words() {
    let account = Account::open();
    account.created("CREATE", TOPICS, &[]);
    let stack_id =
        account.0.result("DescribeStacks", &[])["Stacks"][0]["StackId"].as_str().unwrap().to_owned();
    let refused =
        |kind: &str, template: &str, more: &[(&str, &str)]| account.create(kind, template, more).error().1;
    assert_eq!(
        refused("UPDATE", TOPICS, &[("ChangeSetName", "u")]),
        format!("Stack:{stack_id} is in REVIEW_IN_PROGRESS state and can not be updated.")
    );
    assert_eq!(refused("UPDATE", TOPICS, &[("StackName", "no")]), "Stack [no] does not exist");
    assert!(
        refused("IMPORT", TOPICS, &[])
            .starts_with("Importing resources (ChangeSetType IMPORT) is not rehearsed")
    );
    let named = |name: &str| refused("CREATE", TOPICS, &[("ChangeSetName", name)]);
    let constraint = "failed to satisfy constraint: Member must";
    assert!(
        named("1").contains(&format!("Value '1' at 'changeSetName' {constraint} satisfy regular expression"))
    );
    assert!(named(&"a".repeat(129)).contains(&format!("{constraint} have length less than or equal to 128")));
    account.execute("first");
    assert_eq!(
        refused("CREATE", TOPICS, &[("ChangeSetName", "again")]),
        "Stack [web] already exists and cannot be created again with the changeSet [again]."
    );
    for (action, parameters, expected) in [
        (
            "DescribeChangeSet",
            &[("ChangeSetName", "x"), ("StackName", "web")][..],
            "ChangeSet [x] does not exist",
        ),
        ("ExecuteChangeSet", &[("ChangeSetName", "x"), ("StackName", "web")], "ChangeSet [x] does not exist"),
        ("DescribeChangeSet", &[("ChangeSetName", "x"), ("StackName", "no")], "Stack [no] does not exist"),
        ("ListChangeSets", &[("StackName", "no")], "Stack [no] does not exist"),
        (
            "DescribeChangeSet",
            &[("ChangeSetName", "x")],
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ),
    ] {
        assert_eq!(account.refused(action, parameters).2, expected, "{action}");
    }
    // A stack that nobody has executed is deleted as any other, and its name is free again.
    account.created("CREATE", TOPICS, &[("StackName", "other")]);
    account.0.result("DeleteStack", &[("StackName", "other")]);
    account.0.result("CreateStack", &[("StackName", "other"), ("TemplateBody", TOPICS)]);
}

#[test]
fn many_changes_come_in_pages() {
    let account = Account::open();
    let topics: String = (0..150).map(|it| format!("  T{it:03}: {{Type: AWS::SNS::Topic}}\n")).collect();
    account.created("CREATE", &format!("Resources:\n{topics}"), &[]);
    let first = account.describe("first");
    assert_eq!(first["Changes"].as_array().unwrap().len(), 100);
    let named = [("StackName", "web"), ("ChangeSetName", "first")];
    let token = [("NextToken", first["NextToken"].as_str().unwrap())];
    let second = account.0.result("DescribeChangeSet", &[&named[..], &token].concat());
    assert_eq!(lines(&second).first().unwrap(), "Add T100 - -");
    assert_eq!(second["Changes"].as_array().unwrap().len(), 50);
    assert_eq!(second["NextToken"], Value::Null);
}

#[test]
fn macros_need_no_leave_where_their_changes_are_looked_at_first() {
    let served = Served::account(&[]);
    let body = "Transform: AWS::Serverless-2016-10-31\nResources: {Topic: {Type: AWS::SNS::Topic}}";
    let named = [("StackName", "web"), ("ChangeSetName", "first"), ("TemplateBody", body)];
    let made = served.call("CreateChangeSet", &[&named[..], &[("ChangeSetType", "CREATE")]].concat());
    assert_eq!(made.status, 200, "{}", made.body);
    let direct = served.call("CreateStack", &[("StackName", "other"), ("TemplateBody", body)]);
    assert_eq!(direct.error().0, "InsufficientCapabilitiesException");
}
