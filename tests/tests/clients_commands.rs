//! The AWS CLI's commands that surround a deployment, as its users type them: what a template says, what stacks export, what
//! keeps a stack from going, an update that is called off, what a template brings along.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use cfn_signal_tests::python;
use cfn_signal_tests::rehearsal::Served;

const TOPIC: &str = "
Description: a topic
Parameters:
  Name: {Type: String, Default: one, Description: what it is called}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Name}
Outputs:
  Name: {Value: !Ref Name, Export: {Name: topic-name}}
";
const USER: &str = "
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !ImportValue topic-name}
";
/// An update of it waits for a signal that nobody sends, unless there is no instance.
const GROUP: &str = "
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 0, MaxSize: 2, DesiredCapacity: 1, AvailabilityZones: [us-east-1a], LaunchConfigurationName: !Ref Config}
    UpdatePolicy: {AutoScalingRollingUpdate: {WaitOnResourceSignals: true, PauseTime: PT30M}}
  Config:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, InstanceType: t3.micro}
";
/// What `package` uploads: a file of code, and the template of a nested stack.
const PACKAGED: &str = "
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {Code: ./code, Handler: index.handler, Runtime: python3.12, Role: 'arn:aws:iam::123456789012:role/x'}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: topic.yaml}
";

struct Cli {
    account: Served,
    aws: PathBuf,
    folder: tempfile::TempDir,
}

impl Cli {
    fn open(files: &[(&str, &str)]) -> Option<Self> {
        let (aws, account) = (python::aws()?, Served::account(&[]).unwrap());
        let cli = Self { account, aws, folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            let path = cli.folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Some(cli)
    }

    /// The exit code, and everything that a command says, its words separated by spaces.
    fn said(&self, words: &str) -> (Option<i32>, String) {
        let mut command = self.account.client(&self.aws);
        let output = command.args(words.split_whitespace()).current_dir(self.folder.path()).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    }

    fn run(&self, words: &str) -> String {
        let (code, said) = self.said(words);
        assert_eq!(code, Some(0), "{words}: {said}");
        said.trim().to_owned()
    }

    fn cfn(&self, words: &str) -> String {
        self.run(&format!("cloudformation {words} --output text"))
    }

    fn refused(&self, words: &str) -> String {
        let (code, said) = self.said(&format!("cloudformation {words}"));
        assert_ne!(code, Some(0), "{words}: {said}");
        said
    }
}

#[test]
fn a_template_is_told_of_before_and_after() {
    let Some(cli) = Cli::open(&[
        ("topic.yaml", TOPIC),
        ("bad.yaml", "Resources: {A: {Type: 'AWS::SNS::Topic', Nope: a}}"),
    ]) else {
        return;
    };
    let told = cli.cfn(
        "validate-template --template-body file://topic.yaml --query [Description,Parameters[0].Description]",
    );
    assert_eq!(told, "a topic\twhat it is called");
    let refused = cli.refused("validate-template --template-body file://bad.yaml");
    assert!(refused.contains("(ValidationError)") && refused.contains("Nope"), "{refused}");
    let summary = "get-template-summary --query [Description,ResourceTypes[0],Parameters[0].DefaultValue]";
    let expected = "a topic\tAWS::SNS::Topic\tone";
    assert_eq!(cli.cfn(&format!("{summary} --template-body file://topic.yaml")), expected);
    cli.cfn("create-stack --stack-name web --template-body file://topic.yaml");
    assert_eq!(cli.cfn("wait stack-exists --stack-name web"), "");
    assert_eq!(cli.cfn(&format!("{summary} --stack-name web")), expected);
    assert_eq!(cli.cfn("get-template --stack-name web --query TemplateBody"), TOPIC.trim());
}

#[test]
fn what_a_stack_exports_keeps_it_while_another_imports_it() {
    let Some(cli) = Cli::open(&[("topic.yaml", TOPIC), ("user.yaml", USER)]) else { return };
    let imports = "list-imports --export-name topic-name";
    assert!(cli.refused(imports).contains("No export named topic-name found."));
    cli.cfn("create-stack --stack-name web --template-body file://topic.yaml");
    assert_eq!(cli.cfn("list-exports --query Exports[].[Name,Value]"), "topic-name\tone");
    assert!(cli.refused(imports).contains("Export 'topic-name' is not imported by any stack."));
    cli.cfn("create-stack --stack-name user --template-body file://user.yaml");
    assert_eq!(cli.cfn(&format!("{imports} --query Imports")), "user");
    cli.cfn("delete-stack --stack-name web");
    let why = cli.cfn("describe-stack-events --stack-name web --query StackEvents[0].ResourceStatusReason");
    assert_eq!(why, "Delete canceled. Cannot delete export topic-name as it is in use by user.");
    for name in ["user", "web"] {
        cli.cfn(&format!("delete-stack --stack-name {name}"));
        cli.cfn(&format!("wait stack-delete-complete --stack-name {name}"));
    }
    assert_eq!(cli.cfn("list-exports --query Exports"), "");
}

#[test]
fn a_stack_shows_its_policy_and_is_kept_by_its_protection() {
    let policy = |effect: &str| {
        format!(
            "{{\"Statement\":[{{\"Effect\":\"{effect}\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"}}]}}"
        )
    };
    let (deny, allow) = (policy("Deny"), policy("Allow"));
    let Some(cli) = Cli::open(&[("topic.yaml", TOPIC), ("deny.json", &deny), ("allow.json", &allow)]) else {
        return;
    };
    let update = "update-stack --stack-name web --use-previous-template --parameters ParameterKey=Name,ParameterValue=two";
    let named = "describe-stacks --stack-name web --query Stacks[0].Outputs[0].OutputValue";
    cli.cfn("create-stack --stack-name web --template-body file://topic.yaml");
    cli.cfn("set-stack-policy --stack-name web --stack-policy-body file://deny.json");
    assert_eq!(cli.cfn("get-stack-policy --stack-name web --query StackPolicyBody"), deny);
    cli.cfn(update);
    cli.refused("wait stack-update-complete --stack-name web");
    let why = "describe-stack-events --stack-name web --query StackEvents[?ResourceStatus=='UPDATE_FAILED'].ResourceStatusReason|[0]";
    assert_eq!(
        cli.cfn(why),
        "Action denied by stack policy: Statement [#1] does not allow [Update:*] for resource [*];"
    );
    cli.cfn("set-stack-policy --stack-name web --stack-policy-body file://allow.json");
    cli.cfn(update);
    cli.cfn("wait stack-update-complete --stack-name web");
    assert_eq!(cli.cfn(named), "two");

    cli.cfn("update-termination-protection --stack-name web --enable-termination-protection");
    let kept = cli.refused("delete-stack --stack-name web");
    assert!(kept.contains("Stack [web] cannot be deleted while TerminationProtection is enabled"), "{kept}");
    cli.cfn("update-termination-protection --stack-name web --no-enable-termination-protection");
    cli.cfn("delete-stack --stack-name web");
    cli.cfn("wait stack-delete-complete --stack-name web");
}

