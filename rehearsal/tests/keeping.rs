//! Operations that undo nothing where they fail, through the API: kept, mended by an update, rolled back.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use crate::common::signed::s3;
use serde_json::Value;

const STACK: [(&str, &str); 1] = [("StackName", "web")];
const KEEPS: [(&str, &str); 1] = [("DisableRollback", "true")];

/// A topic, and a server that waits; what only the first depends on comes whatever becomes of the other.
fn template(name: &str, image: &str) -> String {
    format!(
        "
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {name}}}}}
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}
    Properties: {{ImageId: {image}, Tags: [{{Key: n, Value: {name}}}]}}
  After: {{Type: AWS::SNS::Topic, DependsOn: Server}}
Outputs:
  Server: {{Value: !Ref Server}}
"
    )
}

fn stack(served: &Served) -> Value {
    served.result("DescribeStacks", &STACK)["Stacks"][0].clone()
}

fn status(served: &Served) -> String {
    stack(served)["StackStatus"].as_str().unwrap().to_owned()
}

fn signal(served: &Served, outcome: &str) -> String {
    let instances = served.instances();
    let id = instances.last().unwrap()["InstanceId"].as_str().unwrap().to_owned();
    assert_eq!(served.signal("Server", &id, outcome).status, 200);
    id
}

fn update(served: &Served, template: &str, more: &[(&str, &str)]) -> crate::common::Answer {
    served.call("UpdateStack", &[&STACK[..], &[("TemplateBody", template)], more].concat())
}

fn resources(served: &Served) -> Vec<(String, String)> {
    let all = served.result("DescribeStackResources", &STACK);
    let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
    let mut all: Vec<_> = all["StackResources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (text(it, "LogicalResourceId"), text(it, "ResourceStatus")))
        .collect();
    all.sort();
    all
}

fn told(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(id, status)| ((*id).to_owned(), (*status).to_owned())).collect()
}

#[test]
fn a_creation_that_failed_is_mended_by_an_update() {
    let served = Served::account(&[]);
    let body = template("a", "ami-1");
    served.result("CreateStack", &[&STACK[..], &KEEPS, &[("TemplateBody", &*body)]].concat());
    let failed = signal(&served, "FAILURE");
    assert_eq!(status(&served), "CREATE_FAILED");
    assert_eq!(resources(&served), told(&[("Server", "CREATE_FAILED"), ("Topic", "CREATE_COMPLETE")]));
    let (code, message) = update(&served, &body, &[]).error();
    assert_eq!(code, "ValidationError");
    assert_eq!(
        message,
        "This stack is currently in a non-terminal [CREATE_FAILED] state. To update the stack from this state, please use \
         the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the \
         rollback-stack API"
    );
    assert_eq!(update(&served, &body, &KEEPS).status, 200);
    assert_eq!(status(&served), "UPDATE_IN_PROGRESS");
    let mended = signal(&served, "SUCCESS");
    assert_ne!(mended, failed);
    let stack = stack(&served);
    assert_eq!(stack["StackStatus"], "UPDATE_COMPLETE");
    assert_eq!(stack["Outputs"][0]["OutputValue"], mended);
    assert_eq!(stack["DisableRollback"], true);
    // The one that failed is gone.
    assert_eq!(served.instances().len(), 1);
    assert_eq!(update(&served, &body, &[]).error().1, "No updates are to be performed.");
}

