//! Values that only the real service knows, through the command: given, made up, and said to be.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::fs;

use crate::common::Served;
use crate::common::folder::{Folder, has};

/// Says one value.
fn saying(value: &str) -> String {
    format!(
        "
Resources:
  Ip: {{Type: AWS::EC2::EIP}}
  Thing: {{Type: Custom::Thing, Properties: {{ServiceToken: t}}}}
  Box:
    Type: AWS::EC2::Instance
    Properties: {{UserData: !Base64 {{'Fn::Join': ['', [\"#!/bin/sh\\necho 'it is \", {value}, \"'\\n\"]]}}}}
"
    )
}

#[test]
fn what_only_the_service_knows_can_be_given() {
    let folder = Folder::new();
    for (value, option, given) in [
        ("!GetAtt Thing.A.B", "--attribute", "Thing.A.B=so"),
        ("!Join ['', !GetAtt Thing.List]", "--attribute", r#"Thing.List=["s","o"]"#),
        ("!Ref Thing", "--ref", "Thing=so"),
        ("!ImportValue 'net:vpc'", "--import", "net:vpc=so"),
        ("'{{resolve:ssm:/app/count:3}}'", "--resolve", "/app/count=so"),
        (
            "'{{resolve:secretsmanager:db:SecretString:user}}'",
            "--resolve",
            "secretsmanager:db={\"user\": \"so\"}",
        ),
    ] {
        folder.write("t.yaml", &saying(value));
        let (code, said) = folder.run(&["t.yaml"]);
        assert_eq!(code, 2, "{value}: {said}");
        let name = given.split_once('=').unwrap().0;
        if !value.contains("resolve") {
            has(&said, &format!("give it with {option} {name}=VALUE"));
        }
        let (code, said) = folder.run(&["t.yaml", option, given]);
        has(&said, "| it is so");
        assert_eq!(code, 0, "{value}: {said}");
    }
    let given = "Attributes: {Thing: {A: so}}\nRefs: {Ip: '192.0.2.1'}\nImports: {n: so}\nResolve: {/app/count: so}\n";
    folder.write("v.yaml", given);
    for value in ["!GetAtt Thing.A", "!ImportValue n", "'{{resolve:ssm:/app/count}}'"] {
        folder.write("t.yaml", &saying(value));
        has(&folder.run(&["t.yaml", "--params", "v.yaml"]).1, "| it is so");
    }
    folder.write("t.yaml", &saying("!Ref Ip"));
    let (_, said) = folder.run(&["t.yaml", "--params", "v.yaml"]);
    has(&said, "| it is 192.0.2.1");
    assert!(!said.contains("made up"), "{said}");
    let (code, said) = folder.run(&["t.yaml", "--attribute", "Thign.A=so"]);
    assert_eq!(code, 2);
    has(&said, "there is no resource Thign; the template has Ip, Thing, Box");
    let (code, said) = folder.run(&["t.yaml", "--ref", "Box=i-1"]);
    assert_eq!(code, 2);
    has(&said, "--ref Box: it is of type AWS::EC2::Instance");
}

#[test]
fn values_of_the_plan_can_be_given_too() {
    let folder = Folder::new();
    let template = "
Resources:
  Sizes: {Type: Custom::Sizes, Properties: {ServiceToken: t}}
  Launch: {Type: AWS::AutoScaling::LaunchConfiguration}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: VALUE, Timeout: PT5M}}
    Properties: {MinSize: 1, MaxSize: 5, LaunchConfigurationName: !Ref Launch}
";
    for (value, options) in [
        ("!GetAtt Sizes.Min", ["--attribute", "Sizes.Min=3"]),
        ("!ImportValue n", ["--import", "n=3"]),
        ("'{{resolve:ssm:/app/count}}'", ["--resolve", "ssm:/app/count=3"]),
    ] {
        folder.write("t.yaml", &template.replace("VALUE", value));
        let (_, said) = folder.run(&[&["t.yaml"], &options[..]].concat());
        has(&said, "Received 0 SUCCESS signal(s) out of 3");
    }
}

#[test]
fn an_ssm_typed_parameter_holds_a_name() {
    let folder = Folder::new();
    let template = saying("!Ref Count").replace(
        "\nResources:",
        "\nParameters: {Count: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/count}}\nResources:",
    );
    folder.write("t.yaml", &template);
    let (code, said) = folder.run(&["t.yaml"]);
    assert_eq!(code, 2);
    has(&said, "give it with --param Count=VALUE, or with --resolve ssm:/app/count=VALUE");
    has(&folder.run(&["t.yaml", "--resolve", "ssm:/app/count=3"]).1, "| it is 3");
    has(&folder.run(&["t.yaml", "--param", "Count=/b", "--resolve", "/b=4"]).1, "| it is 4");
    has(&folder.run(&["t.yaml", "--param", "Count=5"]).1, "| it is 5");
    let (_, said) = folder.run(&["t.yaml", "--param", "Count=/c"]);
    has(&said, "| it is /c");
    has(&said, "Count: /c is taken for the value itself;");
    has(&folder.run(&["t.yaml", "--fill"]).1, "filled: Count (/app/count) = 1");
    // What describes a stack says what its names stand for.
    folder.write(
        "v.json",
        r#"[{"ParameterKey": "Count", "ParameterValue": "/app/count", "ResolvedValue": "6"}]"#,
    );
    has(&folder.run(&["t.yaml", "--params", "v.json"]).1, "| it is 6");
}

#[test]
fn what_has_a_form_is_made_up_and_said_to_be() {
    let folder = Folder::new();
    folder.write("t.yaml", &saying("!GetAtt Ip.AllocationId"));
    let (code, said) = folder.run(&["t.yaml", "--junit", "j.xml", "--html", "h.html"]);
    assert_eq!(code, 0, "{said}");
    has(&said, "| it is eipalloc-0");
    has(&said, "made up: Ip.AllocationId = eipalloc-0");
    assert_eq!(said.matches("made up: ").count(), 1, "{said}");
    let read = |name: &str| fs::read_to_string(folder.0.path().join(name)).unwrap();
    has(&read("j.xml"), "<property name=\"made-up\" value=\"Ip.AllocationId = eipalloc-0");
    has(&read("h.html"), "Ip.AllocationId = eipalloc-0");
    let json = folder.run(&["t.yaml", "--output", "json"]).1;
    has(&json, r#""made_up":[{"name":"Ip.AllocationId","stack":null,"value":"eipalloc-0"#);
    folder.write("t.yaml", &saying("!Ref Ip"));
    has(&folder.run(&["t.yaml"]).1, "| it is 203.0.113.10");
    // What somebody else's script has in its place needs no such value.
    folder.write("t.yaml", &saying("!GetAtt Ip.AllocationId"));
    folder.write("own.sh", "#!/bin/sh\necho mine\n");
    let (_, said) = folder.run(&["t.yaml", "--user-data", "Box=own.sh"]);
    has(&said, "| mine");
    assert!(!said.contains("made up"), "{said}");
}

#[test]
fn stacks_that_clients_make_have_them_too() {
    let served = Served::account(&[
        "--import",
        "n=1",
        "--resolve",
        "/app/count=4",
        "--attribute",
        "Ip.AllocationId=own",
    ]);
    let template = "
Parameters: {Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/count}}
Resources:
  Ip: {Type: AWS::EC2::EIP}
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: !ImportValue n}}
    Properties: {UserData: !Base64 {'Fn::Sub': '${Stored} {{resolve:ssm:/app/count}} ${Ip.AllocationId} ${Ip}'}}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    let endpoint = served.instances()[0]["MetadataEndpoint"].as_str().unwrap().to_owned();
    let port = endpoint.rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(served.metadata(port, "/latest/user-data").body, "4 4 own 203.0.113.10");
}
