//! The AWS CLI's own deployment, by change sets: as its users type it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use cfn_signal_tests::python;
use cfn_signal_tests::rehearsal::Served;

const TOPIC: &str = "
Parameters:
  Name: {Type: String, Default: one}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Name}
";

/// Its instance has a second to say something, and does not.
const SILENT: &str = "
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT1S}}
";

/// The AWS CLI against an account, all by its environment.
struct Cli {
    account: Served,
    aws: PathBuf,
    folder: tempfile::TempDir,
}

impl Cli {
    fn open() -> Option<Self> {
        let aws = python::aws()?;
        // The CLI's waiters look every half minute: what takes a second is over before they look first.
        let account = Served::account(&["--speed", "1000"]).unwrap();
        Some(Self { account, aws, folder: tempfile::tempdir().unwrap() })
    }

    fn template(&self, text: &str) -> String {
        let path = self.folder.path().join("template.yaml");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.account.client(&self.aws).arg("cloudformation").args(arguments).output().unwrap()
    }

    /// The exit code, and everything that was said.
    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.output(arguments);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    }

    fn run(&self, arguments: &[&str]) -> String {
        let (code, said) = self.said(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        said.trim().to_owned()
    }

    fn deploy(&self, template: &str, more: &[&str]) -> (Option<i32>, String) {
        let path = self.template(template);
        // Its change sets are named by the second.
        std::thread::sleep(Duration::from_millis(1_100));
        self.said(&[&["deploy", "--stack-name", "web", "--template-file", &path], more].concat())
    }

    /// What DescribeStacks shows of the stack.
    fn shown(&self, what: &str) -> String {
        let query = format!("Stacks[0].{what}");
        self.run(&["describe-stacks", "--stack-name", "web", "--query", &query, "--output", "text"])
    }

    fn status(&self) -> String {
        self.shown("StackStatus")
    }
}

#[test]
fn deploy_creates_updates_and_leaves_alone() {
    let Some(cli) = Cli::open() else { return };
    let (code, said) = cli.deploy(TOPIC, &["--tags", "team=a"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Successfully created/updated stack - web"), "{said}");
    assert_eq!(cli.shown("[StackStatus,Tags[0].Value]"), "CREATE_COMPLETE\ta");

    // Which of them it does unless told is its version's choice.
    for (option, expected) in [("--no-fail-on-empty-changeset", 0), ("--fail-on-empty-changeset", 255)] {
        let (code, said) = cli.deploy(TOPIC, &["--tags", "team=a", option]);
        assert_eq!(code, Some(expected), "{said}");
        assert!(said.contains("No changes to deploy. Stack web is up to date"), "{said}");
    }

    let (code, said) = cli.deploy(TOPIC, &["--parameter-overrides", "Name=two"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(cli.status(), "UPDATE_COMPLETE");
    assert_eq!(cli.shown("Parameters[0].ParameterValue"), "two");
}

#[test]
fn a_deployment_that_fails_is_told_with_its_stack_rolled_back() {
    let Some(cli) = Cli::open() else { return };
    let (code, said) = cli.deploy(SILENT, &[]);
    assert_eq!(code, Some(255), "{said}");
    assert!(said.contains("Failed to create/update the stack"), "{said}");
    assert_eq!(cli.status(), "ROLLBACK_COMPLETE");
    let (code, said) = cli.deploy(TOPIC, &[]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("is in ROLLBACK_COMPLETE state and can not be updated."), "{said}");
}

#[test]
fn a_change_set_is_made_looked_at_executed_and_deleted() {
    let Some(cli) = Cli::open() else { return };
    let body = format!("file://{}", cli.template(TOPIC));
    let named = ["--stack-name", "web", "--change-set-name", "first"];
    let create = |more: &[&str]| {
        cli.run(&[&["create-change-set"], &named[..], &["--template-body", &body], more].concat())
    };
    create(&["--change-set-type", "CREATE"]);
    cli.run(&[&["wait", "change-set-create-complete"], &named[..]].concat());
    let query = "StackEvents[].[ResourceStatus,ResourceStatusReason]";
    let text = ["--output", "text"];
    let events = ["describe-stack-events", "--stack-name", "web", "--query", query];
    assert_eq!(cli.run(&[&events[..], &text].concat()), "REVIEW_IN_PROGRESS\tUser Initiated");
    let query = "Changes[].ResourceChange.[Action,LogicalResourceId]";
    let changes = [&["describe-change-set", "--query", query], &named[..], &text].concat();
    assert_eq!(cli.run(&changes), "Add\tTopic");
    let query = "Summaries[].[ChangeSetName,ExecutionStatus]";
    let list = [&["list-change-sets", "--stack-name", "web", "--query", query], &text[..]].concat();
    assert_eq!(cli.run(&list), "first\tAVAILABLE");
    cli.run(&[&["execute-change-set"], &named[..]].concat());
    cli.run(&["wait", "stack-create-complete", "--stack-name", "web"]);

    create(&[]);
    let (code, said) = cli.said(&[&["wait", "change-set-create-complete"], &named[..]].concat());
    assert_eq!(code, Some(255), "{said}");
    cli.run(&[&["delete-change-set"], &named[..]].concat());
    let (code, said) = cli.said(&changes);
    assert_ne!(code, Some(0), "{said}");
    let expected = "An error occurred (ChangeSetNotFound) when calling the DescribeChangeSet operation: ChangeSet [first] \
                    does not exist";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn events_are_told_by_their_operation_and_never_two_of_one_moment() {
    let Some(cli) = Cli::open() else { return };
    assert_eq!(cli.deploy(TOPIC, &[]).0, Some(0));
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(cli.deploy(TOPIC, &["--parameter-overrides", "Name=two"]).0, Some(0));
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&cli.run(&[arguments, &["--output", "json"]].concat())).unwrap()
    };
    let text = |event: &serde_json::Value, name: &str| event.get(name).unwrap().as_str().unwrap().to_owned();
    let told = json(&["describe-stack-events", "--stack-name", "web"]);
    let all = told.get("StackEvents").unwrap().as_array().unwrap();
    let times: Vec<_> = all.iter().map(|it| text(it, "Timestamp")).collect();
    assert!(times.windows(2).all(|two| two.first() > two.last()), "{times:?}");
    let mut operations: Vec<_> = all.iter().map(|it| text(it, "OperationId")).collect();
    operations.dedup();
    assert_eq!(operations.len(), 3, "{operations:?}");

    let newest = operations.first().unwrap();
    let told = json(&["describe-events", "--operation-id", newest]);
    let of_update = told.get("OperationEvents").unwrap().as_array().unwrap();
    let all_of = |name: &str| of_update.iter().map(|it| text(it, name)).collect::<Vec<_>>();
    assert!(all_of("OperationType").iter().all(|it| it == "UPDATE_STACK"));
    assert_eq!(of_update.len(), 5, "{of_update:?}");
    let statuses: Vec<_> = of_update
        .iter()
        .filter_map(|it| Some((text(it, "ResourceStatus"), it.get("OperationStatus")?.as_str()?)))
        .collect();
    let shown: Vec<_> = statuses.iter().map(|(status, operation)| (status.as_str(), *operation)).collect();
    assert_eq!(
        shown,
        [
            ("UPDATE_COMPLETE", "SUCCEEDED"),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IN_PROGRESS"),
            ("UPDATE_IN_PROGRESS", "IN_PROGRESS"),
        ]
    );
}
