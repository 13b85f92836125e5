//! Stacks made, updated and deleted by real clients: boto3 and the AWS CLI, as their users type it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Output;

use cfn_signal_tests::python;
use cfn_signal_tests::rehearsal::{Served, template};

#[test]
fn boto3_leads_a_stack_through_its_life() {
    let Some(python) = python::interpreter() else { return };
    let account = Served::account(&[]).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/stack_lifecycle.py");
    let output = account.client(&python).arg(script).arg(template("fleet.yaml")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(out, "done\n");
}

#[test]
fn an_instance_of_a_deleted_stack_counts_for_none_of_its_name() {
    let Some(python) = python::interpreter() else { return };
    let account = Served::account(&[]).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/late_signal.py");
    let output = account.client(&python).arg(script).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(out, "done\n");
}

/// The AWS CLI against an account, all by options.
struct Cli {
    account: Served,
    endpoint: String,
    aws: std::path::PathBuf,
}

impl Cli {
    fn open(options: &[&str]) -> Option<Self> {
        let aws = python::aws()?;
        let account = Served::account(options).unwrap();
        let endpoint = account.endpoint().to_owned();
        Some(Self { account, endpoint, aws })
    }

    fn try_run(&self, arguments: &[&str]) -> Output {
        let mut command = self.account.client(&self.aws);
        command.env_remove("AWS_ENDPOINT_URL_CLOUDFORMATION").env("AWS_EC2_METADATA_DISABLED", "true");
        command.arg("cloudformation").args(arguments).args(["--endpoint-url", &self.endpoint]);
        command.output().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn the_aws_cli_leads_a_stack_through_its_life() {
    let Some(cli) = Cli::open(&[]) else { return };
    let body = format!("file://{}", template("server.yaml").display());
    let create =
        ["create-stack", "--stack-name", "web", "--template-body", &body, "--capabilities", "CAPABILITY_IAM"];
    let created: serde_json::Value = serde_json::from_str(&cli.run(&create)).unwrap();
    let stack_id = created.get("StackId").and_then(serde_json::Value::as_str).unwrap();
    assert!(stack_id.starts_with("arn:aws:cloudformation:us-east-1:123456789012:stack/web/"), "{stack_id}");
    let again = cli.refused(&create);
    assert!(
        again.contains(
            "An error occurred (AlreadyExistsException) when calling the CreateStack operation: Stack [web] already exists"
        ),
        "{again}"
    );

    let text = |arguments: &[&str]| cli.run(&[arguments, &["--output", "text"]].concat()).trim().to_owned();
    let query = "StackResources[?LogicalResourceId=='Server'].PhysicalResourceId";
    let instance = text(&["describe-stack-resources", "--stack-name", "web", "--query", query]);
    assert!(instance.starts_with("i-"), "{instance}");
    let signal = |id: &str| {
        ["signal-resource", "--stack-name", "web", "--logical-resource-id", id, "--unique-id", &instance]
            .map(str::to_owned)
    };
    let wrong = signal("Servr");
    let wrong: Vec<_> = wrong.iter().map(String::as_str).chain(["--status", "SUCCESS"]).collect();
    assert!(cli.refused(&wrong).contains("Resource Servr does not exist for stack web"));
    let right = signal("Server");
    let right: Vec<_> = right.iter().map(String::as_str).chain(["--status", "SUCCESS"]).collect();
    assert_eq!(cli.run(&right), "");
    // It is complete: the waiter's first look, before its pause of half a minute, sees it.
    assert_eq!(cli.run(&["wait", "stack-create-complete", "--stack-name", "web"]), "");

    let query = "StackEvents[].[LogicalResourceId,ResourceStatus,ResourceStatusReason]";
    let events = text(&["describe-stack-events", "--stack-name", "web", "--query", query]);
    let newest = events.lines().next().unwrap();
    assert_eq!(newest, "web\tCREATE_COMPLETE\tNone", "{events}");
    assert!(events.contains(&format!("Received SUCCESS signal with UniqueId {instance}")), "{events}");

    assert_eq!(cli.run(&["delete-stack", "--stack-name", "web"]), "");
    assert_eq!(cli.run(&["wait", "stack-delete-complete", "--stack-name", "web"]), "");
    assert_eq!(cli.run(&["delete-stack", "--stack-name", "nobody"]), "");
    let query = "StackSummaries[].[StackName,StackStatus]";
    assert_eq!(text(&["list-stacks", "--query", query]), "web\tDELETE_COMPLETE");
    let late = cli.refused(&right);
    assert!(late.contains("Stack web does not exist"), "{late}");
}

#[test]
fn what_iam_denies_is_denied_to_the_aws_cli() {
    let Some(cli) = Cli::open(&["--deny", "SignalResource"]) else { return };
    let denied = cli.refused(&[
        "signal-resource",
        "--stack-name",
        "web",
        "--logical-resource-id",
        "Server",
        "--unique-id",
        "i-1",
        "--status",
        "SUCCESS",
    ]);
    assert!(
        denied.contains(
            "An error occurred (AccessDenied) when calling the SignalResource operation: User: \
             arn:aws:iam::123456789012:user/rehearsal is not authorized to perform: cloudformation:SignalResource on \
             resource: arn:aws:cloudformation:us-east-1:123456789012:stack/web/*"
        ),
        "{denied}"
    );
    assert!(cli.run(&["list-stacks"]).contains("StackSummaries"));
}

/// A group whose updates wait for ten seconds, for a signal that nobody sends.
fn silent(image: &str) -> String {
    format!(
        "
Resources:
  Launch: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{ImageId: {image}, InstanceType: t3.micro}}}}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {{MinSize: 1, MaxSize: 1, LaunchConfigurationName: !Ref Launch, AvailabilityZones: [us-east-1a]}}
    UpdatePolicy: {{AutoScalingRollingUpdate: {{PauseTime: PT10S, WaitOnResourceSignals: true}}}}
"
    )
}

