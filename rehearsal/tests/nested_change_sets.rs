//! Change sets of stacks that have stacks among their resources: made, executed and deleted together.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::nested::folder;
use crate::common::{Served, file};
use serde_json::{Value, json};
use tempfile::TempDir;

const ROOT: &str = "
Resources:
  App: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: app.yaml}}
";
const APP: &str = "
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}
  Topic: {Type: AWS::SNS::Topic}
";
const INNER: &str = "Resources: {Deep: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}}";

struct Account {
    served: Served,
    templates: TempDir,
}

impl Account {
    fn open(files: &[(&str, &str)]) -> Self {
        let templates = folder(files);
        let directory = templates.path().display().to_string();
        Self { served: Served::account(&["--template-dir", &directory]), templates }
    }

    /// Makes the change set `name` of the stack `web` and describes it.
    fn proposed(&self, kind: &str, name: &str, template: &str) -> Value {
        let parameters = [
            ("StackName", "web"),
            ("ChangeSetName", name),
            ("ChangeSetType", kind),
            ("TemplateBody", template),
            ("IncludeNestedStacks", "true"),
        ];
        let made = self.served.result("CreateChangeSet", &parameters);
        self.described(made["Id"].as_str().unwrap())
    }

    fn described(&self, id: &str) -> Value {
        self.served.result("DescribeChangeSet", &[("ChangeSetName", id)])
    }

    /// Each stack's name without what is made up, and its status, in the order of the names.
    fn stacks(&self) -> Vec<(String, String)> {
        let stacks = self.served.result("DescribeStacks", &[]);
        let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
        let one = |it: &Value| {
            let name = text(it, "StackName");
            let parts: Vec<_> = name.split('-').filter(|it| it.len() != 12).collect();
            (parts.join("-"), text(it, "StackStatus"))
        };
        let mut all: Vec<_> = stacks["Stacks"].as_array().unwrap().iter().map(one).collect();
        all.sort();
        all
    }

    fn refused(&self, action: &str, id: &str) -> String {
        let answer = self.served.call(action, &[("ChangeSetName", id)]);
        let (code, message) = answer.error();
        format!("{} {code}: {message}", answer.status)
    }
}

/// The change of `logical_id`.
fn change<'a>(described: &'a Value, logical_id: &str) -> &'a Value {
    let changes = described["Changes"].as_array().unwrap();
    let found = changes.iter().find(|it| it["ResourceChange"]["LogicalResourceId"] == logical_id);
    &found.unwrap()["ResourceChange"]
}

