//! Stacks within stacks: each has its own events, waits and reasons, and its parent's resource follows it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::process::Output;

use crate::common::nested::{APP, PARENT, events, folder, plain, served};
use crate::common::{Served, file, rehearse, signal_query, text};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn a_nested_stack_is_made_with_its_parent_and_goes_with_it() {
    let ok = APP.replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n", "");
    let folder = folder(&[("parent.yaml", PARENT), ("app.yaml", &ok)]);
    let output = served(&folder, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        events(&output),
        [
            "CREATE_IN_PROGRESS rehearsal: User Initiated",
            "CREATE_IN_PROGRESS App",
            "CREATE_IN_PROGRESS App: Resource creation Initiated",
            "CREATE_IN_PROGRESS App~: User Initiated",
            "CREATE_IN_PROGRESS Server",
            "CREATE_IN_PROGRESS Server: Resource creation Initiated",
            "CREATE_COMPLETE Server",
            "CREATE_COMPLETE App~",
            "CREATE_COMPLETE App",
            "CREATE_IN_PROGRESS After",
            "CREATE_IN_PROGRESS After: Resource creation Initiated",
            "CREATE_COMPLETE After",
            "CREATE_COMPLETE rehearsal",
        ]
    );
}

#[test]
fn a_nested_stack_that_is_not_signalled_takes_its_parent_with_it() {
    let folder = folder(&[("parent.yaml", PARENT), ("app.yaml", APP)]);
    let output = served(&folder, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = events(&output);
    let failed = "Failed to receive 1 resource signal(s) within the specified duration";
    let expected = [
        &format!("CREATE_FAILED Server: {failed}"),
        "CREATE_FAILED App~: The following resource(s) failed to create: [Server]. ",
        "CREATE_FAILED App: Embedded stack arn(App~) was not successfully created: The following resource(s) failed to create: [Server]. ",
        "ROLLBACK_IN_PROGRESS rehearsal: The following resource(s) failed to create: [App]. Rollback requested by user.",
        "DELETE_IN_PROGRESS App",
        "DELETE_IN_PROGRESS App~: User Initiated",
        "DELETE_IN_PROGRESS Server",
        "DELETE_COMPLETE Server",
        "DELETE_COMPLETE App~",
        "DELETE_COMPLETE App",
        "ROLLBACK_COMPLETE rehearsal",
    ];
    assert_eq!(told[told.len() - expected.len()..], expected, "{told:#?}");
    assert!(!told.iter().any(|it| it.contains("After")), "{told:#?}");
    let shown = plain(&text(&output.stderr));
    let words: Vec<_> = shown.split_whitespace().collect();
    assert!(words.join(" ").contains(&format!("stack App~ says why: Server: {failed}")), "{shown}");
}

#[test]
fn a_nested_stacks_own_time_runs_out() {
    let parent = PARENT.replace("      Tags:", "      TimeoutInMinutes: 2\n      Tags:");
    let folder = folder(&[("parent.yaml", &parent), ("app.yaml", APP)]);
    let told = events(&served(&folder, &[]));
    let expected = "CREATE_FAILED App: Embedded stack arn(App~) was not successfully created: Stack creation time exceeded the specified timeout. ";
    assert!(told.contains(&expected.to_owned()), "{told:#?}");
}

#[test]
fn what_its_parent_gives_up_is_given_up_and_deleted() {
    let parent = format!(
        "{}  Impatient: {{Type: AWS::EC2::Instance, CreationPolicy: {{ResourceSignal: {{Timeout: PT1M}}}}}}\n{}",
        PARENT.split("Outputs:").next().unwrap(),
        "Outputs: {O: {Value: x}}\n"
    );
    let folder = folder(&[("parent.yaml", &parent), ("app.yaml", APP)]);
    let told = events(&served(&folder, &[]));
    let place = |line: &str| {
        told.iter().position(|it| it == line).unwrap_or_else(|| unreachable!("{line}: {told:#?}"))
    };
    let cancelled = place("CREATE_FAILED App: Resource creation cancelled");
    let deleted = place("DELETE_COMPLETE App~");
    assert!(cancelled < place("DELETE_IN_PROGRESS App") && place("DELETE_IN_PROGRESS App") < deleted);
    assert!(
        deleted < place("DELETE_COMPLETE App")
            && place("DELETE_COMPLETE App") < place("ROLLBACK_COMPLETE rehearsal")
    );
    assert!(place("CREATE_FAILED Server: Resource creation cancelled") < deleted);
}

#[test]
fn templates_that_are_not_found_count_as_created_and_others_fail_as_there() {
    let parent = |url: &str, parameters: &str| {
        format!(
            "Resources:\n  App:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: '{url}', Parameters: {parameters}}}\n"
        )
    };
    let url = "https://bucket.s3.amazonaws.com/v1/app.yaml?X-Amz-Signature=secret";
    let folder = folder(&[("parent.yaml", &parent(url, "{}"))]);
    let output = served(&folder, &[]);
    assert_eq!(output.status.code(), Some(0));
    let note = "App: its template is not read, so it counts as created at once: https://bucket.s3.amazonaws.com/v1/app.yaml: no bucket of this rehearsal has it; give --template-dir DIR, a folder that has app.yaml";
    assert!(text(&output.stdout).contains(&format!("\"text\":\"{note}\"")), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains(note), "{}", text(&output.stderr));
    let templates = crate::common::nested::folder(&[
        ("app.yaml", "Parameters: {P: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}"),
        ("itself.yaml", &parent("itself.yaml", "{}")),
        ("bad.yaml", "Resources: {T: {Typo: x}}"),
    ]);
    let directory = templates.path().display().to_string();
    let failure = |url: &str, parameters: &str| {
        file(&folder, "parent.yaml", &parent(url, parameters));
        let output = served(&folder, &["--template-dir", &directory]);
        let told = events(&output);
        let failed = told.iter().rfind(|it| it.starts_with("CREATE_FAILED App: ")).cloned();
        (output.status.code(), failed.unwrap_or_default().replace(&directory, "DIR"))
    };
    assert_eq!(failure(url, "{P: x}"), (Some(0), String::new()));
    assert_eq!(
        failure(url, "{}"),
        (Some(1), "CREATE_FAILED App: Parameters: [P] must have values".to_owned())
    );
    assert_eq!(
        failure(url, "{P: x, Q: y}"),
        (Some(1), "CREATE_FAILED App: Parameters: [Q] do not exist in the template".to_owned())
    );
    // A value that only the service knows is a value.
    assert_eq!(failure(url, "{P: !ImportValue x}"), (Some(0), String::new()));
    assert_eq!(
        failure("https://b/bad.yaml", "{}"),
        (Some(1), "CREATE_FAILED App: Invalid template resource property 'Typo'".to_owned())
    );
    let (code, reason) = failure("https://b/itself.yaml", "{}");
    assert_eq!(code, Some(1));
    assert!(
        reason.contains("was not successfully created: The following resource(s) failed to create: [App]. "),
        "{reason}"
    );
}

#[test]
fn what_the_cdk_synthesises_is_found_beside_its_parent() {
    let parent = r#"{"Resources": {"Net": {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"},
            "/cdk-hnb659fds-assets-123456789012-us-east-1/0123456789abcdef.json"]]}},
        "Metadata": {"aws:cdk:path": "App/Net.NestedStack/Net.NestedStackResource",
            "aws:asset:path": "AppNet.nested.template.json", "aws:asset:property": "TemplateURL"}
    }}}"#;
    let net = r#"{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}"#;
    let folder = folder(&[("parent.yaml", parent), ("AppNet.nested.template.json", net)]);
    let output = served(&folder, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(events(&output).contains(&"CREATE_COMPLETE Vpc".to_owned()));
}

