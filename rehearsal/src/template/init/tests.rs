#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use serde_json::json;

use super::super::{Template, inputs::sample::inputs};

#[test]
fn functions_are_resolved_as_far_as_they_can_be() {
    let template = "
Conditions: {No: !Equals [a, b]}
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Other: {Type: AWS::SNS::Topic, Metadata: {Note: x}}
  Key: {Type: Custom::Key, Properties: {ServiceToken: t}}
  Server:
    Type: AWS::EC2::Instance
    Metadata:
      Note: !Ref AWS::Region
      AWS::CloudFormation::Init:
        config:
          files:
            /etc/x: {mode: '000644', content: !Sub 'in ${AWS::Region}', context: !Ref AWS::NoValue}
          commands:
            1: {command: !Join [' ', [cfn-signal, !Ref Handle]], ignoreErrors: false, n: 7}
            2: {command: !If [No, x, !GetAtt Key.KeyId]}
";
    let planned = Template::parse(template, "t").unwrap().resolve(&inputs()).unwrap();
    let metadata: Vec<_> = planned.init.into_iter().collect();
    assert_eq!(
        metadata,
        [(
            "Server".to_owned(),
            json!({
                "Note": "eu-west-1",
                "AWS::CloudFormation::Init": {"config": {
                    "files": {"/etc/x": {"mode": "000644", "content": "in eu-west-1"}},
                    "commands": {
                        "1": {"command": "cfn-signal id-of-Handle", "ignoreErrors": false, "n": 7},
                        "2": {"command": {"Fn::GetAtt": "Key.KeyId"}},
                    },
                }},
            })
        )]
    );
}
