//! A box's signals reach the rehearsal by AWS's own names, over TLS, and nothing is set for that.

use std::path::Path;

use tempfile::TempDir;

use super::boxed::{SERVER, boot, command, image, said, text};

/// One of the walk-through's templates, in a box, with no variable set.
fn walk(template: &str, options: &[&str]) -> Option<std::process::Output> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rehearsal/demo").join(template);
    let folder = TempDir::new().unwrap();
    let template = std::fs::read_to_string(path).unwrap();
    Some(command(image()?, &folder, "", &template).args(options).output().unwrap())
}

#[test]
fn the_walk_through_completes_in_a_box() {
    let Some(output) = walk("5-repaired.yaml", &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("Received SUCCESS signal with UniqueId i-"), "{}", text(&output));
}

#[test]
fn the_walk_through_fails_in_a_box() {
    let Some(output) = walk("3-exit-code.yaml", &["--stub", "cfn-init=1"]) else { return };
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("Received FAILURE signal with UniqueId i-"), "{}", text(&output));
}

#[test]
fn an_sdk_finds_its_way_by_itself() {
    let script = r#"#!/usr/bin/python3
import os, urllib.request
import boto3
ask = lambda path, **more: urllib.request.urlopen(urllib.request.Request("http://169.254.169.254/latest" + path, **more)).read().decode()
token = {"X-aws-ec2-metadata-token": ask("/api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})}
instance = ask("/meta-data/instance-id", headers=token)
region = ask("/meta-data/placement/region", headers=token)
print("set:", sorted(name for name in os.environ if "AWS" in name or "proxy" in name.lower() or "SSL" in name))
for kind in "sts", "cloudformation":
    print(kind, boto3.client(kind, region_name=region).meta.endpoint_url)
print(boto3.client("sts", region_name=region).get_caller_identity()["Arn"])
boto3.client("cloudformation", region_name=region).signal_resource(
    StackName="rehearsal", LogicalResourceId="Server", UniqueId=instance, Status="SUCCESS")
"#;
    let Some(output) = boot(script, &[]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output).join("\n");
    assert!(said.contains("set: []"), "{said}");
    assert!(said.contains("cloudformation https://cloudformation.eu-west-3.amazonaws.com"), "{said}");
    assert!(said.contains("arn:aws:sts::"), "{said}");
}

#[test]
fn a_wait_conditions_url_is_the_services_own() {
    let template = "Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 300}}
  Server:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          url='${Handle}'
          echo \"${!url%%\\?*}\"
          /opt/aws/bin/cfn-signal -e 0 -r done \"$url\"
";
    let Some(image) = image() else { return };
    let folder = TempDir::new().unwrap();
    let output = command(image, &folder, "", template).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let host = "https://cloudformation-waitcondition-eu-west-3.s3.eu-west-3.amazonaws.com/";
    assert!(said(&output).iter().any(|it| it.starts_with(host)), "{}", text(&output));
}

#[test]
fn what_a_proxy_lets_through_is_let_through_and_no_signal() {
    use std::io::{Read as _, Write as _};

    let Some(image) = image() else { return };
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\npackages")
            .unwrap();
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let script = r#"#!/usr/bin/python3
import http.client, os, subprocess, urllib.parse, urllib.request
print("packages:", urllib.request.urlopen("http://packages.example/list").read().decode())
connection = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ["http_proxy"]).netloc)
connection.request("GET", "http://cloudformation.eu-west-3.amazonaws.com/?Action=SignalResource")
print("refused:", connection.getresponse().status)
subprocess.run(["/opt/aws/bin/cfn-signal", "-e", "0", "--stack", "rehearsal", "--resource", "Server", "--region", "eu-west-3"])
"#;
    let folder = TempDir::new().unwrap();
    let net = format!("host-proxy=http://{address}");
    let output = command(image, &folder, script, SERVER).args(["--net", &net]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let said = said(&output).join("\n");
    assert!(said.contains("packages: packages"), "{said}");
    assert!(said.contains("refused: 403"), "{said}");
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("GET http://packages.example/list HTTP/1.1\r\n"), "{asked}");
}