#[test]
fn what_a_nested_stack_gives_is_known_once_it_is_complete() {
    let parent = format!("{PARENT}  Path: {{Value: !Sub 'x/${{App.Outputs.Told}}'}}\n");
    let app = format!("{APP}  Zones: {{Value: !Join ['/', !Ref Zones]}}\n");
    let folder = folder(&[("parent.yaml", &parent), ("app.yaml", &app)]);
    let served = Served::account(&["--template-dir", &folder.path().display().to_string()]);
    let created =
        served.result("CreateStack", &[("StackName", "web"), ("TemplateURL", "https://b/parent.yaml")]);
    let root = created["StackId"].as_str().unwrap();
    let stacks = served.result("DescribeStacks", &[]);
    let stacks = stacks["Stacks"].as_array().unwrap();
    let nested = stacks.iter().find(|it| it["StackId"] != root).unwrap();
    let (name, id) = (nested["StackName"].as_str().unwrap(), nested["StackId"].as_str().unwrap());
    assert!(name.starts_with("web-App-") && name.len() == "web-App-".len() + 12, "{name}");
    assert_eq!((&nested["ParentId"], &nested["RootId"]), (&root.into(), &root.into()));
    assert_eq!(nested["Tags"][0]["Key"], "k");
    assert_eq!(nested["Parameters"][1]["ParameterValue"], "a,b");
    let resource =
        served.result("DescribeStackResource", &[("StackName", "web"), ("LogicalResourceId", "App")]);
    assert_eq!(resource["StackResourceDetail"]["PhysicalResourceId"], id);
    assert_eq!(resource["StackResourceDetail"]["ResourceStatus"], "CREATE_IN_PROGRESS");
    // Its instance signals by its own stack's name.
    let instance = &served.instances()[0];
    assert_eq!(instance["StackId"], id);
    let port: u16 =
        instance["MetadataEndpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let header = [("authorization".to_owned(), served.instance_header(port))];
    let unique_id = instance["InstanceId"].as_str().unwrap();
    let query = signal_query("web", "Server", unique_id, "SUCCESS");
    assert_eq!(served.send("GET", &format!("/?{query}"), &header, "").status, 403);
    let query = signal_query(name, "Server", unique_id, "SUCCESS");
    assert_eq!(served.send("GET", &format!("/?{query}"), &header, "").status, 200);
    let parent = served.result("DescribeStacks", &[("StackName", "web")]);
    let parent = &parent["Stacks"][0];
    assert_eq!(parent["StackStatus"], "CREATE_COMPLETE");
    assert_eq!(parent["ParentId"], Value::Null);
    let outputs: Vec<_> =
        parent["Outputs"].as_array().unwrap().iter().map(|it| it["OutputValue"].as_str().unwrap()).collect();
    assert_eq!(outputs, ["blue-server", "x/blue-server"]);
    let own = served.result("DescribeStacks", &[("StackName", name)]);
    assert_eq!(own["Stacks"][0]["Outputs"][1]["OutputValue"], "a/b");
    // It goes with its parent.
    served.result("DeleteStack", &[("StackName", "web")]);
    for id in [root, id] {
        let gone = served.result("DescribeStacks", &[("StackName", id)]);
        assert_eq!(gone["Stacks"][0]["StackStatus"], "DELETE_COMPLETE");
    }
    assert!(served.instances().is_empty());
}

/// `run parent.yaml`, with a command that signals nothing.
fn ran(folder: &TempDir) -> Output {
    use std::os::unix::fs::PermissionsExt as _;
    let fake = file(folder, "cfn-signal", "#!/bin/sh\necho \"signal: $*\"\n");
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    let template = folder.path().join("parent.yaml");
    rehearse().arg("run").arg(template).arg("--cfn-signal").arg(fake).output().unwrap()
}

#[test]
fn user_data_of_nested_stacks_runs() {
    // Nested twice; the parent's own instance runs with what the nested stack gave.
    let parent = "
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: middle.yaml}}
  Own:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0abcdef1234567890
      UserData: {'Fn::Base64': !Sub \"#!/bin/bash\\necho 'given ${Net.Outputs.Up}'\\n\"}
";
    let middle = "
Resources:
  App: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: app.yaml, Parameters: {Colour: red, Zones: a}}}