#[test]
fn an_update_that_failed_is_kept_and_goes_back_when_it_is_told_to() {
    // By an update and by a change set.
    for by_change_set in [false, true] {
        let served = Served::account(&[]);
        let first = template("a", "ami-1");
        served.result("CreateStack", &[&STACK[..], &[("TemplateBody", &*first)]].concat());
        let instance = signal(&served, "SUCCESS");
        let second = template("b", "ami-2");
        if by_change_set {
            let named = [("StackName", "web"), ("ChangeSetName", "c")];
            served.result("CreateChangeSet", &[&named[..], &[("TemplateBody", &*second)]].concat());
            served.result("ExecuteChangeSet", &[&named[..], &KEEPS].concat());
            let change_set = served.result("DescribeStacks", &STACK)["Stacks"][0]["ChangeSetId"].clone();
            let shown =
                served.result("DescribeChangeSet", &[("ChangeSetName", change_set.as_str().unwrap())]);
            assert_eq!(shown["ExecutionStatus"], "EXECUTE_FAILED");
        } else {
            assert_eq!(update(&served, &second, &KEEPS).status, 200);
        }
        let left = stack(&served);
        assert_eq!(left["StackStatus"], "UPDATE_FAILED");
        assert_eq!(left["StackStatusReason"], "The following resource(s) failed to update: [Server]. ");
        let expected =
            [("After", "CREATE_COMPLETE"), ("Server", "UPDATE_FAILED"), ("Topic", "UPDATE_COMPLETE")];
        assert_eq!(resources(&served), told(&expected));
        let events = served.result("DescribeStackEvents", &STACK);
        let reason = "Replacement type updates not supported on stack with disable-rollback.";
        assert!(events.to_string().contains(reason), "{events}");
        let refusal = served.call("ContinueUpdateRollback", &STACK).error().1;
        assert_eq!(refusal, "RollbackUpdatedStack cannot be called from current stack status");

        served.result("RollbackStack", &STACK);
        let back = stack(&served);
        assert_eq!(back["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
        assert_eq!(back["Outputs"][0]["OutputValue"], instance);
        assert_eq!(update(&served, &first, &[]).error().1, "No updates are to be performed.");
        assert_eq!(served.instances().len(), 1);
        assert_eq!(update(&served, &template("c", "ami-1"), &[]).status, 200);
        assert_eq!(status(&served), "UPDATE_COMPLETE");
    }
}

#[test]
fn an_update_that_failed_may_be_deleted_with_its_stack() {
    let served = Served::account(&[]);
    let first = template("a", "ami-1");
    served.result("CreateStack", &[&STACK[..], &[("TemplateBody", &*first)]].concat());
    signal(&served, "SUCCESS");
    assert_eq!(update(&served, &template("b", "ami-2"), &KEEPS).status, 200);
    served.result("DeleteStack", &STACK);
    assert_eq!(served.call("DescribeStacks", &STACK).status, 400);
    assert_eq!(served.instances().len(), 0);
}

#[test]
fn what_is_new_and_to_be_retained_goes_with_a_rollback_that_is_told_so() {
    let body = template("a", "ami-1").replace("SNS::Topic, Prop", "SNS::Topic, DeletionPolicy: Retain, Prop");
    for (more, expected) in
        [(&[][..], "DELETE_SKIPPED"), (&[("RetainExceptOnCreate", "true")], "DELETE_COMPLETE")]
    {
        let served = Served::account(&[]);
        served.result("CreateStack", &[&STACK[..], &[("TemplateBody", &*body)], more].concat());
        assert_eq!(stack(&served)["RetainExceptOnCreate"], more.first().map_or(Value::Null, |_| true.into()));
        signal(&served, "FAILURE");
        assert_eq!(status(&served), "ROLLBACK_COMPLETE");
        let topic = resources(&served).into_iter().find(|(id, _)| id == "Topic").unwrap();
        assert_eq!(topic.1, expected);
    }
}

#[test]
fn what_becomes_of_a_creation_that_fails_is_its_makers_choice() {
    for (given, expected) in [
        (("OnFailure", "DO_NOTHING"), "CREATE_FAILED"),
        (("OnFailure", "ROLLBACK"), "ROLLBACK_COMPLETE"),
        (("OnFailure", "DELETE"), "DELETE_COMPLETE"),
        (("DisableRollback", "false"), "ROLLBACK_COMPLETE"),
        (("DeploymentConfig.DisableRollback", "true"), "CREATE_FAILED"),
    ] {
        let served = Served::account(&[]);
        let body = template("a", "ami-1");
        let id = served.result("CreateStack", &[&STACK[..], &[("TemplateBody", &*body), given]].concat());
        signal(&served, "FAILURE");
        let stack =
            &served.result("DescribeStacks", &[("StackName", id["StackId"].as_str().unwrap())])["Stacks"][0];
        assert_eq!(stack["StackStatus"], expected, "{given:?}");
        if expected == "ROLLBACK_COMPLETE" {
            // It can only be deleted.
            let id = stack["StackId"].as_str().unwrap();
            let told = update(&served, &body, &KEEPS).error().1;
            assert_eq!(told, format!("Stack:{id} is in ROLLBACK_COMPLETE state and can not be updated."));
            let told = served.call("RollbackStack", &STACK).error().1;
            assert_eq!(told, format!("Stack [{id}] cannot be rolled back while in status ROLLBACK_COMPLETE"));
            served.result("DeleteStack", &STACK);
        }
    }
}

/// A bucket, what it depends on and what depends on it.
const BUCKET: &str = "
Resources:
  Key: {Type: AWS::KMS::Key}
  Assets: {Type: AWS::S3::Bucket, Properties: {BucketName: full-of-assets}, DependsOn: Key}
  Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Assets}}
  Topic: {Type: AWS::SNS::Topic}