fn below(described: &Value, logical_id: &str) -> String {
    change(described, logical_id)["ChangeSetId"].as_str().unwrap().to_owned()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn stacks_that_belong_together_are_looked_at_and_made_together() {
    let account = Account::open(&[("app.yaml", APP), ("inner.yaml", INNER)]);
    let root = account.proposed("CREATE", "first", ROOT);
    let review = "REVIEW_IN_PROGRESS";
    let all = ["web", "web-App", "web-App-Inner"];
    assert_eq!(account.stacks(), pairs(&all.map(|it| (it, review))));
    assert_eq!((&root["ExecutionStatus"], &root["RootChangeSetId"]), (&json!("AVAILABLE"), &Value::Null));

    let app = account.described(&below(&root, "App"));
    let inner = account.described(&below(&app, "Inner"));
    assert_eq!(change(&app, "Topic")["ChangeSetId"], Value::Null);
    assert_eq!(change(&inner, "Deep")["Action"], "Add");
    for (it, parent) in [(&app, &root), (&inner, &app)] {
        for (name, expected) in [
            ("Status", "CREATE_COMPLETE"),
            ("ExecutionStatus", "UNAVAILABLE"),
            ("StatusReason", "Only executable from the root change set."),
            ("ParentChangeSetId", parent["ChangeSetId"].as_str().unwrap()),
            ("RootChangeSetId", root["ChangeSetId"].as_str().unwrap()),
        ] {
            assert_eq!(it[name], expected, "{name}");
        }
        let (id, root) = (it["ChangeSetId"].as_str().unwrap(), root["ChangeSetId"].as_str().unwrap());
        for (action, done) in [("ExecuteChangeSet", "executed"), ("DeleteChangeSet", "deleted")] {
            let expected = format!(
                "400 InvalidChangeSetStatus: ChangeSet [{id}] is of a nested stack: it can only be {done} from root change set [{root}]"
            );
            assert_eq!(account.refused(action, id), expected);
        }
    }

    account.served.result("ExecuteChangeSet", &[("ChangeSetName", root["ChangeSetId"].as_str().unwrap())]);
    assert_eq!(account.stacks(), pairs(&all.map(|it| (it, "CREATE_COMPLETE"))));
    for it in [&root, &app, &inner] {
        let executed = account.described(it["ChangeSetId"].as_str().unwrap());
        assert_eq!(executed["ExecutionStatus"], "EXECUTE_COMPLETE");
        // It is the stack that was looked at, and knows what it was made by.
        let stack =
            account.served.result("DescribeStacks", &[("StackName", it["StackId"].as_str().unwrap())]);
        assert_eq!(stack["Stacks"][0]["ChangeSetId"], it["ChangeSetId"]);
    }
}

#[test]
fn an_update_shows_what_becomes_of_those_below_and_its_deletion_leaves_nothing() {
    let account = Account::open(&[("app.yaml", APP), ("inner.yaml", INNER)]);
    account.served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", ROOT)]);
    let before = account.stacks();
    file(&account.templates, "inner.yaml", &INNER.replace("one", "two"));
    let more = format!(
        "{ROOT}  Other: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: inner.yaml}}}}\n"
    );
    let root = account.proposed("UPDATE", "first", &more);
    assert_eq!(account.stacks().len(), 4);
    assert_eq!(
        change(&root, "App")["Details"],
        json!([{
            "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "Automatic",
        }])
    );
    let app = account.described(&below(&root, "App"));
    let inner = account.described(&below(&app, "Inner"));
    let deep = change(&inner, "Deep");
    assert_eq!(
        (&deep["Action"], &deep["Details"][0]["Target"]["Name"]),
        (&json!("Modify"), &json!("DisplayName"))
    );

    // Another of the same stacks, which keeps the one that both would make.
    let second = account.proposed("UPDATE", "second", &more);
    let ids = [&root, &app, &inner].map(|it| it["ChangeSetId"].as_str().unwrap().to_owned());
    account.served.result("DeleteChangeSet", &[("ChangeSetName", &ids[0])]);
    for id in &ids {
        assert!(account.refused("DescribeChangeSet", id).contains("ChangeSetNotFound"), "{id}");
    }
    assert_eq!(account.stacks().len(), 4);
    account.served.result("DeleteChangeSet", &[("ChangeSetName", second["ChangeSetId"].as_str().unwrap())]);
    assert_eq!(account.stacks(), before);

    // One that is executed takes what the others would have made with it.
    let third = account.proposed("UPDATE", "third", &more);
    let fourth = account.proposed("UPDATE", "fourth", ROOT);
    account.served.result("ExecuteChangeSet", &[("ChangeSetName", fourth["ChangeSetId"].as_str().unwrap())]);
    let updated = ["web", "web-App", "web-App-Inner"].map(|it| (it, "UPDATE_COMPLETE"));
    assert_eq!(account.stacks(), pairs(&updated));
    let gone = below(&third, "Other");
    assert!(account.refused("DescribeChangeSet", &gone).contains("ChangeSetNotFound"));
}

#[test]
fn one_that_cannot_be_made_is_why_the_root_cannot_and_each_says_what_it_knows() {
    let needs = "Parameters: {P: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}";
    let app = format!(
        "{APP}  Other: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: other.yaml}}}}\n"
    );
    let account = Account::open(&[("app.yaml", &app), ("inner.yaml", needs), ("other.yaml", INNER)]);
    let root = account.proposed("CREATE", "first", ROOT);
    let because =
        |id: &str| format!("Nested change set {id} was not successfully created: Currently in FAILED.");
    let app = account.described(&below(&root, "App"));
    let inner = account.described(&below(&app, "Inner"));
    let reason = |it: &Value| (it["Status"].clone(), it["StatusReason"].as_str().unwrap().to_owned());
    assert_eq!(reason(&root), (json!("FAILED"), because(app["ChangeSetId"].as_str().unwrap())));
    assert_eq!(reason(&app), (json!("FAILED"), because(inner["ChangeSetId"].as_str().unwrap())));
    assert_eq!(reason(&inner), (json!("FAILED"), "Parameters: [P] must have values".to_owned()));
    assert_eq!(inner["Changes"], json!([]));
    // The others are made all the same.
    let other = account.described(&below(&app, "Other"));
    assert_eq!(
        (&other["Status"], &change(&other, "Deep")["Action"]),
        (&json!("CREATE_COMPLETE"), &json!("Add"))
    );
    let review = "REVIEW_IN_PROGRESS";
    let all = ["web", "web-App", "web-App-Inner", "web-App-Other"].map(|it| (it, review));
    assert_eq!(account.stacks(), pairs(&all));
    let id = root["ChangeSetId"].as_str().unwrap();
    assert_eq!(
        account.refused("ExecuteChangeSet", id),
        format!(
            "400 InvalidChangeSetStatus: ChangeSet [{id}] cannot be executed in its current status of [FAILED]"
        )
    );

    // It goes with them; another, of what was mended, is made of what waits.
    file(&account.templates, "inner.yaml", INNER);
    let second = account.proposed("CREATE", "second", ROOT);
    assert_eq!(
        (&second["Status"], &second["ExecutionStatus"]),
        (&json!("CREATE_COMPLETE"), &json!("AVAILABLE"))
    );
    account.served.result("DeleteChangeSet", &[("ChangeSetName", id)]);
    assert!(
        account.refused("DescribeChangeSet", inner["ChangeSetId"].as_str().unwrap()).contains("NotFound")
    );
    assert_eq!(account.stacks(), pairs(&all));
    account.served.result("ExecuteChangeSet", &[("ChangeSetName", second["ChangeSetId"].as_str().unwrap())]);
    assert_eq!(account.stacks(), pairs(&all.map(|(name, _)| (name, "CREATE_COMPLETE"))));
}

#[test]
fn a_nested_stack_that_nobody_can_read_and_one_that_is_there_fail_as_well() {
    let account = Account::open(&[("app.yaml", "Resources: ["), ("inner.yaml", INNER)]);
    let root = account.proposed("CREATE", "first", ROOT);
    let app = account.described(&below(&root, "App"));
    let told = app["StatusReason"].as_str().unwrap();
    assert!(app["Status"] == "FAILED" && told.starts_with("Template format error: "), "{told}");
    account.served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(account.stacks(), []);

    file(&account.templates, "app.yaml", APP);
    account.served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", ROOT)]);
    file(
        &account.templates,
        "inner.yaml",
        "Parameters: {P: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}",
    );
    let root = account.proposed("UPDATE", "first", ROOT);
    let app = account.described(&below(&root, "App"));
    let inner = account.described(&below(&app, "Inner"));
    assert_eq!((&root["Status"], &inner["Status"]), (&json!("FAILED"), &json!("FAILED")));
    assert_eq!(
        account.stacks(),
        pairs(&["web", "web-App", "web-App-Inner"].map(|it| (it, "CREATE_COMPLETE")))
    );
}

#[test]
fn a_stack_that_nobody_has_made_goes_with_those_below_it() {
    let account = Account::open(&[("app.yaml", APP), ("inner.yaml", INNER)]);
    account.proposed("CREATE", "first", ROOT);
    account.served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(account.stacks(), []);
}