Outputs: {Up: {Value: !GetAtt App.Outputs.Told}}
";
    let quiet = APP.replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n", "");
    let complete = folder(&[("parent.yaml", parent), ("middle.yaml", middle), ("app.yaml", &quiet)]);
    let output = ran(&complete);
    let shown = plain(&text(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{shown}{}", text(&output.stderr));
    for said in
        ["Net/App/Server", "of App~", "signal: -e STATUS --stack App~ --resource Server", "given red-server"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // Nobody signals: the advice is about who should have.
    let waiting = folder(&[("parent.yaml", parent), ("middle.yaml", middle), ("app.yaml", APP)]);
    let output = ran(&waiting);
    let shown = plain(&text(&output.stdout));
    assert_eq!(output.status.code(), Some(1), "{shown}");
    let expected = "stack App~ says why: Server: Failed to receive 1 resource signal(s)";
    let words: Vec<_> = shown.split_whitespace().collect();
    assert!(words.join(" ").contains(expected), "{shown}");
    assert!(words.join(" ").contains("ended well, and no signal for Server came"), "{shown}");
    assert!(!shown.contains("given"), "{shown}");
    // What can never be known is told before anything runs.
    let never = parent.replace("${Net.Outputs.Up}", "${Net.Outputs.Up} ${Elsewhere.Id}")
        + "  Elsewhere: {Type: AWS::Custom::Thing}\n";
    let never = folder(&[("parent.yaml", &never), ("middle.yaml", middle), ("app.yaml", &quiet)]);
    let output = ran(&never);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    assert!(text(&output.stderr).contains("the attribute \"Id\" of Elsewhere"), "{}", text(&output.stderr));
    // What is not known when it is needed is not rehearsed.
    let middle = middle.replace("!GetAtt App.Outputs.Told", "!ImportValue x");
    let unknown = folder(&[("parent.yaml", parent), ("middle.yaml", &middle), ("app.yaml", &quiet)]);
    let output = ran(&unknown);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    let told = text(&output.stderr);
    let expected = "the attribute \"Outputs.Up\" of Net (AWS::CloudFormation::Stack) is needed here";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn what_instances_of_nested_stacks_need_is_looked_for_before_anything_begins() {
    let middle =
        "Resources: {App: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: app.yaml}}}\n";
    let parent = middle.replace("App:", "Net:").replace("app.yaml", "middle.yaml");
    let run_alone = |app: &str| {
        let folder = folder(&[("parent.yaml", &parent), ("middle.yaml", middle), ("app.yaml", app)]);
        // Where no cfn-signal is beside it, nor on the path.
        let alone = folder.path().join("cfn-rehearse");
        std::fs::hard_link(env!("CARGO_BIN_EXE_cfn-rehearse"), &alone)
            .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_cfn-rehearse"), &alone).map(drop))
            .unwrap();
        let template = folder.path().join("parent.yaml");
        std::process::Command::new(alone).env("PATH", "").arg("run").arg(template).output().unwrap()
    };
    let output = run_alone("Resources: {Box: {Type: AWS::EC2::Instance}}\n");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("cfn-signal") && !text(&output.stdout).contains("IN_PROGRESS"), "{told}");
    // Without any it is not needed.
    let output = run_alone("Resources: {Topic: {Type: AWS::SNS::Topic}}\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}