";

fn events(served: &Served, stack: &str, status: &str) -> Vec<(String, String)> {
    let told = served.result("DescribeStackEvents", &[("StackName", stack)]);
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let all = told["StackEvents"].as_array().unwrap().iter().filter(|it| it["ResourceStatus"] == status);
    all.map(|it| (text(it, "LogicalResourceId"), text(it, "ResourceStatusReason"))).collect()
}

/// A stack that could not be deleted, by its ARN.
fn undeletable(served: &Served) -> String {
    let made = served.result("CreateStack", &[STACK[0], ("TemplateBody", BUCKET)]);
    let id = made["StackId"].as_str().unwrap().to_owned();
    assert_eq!(s3(served, "PUT", "/full-of-assets/a", "x").status, 200);
    served.result("DeleteStack", &STACK);
    id
}

fn status_of(served: &Served, id: &str) -> String {
    let stacks = served.result("DescribeStacks", &[("StackName", id)]);
    stacks["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
}

#[test]
fn a_bucket_that_is_not_empty_keeps_its_stack_from_being_deleted() {
    let served = Served::account(&[]);
    let id = undeletable(&served);
    assert_eq!(status_of(&served, &id), "DELETE_FAILED");
    let failed = events(&served, &id, "DELETE_FAILED");
    let [(stack, whole), (bucket, reason)] = <[_; 2]>::try_from(failed).unwrap();
    assert_eq!((stack.as_str(), bucket.as_str()), ("web", "Assets"));
    assert_eq!(whole, "The following resource(s) failed to delete: [Assets]. ");
    assert!(reason.starts_with("The bucket you tried to delete is not empty (Service: S3, "), "{reason}");
    // What it depends on stays too, and everything else has gone.
    let gone: Vec<_> = events(&served, &id, "DELETE_COMPLETE").into_iter().map(|it| it.0).collect();
    assert_eq!(gone.iter().filter(|it| ["Policy", "Topic"].contains(&it.as_str())).count(), 2, "{gone:?}");
    assert!(!gone.contains(&"Key".to_owned()), "{gone:?}");
    let (code, message) = served.call("UpdateStack", &[STACK[0], ("TemplateBody", BUCKET)]).error();
    assert_eq!(code, "ValidationError");
    assert!(message.ends_with("is in DELETE_FAILED state and can not be updated."), "{message}");
    // Once it is empty all of it goes.
    assert_eq!(s3(&served, "DELETE", "/full-of-assets/a", "").status, 204);
    served.result("DeleteStack", &STACK);
    assert_eq!(status_of(&served, &id), "DELETE_COMPLETE");
}

#[test]
fn what_could_not_be_deleted_may_be_retained() {
    for retaining in [("RetainResources.member.1", "Assets"), ("DeletionMode", "FORCE_DELETE_STACK")] {
        let served = Served::account(&[]);
        let id = undeletable(&served);
        let (_, message) =
            served.call("DeleteStack", &[STACK[0], ("RetainResources.member.1", "Topic")]).error();
        assert!(message.contains("Topic is not in the DELETE_FAILED state"), "{message}");
        served.result("DeleteStack", &[STACK[0], retaining]);
        assert_eq!(status_of(&served, &id), "DELETE_COMPLETE", "{retaining:?}");
        let skipped: Vec<_> = events(&served, &id, "DELETE_SKIPPED").into_iter().map(|it| it.0).collect();
        assert_eq!(skipped, ["Assets"]);
    }
}

#[test]
fn a_nested_stacks_full_bucket_keeps_its_parent_too() {
    let served = Served::account(&[]);
    s3(&served, "PUT", "/templates", "");
    assert_eq!(s3(&served, "PUT", "/templates/below.yaml", BUCKET).status, 200);
    let above = "Resources: {Below: {Type: AWS::CloudFormation::Stack, Properties: \
                 {TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/below.yaml'}}}";
    let made = served.result("CreateStack", &[STACK[0], ("TemplateBody", above)]);
    let id = made["StackId"].as_str().unwrap();
    assert_eq!(s3(&served, "PUT", "/full-of-assets/a", "x").status, 200);
    served.result("DeleteStack", &STACK);
    assert_eq!(status_of(&served, id), "DELETE_FAILED");
    let failed = events(&served, id, "DELETE_FAILED");
    assert!(
        failed[1]
            .1
            .contains("was not successfully deleted: The following resource(s) failed to delete: [Assets]."),
        "{failed:?}"
    );
    s3(&served, "DELETE", "/full-of-assets/a", "");
    served.result("DeleteStack", &STACK);
    assert_eq!(status_of(&served, id), "DELETE_COMPLETE");
}

#[test]
fn a_full_bucket_keeps_a_rollback_from_ending_and_no_update() {
    let served = Served::account(&[]);
    let waits = BUCKET.to_owned()
        + "  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}\n  Wait: {Type: AWS::CloudFormation::WaitCondition, DependsOn: Assets, Properties: {Handle: !Ref Handle, Timeout: 300}}\n";
    served.result("CreateStack", &[STACK[0], ("TemplateBody", &waits)]);
    assert_eq!(s3(&served, "PUT", "/full-of-assets/a", "x").status, 200);
    let stack = served.result("DescribeStackResource", &[STACK[0], ("LogicalResourceId", "Handle")]);
    let url = stack["StackResourceDetail"]["PhysicalResourceId"].as_str().unwrap();
    let target = url.split_once("://").unwrap().1.split_once('/').unwrap().1;
    assert_eq!(
        served
            .send(
                "PUT",
                &format!("/{target}"),
                &[],
                "{\"Status\":\"FAILURE\",\"UniqueId\":\"1\",\"Reason\":\"no\",\"Data\":\"\"}"
            )
            .status,
        200
    );
    assert_eq!(status_of(&served, "web"), "ROLLBACK_FAILED");
    served.result("DeleteStack", &STACK);
    assert_eq!(status_of(&served, "web"), "DELETE_FAILED");
    s3(&served, "DELETE", "/full-of-assets/a", "");
    served.result("DeleteStack", &STACK);
    // What an update has no use for is given up.
    let made = served.result("CreateStack", &[STACK[0], ("TemplateBody", BUCKET)]);
    s3(&served, "PUT", "/full-of-assets/a", "x");
    let without = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
    served.result("UpdateStack", &[STACK[0], ("TemplateBody", without)]);
    let id = made["StackId"].as_str().unwrap();
    assert_eq!(status_of(&served, id), "UPDATE_COMPLETE");
    assert_eq!(events(&served, id, "DELETE_FAILED").len(), 1);
}
