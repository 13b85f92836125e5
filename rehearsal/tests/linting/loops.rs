//! `cfn-rehearse lint` and loops: it looks at what they make.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use cfn_rehearse::lint::{Selection, lint};

use super::brief;

#[test]
fn loops_are_written_out_and_keep_their_places() {
    let template = |collection: &str, signalled: &str| {
        format!(
            "Transform: AWS::LanguageExtensions
Parameters: {{Zones: {{Type: CommaDelimitedList, Default: 'a,b'}}, Others: {{Type: CommaDelimitedList}}}}
Resources:
  Fn::ForEach::Boxes:
    - Zone
    - {collection}
    - Box${{Zone}}:
        Type: AWS::EC2::Instance
        CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}
        Properties:
          ImageId: ami-0abcdef1234567890
          UserData:
            Fn::Base64: !Sub |
              #!/bin/bash -e
              echo ${{Zone}}
              trap '/opt/aws/bin/cfn-signal -e $? --stack ${{AWS::StackName}} --resource {signalled} --region ${{AWS::Region}}' EXIT
"
        )
    };
    let found = |collection: &str, signalled: &str| {
        lint(&template(collection, signalled), "t.yaml", &Selection::default()).map(|report| brief(&report))
    };
    for collection in ["[a, b]", "!Ref Zones", "!Ref Others", "!GetAZs ''", "[!Ref 'AWS::Region']"] {
        assert_eq!(found(collection, "Box${Zone}").unwrap(), "", "{collection}");
    }
    // Each turn signals what is not there: one place, one finding.
    let wrong = found("[a, b]", "Bax${Zone}").unwrap();
    let column =
        template("", "").lines().last().unwrap().find("--resource ").unwrap() + "--resource ".len() + 1;
    assert!(wrong.contains(&format!("CFS101 16:{column} ")), "{wrong}");
    assert_eq!(wrong.matches("CFS101").count(), 1, "{wrong}");
    // Refused here as there.
    let error = found("x", "Box${Zone}").unwrap_err().to_string();
    assert_eq!(error, "t.yaml:6:7: Resources: a loop goes over a list, and this gives text");
}

#[test]
fn what_a_loop_may_make_is_no_fault() {
    let template = |collection: &str, body: &str| {
        format!(
            "Transform: AWS::LanguageExtensions
Parameters: {{Zones: {{Type: CommaDelimitedList}}, Use: {{Type: String}}}}
Conditions:
  Fn::ForEach::Uses: [Zone, {collection}, {{'Is${{Zone}}': !Equals [!Ref Use, !Ref Zone]}}]
Resources:
  Fn::ForEach::Boxes:
    - Zone
    - {collection}
    - Box&{{Zone}}:
        Type: AWS::SNS::Topic
        Condition: Is${{Zone}}
{body}
Outputs:
  Fn::ForEach::Names: [Az, {collection}, {{'Name${{Az}}': {{Value: {{Ref: !Sub 'Box${{Az}}'}}}}}}]
"
        )
    };
    let found = |template: String| {
        lint(&template, "t.yaml", &Selection::default()).map(|report| brief(&report)).unwrap()
    };
    for collection in ["!Ref Zones", "[a, b]", "!FindInMap [M, !Ref Use, Names]"] {
        assert_eq!(found(template(collection, "")), "", "{collection}");
    }
    // What is wrong whatever the loop goes over is told all the same.
    let wrong = found(template("!Ref Zones", "  'a b': {Type: AWS::SNS::Topic}"));
    assert!(wrong.starts_with("CFS401 ") && wrong.contains("a b"), "{wrong}");
    // What only the service can write is not refused.
    let included = "Resources:\n  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}\n  A: {Type: AWS::SNS::Topic}\n";
    assert_eq!(found(included.to_owned()), "");
}