#[test]
fn an_update_is_called_off() {
    let larger = GROUP.replace("t3.micro", "t3.large");
    let Some(cli) = Cli::open(&[("group.yaml", GROUP), ("larger.yaml", &larger)]) else { return };
    let idle = cli.refused("cancel-update-stack --stack-name web");
    assert!(idle.contains("does not exist"), "{idle}");
    cli.cfn("create-stack --stack-name web --template-body file://group.yaml");
    let idle = cli.refused("cancel-update-stack --stack-name web");
    assert!(idle.contains("CancelUpdateStack cannot be called from current stack status"), "{idle}");
    cli.cfn("update-stack --stack-name web --template-body file://larger.yaml");
    let busy = cli.refused("update-stack --stack-name web --template-body file://group.yaml");
    assert!(busy.contains("is in UPDATE_IN_PROGRESS state and can not be updated."), "{busy}");
    cli.cfn("cancel-update-stack --stack-name web");
    let status = cli.cfn("describe-stacks --stack-name web --query Stacks[0].StackStatus");
    assert_eq!(status, "UPDATE_ROLLBACK_IN_PROGRESS");
}

#[test]
fn what_a_template_brings_along_is_packaged_and_deployed() {
    let files = [("all.yaml", PACKAGED), ("topic.yaml", TOPIC), ("code/index.py", "handler = print\n")];
    let Some(cli) = Cli::open(&files) else { return };
    let package =
        "cloudformation package --template-file all.yaml --s3-bucket assets --output-template-file out.yaml";
    let (code, missing) = cli.said(package);
    assert!(code != Some(0) && missing.contains("bucket"), "{missing}");
    cli.run("s3 mb s3://assets");
    assert!(cli.run(package).contains("Successfully packaged artifacts"));
    let written = fs::read_to_string(cli.folder.path().join("out.yaml")).unwrap();
    assert!(written.contains("S3Bucket: assets") && written.contains(".template"), "{written}");
    cli.cfn("deploy --template-file out.yaml --stack-name web");
    // The nested stack is made of the template that was uploaded.
    let all = cli.cfn("list-stacks --query length(StackSummaries[?StackStatus=='CREATE_COMPLETE'])");
    assert_eq!(all, "2");
    assert_eq!(cli.cfn("list-exports --query Exports[].Value"), "one");
}

#[test]
fn what_is_not_rehearsed_is_refused_by_name() {
    let Some(cli) = Cli::open(&[]) else { return };
    for command in
        ["detect-stack-drift --stack-name web", "list-stack-sets", "list-generated-templates", "list-types"]
    {
        let refused = cli.refused(command);
        assert!(refused.contains("rehearsal"), "{command}: {refused}");
    }
}
