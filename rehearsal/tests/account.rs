//! An account of many stacks: made, updated and deleted through the API, with instances of their own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::{SERVER, Served, file, rehearse, signal_query, text};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{Payload, Placement, Request, Scope, SigningKeys, SigningSettings, sign};
use serde_json::Value;
use tempfile::TempDir;

const GROUP: &str = "
Parameters:
  Colour: {Type: String, Default: blue}
Resources:
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      ImageId: ami-1
      InstanceType: t3.micro
      UserData: {'Fn::Base64': !Sub 'colour=${Colour}'}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT1H}}
    UpdatePolicy:
      AutoScalingRollingUpdate: {MaxBatchSize: 2, PauseTime: PT1H, WaitOnResourceSignals: true}
    Properties:
      MinSize: '0'
      MaxSize: '4'
      DesiredCapacity: '2'
      AvailabilityZones: [us-east-1a]
      LaunchConfigurationName: !Ref Launch
Outputs:
  Colour: {Value: !Ref Colour}
";

fn status(served: &Served, stack: &str) -> String {
    let stacks = served.result("DescribeStacks", &[("StackName", stack)]);
    stacks["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
}

fn ids(instances: &[Value]) -> Vec<String> {
    let mut ids: Vec<_> = instances.iter().map(|it| it["InstanceId"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

fn port(instance: &Value) -> u16 {
    instance["MetadataEndpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

fn signal(served: &Served, stack: &str, id: &str, status: &str) {
    let parameters =
        [("StackName", stack), ("LogicalResourceId", "Web"), ("UniqueId", id), ("Status", status)];
    let answer = served.call("SignalResource", &parameters);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn a_groups_instances_have_metadata_of_their_own_and_change_with_an_update() {
    let served = Served::account(&[]);
    let created = served.result("CreateStack", &[("StackName", "one"), ("TemplateBody", GROUP)]);
    let stack_id = created["StackId"].as_str().unwrap().to_owned();
    let first = served.instances();
    assert_eq!(first.len(), 2);
    let address = |it: &Value| served.metadata(port(it), "/latest/meta-data/local-ipv4").body;
    assert_ne!(address(&first[0]), address(&first[1]));
    for instance in &first {
        assert_eq!(instance["LogicalResourceId"], "Web");
        assert_eq!(instance["StackId"], stack_id);
        let get = |path: &str| served.metadata(port(instance), path).body;
        assert_eq!(get("/latest/meta-data/instance-id"), instance["InstanceId"]);
        assert_eq!(get("/latest/meta-data/autoscaling/target-lifecycle-state"), "InService");
        assert_eq!(get("/latest/user-data"), "colour=blue");
        // Its own identity signals for it.
        let header = [("authorization".to_owned(), served.instance_header(port(instance)))];
        let query = signal_query("one", "Web", instance["InstanceId"].as_str().unwrap(), "SUCCESS");
        assert_eq!(served.send("GET", &format!("/?{query}"), &header, "").status, 200);
    }
    assert_eq!(status(&served, "one"), "CREATE_COMPLETE");

    let red = [
        ("StackName", "one"),
        ("UsePreviousTemplate", "true"),
        ("Parameters.member.1.ParameterKey", "Colour"),
        ("Parameters.member.1.ParameterValue", "red"),
    ];
    served.result("UpdateStack", &red);
    let second = served.instances();
    assert!(ids(&second).iter().all(|id| !ids(&first).contains(id)), "{second:?}");
    for instance in &second {
        assert_eq!(served.metadata(port(instance), "/latest/user-data").body, "colour=red");
    }
    // A failure goes back to what was, in the user data and in what is described.
    signal(&served, "one", &ids(&second)[0], "FAILURE");
    let third = served.instances();
    for instance in &third {
        assert_eq!(served.metadata(port(instance), "/latest/user-data").body, "colour=blue");
        signal(&served, "one", instance["InstanceId"].as_str().unwrap(), "SUCCESS");
    }
    assert_eq!(status(&served, "one"), "UPDATE_ROLLBACK_COMPLETE");
    let described = served.result("DescribeStacks", &[]);
    assert_eq!(described["Stacks"][0]["Outputs"][0]["OutputValue"], "blue");

    served.result("UpdateStack", &red);
    for id in ids(&served.instances()) {
        signal(&served, "one", &id, "SUCCESS");
    }
    assert_eq!(status(&served, "one"), "UPDATE_COMPLETE");
    let described = served.result("DescribeStacks", &[]);
    assert_eq!(described["Stacks"][0]["Outputs"][0]["OutputValue"], "red");
}

#[test]
fn stacks_know_nothing_of_each_other() {
    let served = Served::account(&[]);
    for name in ["one", "two"] {
        served.result("CreateStack", &[("StackName", name), ("TemplateBody", GROUP)]);
    }
    let of =
        |name: &str| served.instances().into_iter().filter(|it| it["StackName"] == name).collect::<Vec<_>>();
    let (one, two) = (of("one"), of("two"));
    assert_eq!((one.len(), two.len()), (2, 2));
    // An instance of one stack may not speak for the other.
    let header = [("authorization".to_owned(), served.instance_header(port(&one[0])))];
    let id = one[0]["InstanceId"].as_str().unwrap();
    let answer = served.send("GET", &format!("/?{}", signal_query("two", "Web", id, "SUCCESS")), &header, "");
    assert_eq!(
        answer.error(),
        ("AccessDenied".to_owned(), format!("Instance {id} is not allowed to call SignalResource for two"))
    );
    for id in ids(&one) {
        signal(&served, "one", &id, "SUCCESS");
    }
    assert_eq!(
        (status(&served, "one"), status(&served, "two")),
        ("CREATE_COMPLETE".into(), "CREATE_IN_PROGRESS".into())
    );

    let created = served.result("DescribeStacks", &[("StackName", "one")]);
    let first_id = created["Stacks"][0]["StackId"].as_str().unwrap().to_owned();
    assert_eq!(served.call("DeleteStack", &[("StackName", "one")]).status, 200);
    assert_eq!(of("one").len(), 0);
    served.result("CreateStack", &[("StackName", "one"), ("TemplateBody", SERVER)]);
    assert_eq!(status(&served, &first_id), "DELETE_COMPLETE");
    assert_eq!(status(&served, "one"), "CREATE_IN_PROGRESS");
    let late = served.call(
        "SignalResource",
        &[("StackName", &first_id), ("LogicalResourceId", "Web"), ("UniqueId", "i-1"), ("Status", "SUCCESS")],
    );
    assert_eq!(
        late.error(),
        (
            "ValidationError".to_owned(),
            format!("Stack {first_id} is in DELETE_COMPLETE state and cannot be signaled")
        )
    );
}

#[test]
fn handles_of_many_stacks_share_a_bucket() {
    const WAIT: &str = "
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: '300'}
Outputs:
  Data: {Value: !GetAtt Ready.Data}
";
    let served = Served::account(&[]);
    for name in ["one", "two"] {
        served.result("CreateStack", &[("StackName", name), ("TemplateBody", WAIT)]);
    }
    let resources =
        served.result("DescribeStackResources", &[("StackName", "two"), ("LogicalResourceId", "Handle")]);
    let url = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap();
    let target = url.strip_prefix(&format!("http://127.0.0.1:{}", served.port)).unwrap();
    let document = r#"{"Status": "SUCCESS", "UniqueId": "me", "Data": "forty-two", "Reason": ""}"#;
    assert_eq!(served.send("PUT", target, &[], document).status, 200);
    assert_eq!(
        (status(&served, "one"), status(&served, "two")),
        ("CREATE_IN_PROGRESS".into(), "CREATE_COMPLETE".into())
    );
    let described = served.result("DescribeStacks", &[("StackName", "two")]);
    assert_eq!(described["Stacks"][0]["Outputs"][0]["OutputValue"], r#"{"me":"forty-two"}"#);
}

#[test]
fn on_failure_decides_what_becomes_of_a_stack() {
    let served = Served::account(&[]);
    for (options, expected) in [
        (vec![], "ROLLBACK_COMPLETE"),
        (vec![("OnFailure", "ROLLBACK")], "ROLLBACK_COMPLETE"),
        (vec![("OnFailure", "DO_NOTHING")], "CREATE_FAILED"),
        (vec![("DisableRollback", "true")], "CREATE_FAILED"),
        (vec![("OnFailure", "DELETE")], "DELETE_COMPLETE"),
    ] {
        let parameters = [vec![("StackName", "web"), ("TemplateBody", SERVER)], options.clone()].concat();
        let created = served.result("CreateStack", &parameters);
        let id = created["StackId"].as_str().unwrap().to_owned();
        let instance = served.instances()[0]["InstanceId"].as_str().unwrap().to_owned();
        assert_eq!(served.signal("Server", &instance, "FAILURE").status, 200);
        assert_eq!(status(&served, &id), expected, "{options:?}");
        assert_eq!(served.call("DeleteStack", &[("StackName", "web")]).status, 200);
    }
}

#[test]
fn what_iam_denies_is_denied_to_keys_and_not_to_an_instances_identity() {
    let served = Served::start(SERVER, &["--deny", "cloudformation:SignalResource", "--deny", "DeleteStack"]);
    let instance = served.env["CFN_REHEARSE_INSTANCE_Server"].clone();
    let denied = |action: &str, who: &str, what: &str| {
        format!("User: {who} is not authorized to perform: cloudformation:{action} on resource: {what}")
    };
    let user = "arn:aws:iam::123456789012:user/rehearsal";
    let stack = "arn:aws:cloudformation:us-east-1:123456789012:stack/web/*";
    let answer = served.signal("Server", &instance, "SUCCESS");
    assert_eq!(answer.status, 403);
    assert_eq!(answer.error(), ("AccessDenied".to_owned(), denied("SignalResource", user, stack)));
    let stack_id = &served.env["CFN_REHEARSE_STACK_ID"];
    let answer = served.call("DeleteStack", &[("StackName", stack_id)]);
    assert_eq!(answer.error().1, denied("DeleteStack", user, stack_id));

    // The role's session bears the instance's name.
    let path = "/latest/meta-data/iam/security-credentials/rehearsal-role";
    let role: Value = serde_json::from_str(&served.metadata(served.port, path).body).unwrap();
    let text = |name: &str| role[name].as_str().unwrap().to_owned();
    let key = AccessKey {
        id: text("AccessKeyId"),
        secret: Secret::new(text("SecretAccessKey")),
        session_token: Some(Secret::new(text("Token"))),
        expires_at: None,
    };
    let query = signal_query("web", "Server", &instance, "SUCCESS");
    let session = format!("arn:aws:sts::123456789012:assumed-role/rehearsal-role/{instance}");
    assert_eq!(served.signed(&query, &key, 0).error().1, denied("SignalResource", &session, stack));
    assert_eq!(status(&served, "web"), "CREATE_IN_PROGRESS");

    let header = [("authorization".to_owned(), served.instance_header(served.port))];
    assert_eq!(served.send("GET", &format!("/?{query}"), &header, "").status, 200);
    assert_eq!(status(&served, "web"), "CREATE_COMPLETE");
}

#[test]
fn a_request_signed_in_its_query_is_verified_too() {
    let served = Served::start(SERVER, &[]);
    let presigned = |shift: i64, seconds: u32, tamper: &str| {
        let uri = format!(
            "http://127.0.0.1:{}/?Action=DescribeStacks&Version=2010-05-15&ContentType=JSON",
            served.port
        );
        let signed_at = crate::common::now().saturating_add_signed(shift);
        let scope = Scope { region: "us-east-1", service: "cloudformation", signed_at };
        let settings = SigningSettings::default().placement(Placement::Query(seconds));
        let request = Request { method: "GET", uri: &uri, headers: &[], payload: Payload::Bytes(b"") };
        let signed = sign(&request, &served.key(), &scope, &settings, &mut SigningKeys::default()).unwrap();
        let (_, target) = signed.uri.split_once(&format!(":{}", served.port)).unwrap();
        served.send("GET", &format!("{target}{tamper}"), &[], "")
    };
    let good = presigned(0, 900, "");
    assert_eq!(good.status, 200, "{}", good.body);
    // It lives as long as it says, not five minutes.
    assert_eq!(presigned(-800, 900, "").status, 200);
    for (answer, code) in [
        (presigned(-910, 900, ""), "SignatureDoesNotMatch"),
        (presigned(400, 900, ""), "SignatureDoesNotMatch"),
        (presigned(0, 900, "&StackName=web"), "SignatureDoesNotMatch"),
    ] {
        assert_eq!((answer.status, answer.error().0.as_str()), (403, code), "{}", answer.body);
    }
    let part = "/?Action=DescribeStacks&ContentType=JSON&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60";
    assert_eq!(served.send("GET", part, &[], "").error().0, "IncompleteSignature");
}

#[test]
fn the_control_paths_tell_no_secret_and_say_what_there_is() {
    let served = Served::start(SERVER, &[]);
    let answer = served.send("GET", "/_rehearsal/instances", &[], "");
    assert!(answer.body.contains(&served.env["CFN_REHEARSE_INSTANCE_Server"]), "{}", answer.body);
    assert!(!answer.body.contains(&served.env["AWS_SECRET_ACCESS_KEY"]), "{}", answer.body);
    assert_eq!(served.send("POST", "/_rehearsal/instances", &[], "").status, 405);
    let other = served.send("GET", "/_rehearsal/", &[], "");
    assert!(other.status == 404 && other.body.contains("/_rehearsal/instances"), "{}", other.body);
}

#[test]
fn a_virtual_clock_serves_every_stack() {
    let served = Served::account(&["--clock", "virtual", "--quiet", "0.1"]);
    for name in ["one", "two"] {
        served.result(
            "CreateStack",
            &[("StackName", name), ("TemplateBody", &SERVER.replace("PT5M", "PT12H"))],
        );
    }
    served.await_event("ROLLBACK_COMPLETE    | AWS::CloudFormation::Stack | one");
    served.await_event("ROLLBACK_COMPLETE    | AWS::CloudFormation::Stack | two");
}

#[test]
fn without_a_template_there_is_nothing_to_wait_for_once() {
    let output = rehearse().args(["serve", "--once"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let directory = TempDir::new().unwrap();
    let template = file(&directory, "t.yaml", SERVER).display().to_string();
    let output = rehearse().args(["run", &template, "--deny", "signal"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("an action is a name such as SignalResource"));
}

#[test]
fn a_protected_stack_stays_until_it_is_no_longer_protected() {
    let served = Served::account(&[]);
    let topic = "Resources: {T: {Type: AWS::SNS::Topic}}";
    let given = [("StackName", "web"), ("TemplateBody", topic), ("EnableTerminationProtection", "true")];
    served.result("CreateStack", &given);
    let described = || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].clone();
    assert_eq!(described()["EnableTerminationProtection"], true);
    let (code, message) = served.call("DeleteStack", &[("StackName", "web")]).error();
    assert_eq!(code, "ValidationError");
    assert_eq!(message, "Stack [web] cannot be deleted while TerminationProtection is enabled");
    assert_eq!(described()["StackStatus"], "CREATE_COMPLETE");
    let off = [("StackName", "web"), ("EnableTerminationProtection", "false")];
    let answer = served.result("UpdateTerminationProtection", &off);
    assert_eq!(answer["StackId"], described()["StackId"]);
    assert_eq!(described()["EnableTerminationProtection"], false);
    assert_eq!(served.call("DeleteStack", &[("StackName", "web")]).status, 200);
    let (_, message) = served.call("UpdateTerminationProtection", &off).error();
    assert_eq!(message, "Stack [web] does not exist");
}

#[test]
fn an_instance_of_a_stack_that_rolls_back_is_told_so() {
    let served = Served::start(SERVER, &[]);
    let instance = served.env["CFN_REHEARSE_INSTANCE_Server"].clone();
    let header = served.instance_header(served.port_of("Server"));
    let signal = |status: &str| {
        let query = signal_query("web", "Server", &instance, status);
        served.send("GET", &format!("/?{query}"), &[("Authorization".to_owned(), header.clone())], "")
    };
    assert_eq!(signal("FAILURE").status, 200);
    served.await_event("ROLLBACK_COMPLETE");
    let (code, message) = signal("SUCCESS").error();
    assert_eq!(code, "ValidationError");
    assert!(message.ends_with("is in ROLLBACK_COMPLETE state and cannot be signaled"), "{message}");
}

#[test]
fn where_nobody_is_an_instance_yet_clients_sign_with_the_keys() {
    for (served, is_instance) in [(Served::account(&[]), false), (Served::start(SERVER, &[]), true)] {
        assert_eq!(served.env.contains_key("AWS_EC2_METADATA_SERVICE_ENDPOINT"), is_instance);
        assert_eq!(served.env.contains_key("AWS_EC2_METADATA_DISABLED"), !is_instance);
    }
}

#[test]
fn an_instance_has_the_address_that_the_template_says() {
    let template = "
Resources:
  Box: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, PrivateIpAddress: 10.1.2.3}}
  Other: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
Outputs:
  Box: {Value: !GetAtt Box.PrivateDnsName}
  Other: {Value: !GetAtt Other.PrivateIp}
";
    let served = Served::start(template, &["--clock", "virtual"]);
    served.await_event("CREATE_COMPLETE      | AWS::CloudFormation::Stack");
    let outputs = served.result("DescribeStacks", &[])["Stacks"][0]["Outputs"].clone();
    let output = |name: &str| {
        let all = outputs.as_array().unwrap();
        all.iter().find(|it| it["OutputKey"] == name).unwrap()["OutputValue"].as_str().unwrap().to_owned()
    };
    for it in served.instances() {
        let port = it["MetadataEndpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        let get = |path: &str| served.metadata(port, path).body;
        let (address, host) = (get("/latest/meta-data/local-ipv4"), get("/latest/meta-data/local-hostname"));
        let document: Value =
            serde_json::from_str(&get("/latest/dynamic/instance-identity/document")).unwrap();
        assert_eq!(document["privateIp"], address.as_str());
        if it["LogicalResourceId"] == "Box" {
            assert_eq!((address.as_str(), host), ("10.1.2.3", output("Box")));
        } else {
            assert_eq!(address, output("Other"));
        }
    }
}