#[test]
fn the_aws_cli_goes_on_with_a_rollback_that_failed_and_waits_for_it() {
    // Its waiters look every half minute: what takes ten seconds is over before they look first.
    let Some(cli) = Cli::open(&["--speed", "1000"]) else { return };
    let status = || {
        let query = ["--query", "Stacks[0].StackStatus", "--output", "text"];
        cli.run(&[&["describe-stacks", "--stack-name", "web"], &query[..]].concat()).trim().to_owned()
    };
    cli.run(&["create-stack", "--stack-name", "web", "--template-body", &silent("ami-1")]);
    cli.run(&["update-stack", "--stack-name", "web", "--template-body", &silent("ami-2")]);
    let late = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while status() != "UPDATE_ROLLBACK_FAILED" && std::time::Instant::now() < late {}
    assert_eq!(status(), "UPDATE_ROLLBACK_FAILED");
    let failed = cli.refused(&["wait", "stack-rollback-complete", "--stack-name", "web"]);
    assert!(failed.contains("Waiter StackRollbackComplete failed"), "{failed}");
    let import = cli.refused(&["wait", "stack-import-complete", "--stack-name", "nobody"]);
    assert!(import.contains("Waiter StackImportComplete failed"), "{import}");
    let go_on = ["continue-update-rollback", "--stack-name", "web", "--resources-to-skip", "Group"];
    assert_eq!(cli.run(&go_on), "");
    assert_eq!(cli.run(&["wait", "stack-rollback-complete", "--stack-name", "web"]), "");
    assert_eq!(status(), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_bucket_that_is_not_empty_keeps_its_stack_until_it_is_retained() {
    let Some(cli) = Cli::open(&[]) else { return };
    let template = "Resources: {Assets: {Type: AWS::S3::Bucket, Properties: {BucketName: full-of-assets}}}";
    cli.run(&["create-stack", "--stack-name", "web", "--template-body", template]);
    let mut put = cli.account.client(&cli.aws);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    put.args(["s3api", "put-object", "--bucket", "full-of-assets", "--key", "a", "--body", file]);
    let put = put.output().unwrap();
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    cli.run(&["delete-stack", "--stack-name", "web"]);
    let failed = cli.refused(&["wait", "stack-delete-complete", "--stack-name", "web"]);
    assert!(failed.contains("terminal failure state") && failed.contains("DELETE_FAILED"), "{failed}");
    cli.run(&["delete-stack", "--stack-name", "web", "--retain-resources", "Assets"]);
    assert_eq!(cli.run(&["wait", "stack-delete-complete", "--stack-name", "web"]), "");
}
