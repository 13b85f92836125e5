//! Stacks within stacks, for tests.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{file, rehearse, text};

/// A parent with a server that runs what its nested stack gives.
pub const PARENT: &str = "
Parameters: {Colour: {Type: String, Default: blue}}
Resources:
  App:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: app.yaml
      Parameters: {Colour: !Ref Colour, Zones: [a, b]}
      Tags: [{Key: k, Value: v}]
  After: {Type: AWS::SNS::Topic, DependsOn: App}
Outputs:
  Given: {Value: !GetAtt App.Outputs.Told}
";

/// A server that waits, and two words for its parent.
pub const APP: &str = "
Parameters: {Colour: {Type: String}, Zones: {Type: CommaDelimitedList}}
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties:
      ImageId: ami-0abcdef1234567890
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          echo \"of ${AWS::StackName}\"
          cfn-signal -e STATUS --stack ${AWS::StackName} --resource Server --region ${AWS::Region}
Outputs:
  Told: {Value: !Sub '${Colour}-server'}
";

pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        file(&folder, name, content);
    }
    folder
}

/// `serve parent.yaml --once` in virtual time.
pub fn served(folder: &TempDir, options: &[&str]) -> Output {
    rehearse()
        .arg("serve")
        .arg(folder.path().join("parent.yaml"))
        .args(["--once", "--clock", "virtual", "--quiet", "0", "--output", "json"])
        .args(options)
        .output()
        .unwrap()
}

/// `STATUS LOGICAL_ID: REASON` of every event, stacks' own names and what is made up aside.
pub fn events(output: &Output) -> Vec<String> {
    let entries = text(&output.stdout);
    let entries = entries.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events = entries.filter(|it| it["type"] == "event").map(|it| {
        let reason = it["reason"].as_str().map(|it| format!(": {it}")).unwrap_or_default();
        plain(&format!("{} {}{reason}", it["status"].as_str().unwrap(), it["logical_id"].as_str().unwrap()))
    });
    events.collect()
}

/// Without what is made up: `rehearsal-App-1A2B3C4D5E6F` is `App~`, an ARN `arn(App~)`.
pub fn plain(text: &str) -> String {
    let arn = fancy_regex::Regex::new(r"arn:aws:cloudformation:[^/]*:stack/([^/]*)/[-0-9a-f]*").unwrap();
    let name = fancy_regex::Regex::new(r"rehearsal-(?:\w+-[A-Z0-9]{12}-)*(\w+)-[A-Z0-9]{12}").unwrap();
    let text = arn.replace_all(text, "arn($1)");
    name.replace_all(&text, "$1~").into_owned()
}
