#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, TemplateError};

/// The names that are missing, and where.
fn unresolved(text: &str) -> Option<String> {
    let TemplateError::Invalid { message, .. } = Template::parse(text, "t").unwrap().check().err()? else {
        return None;
    };
    let message = message.unwrap();
    let names = message.strip_prefix("Template format error: Unresolved resource dependencies ").unwrap();
    Some(names.strip_suffix(" block of the template").unwrap().to_owned())
}

const GOOD: &str = "
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [a, b]}
Resources:
  A:
    Type: AWS::S3::Bucket
    Condition: C
    Properties:
      One: !Ref P
      Two: !Ref AWS::Region
      Three: !Sub ['${X} ${P} ${B} ${B.Arn} ${!Y}', {X: 1}]
      Four: !If [C, !Ref B, !Ref AWS::NoValue]
      Five: !FindInMap [M, K, L]
  B: {Type: AWS::S3::Bucket}
Outputs: {O: {Condition: C, Value: !GetAtt A.Arn}}
";

#[test]
fn what_is_there_is_not_missed() {
    assert_eq!(unresolved(GOOD), None);
}

#[test]
fn every_way_to_name_something_is_looked_at_whatever_conditions_hold() {
    for (from, to) in [
        ("!Ref P", "!Ref Nope"),
        ("${B} ", "${Nope} "),
        ("${B.Arn}", "${Nope.Arn}"),
        ("{X: 1}", "{X: !Ref Nope}"),
        ("!Ref B,", "!Ref Nope,"),
        ("Type: AWS::S3::Bucket}", "Type: AWS::S3::Bucket, DependsOn: Nope}"),
        ("Type: AWS::S3::Bucket}", "Type: AWS::S3::Bucket, DependsOn: [A, Nope]}"),
        ("Type: AWS::S3::Bucket}", "Type: AWS::S3::Bucket, Metadata: {'Fn::GetAtt': [Nope, Arn]}}"),
    ] {
        let bad = GOOD.replacen(from, to, 1);
        assert_eq!(unresolved(&bad), Some("[Nope] in the Resources".to_owned()), "{to}");
    }
    let outputs = GOOD.replace("!GetAtt A.Arn", "!GetAtt Nope.Arn");
    assert_eq!(unresolved(&outputs), Some("[Nope] in the Outputs".to_owned()));
}

#[test]
fn all_of_them_are_told_at_once_and_the_first_has_its_place() {
    let bad = GOOD
        .replace("!Ref P", "!Ref Zed")
        .replace("${B.Arn}", "${Gone.Arn}")
        .replace("!GetAtt A.Arn", "!Ref Out");
    assert_eq!(unresolved(&bad), Some("[Gone, Zed] in the Resources".to_owned()));
    let told = Template::parse(&bad, "t").unwrap().check().unwrap_err().to_string();
    assert!(
        told.starts_with("t:9:12: Resources.A.Properties.One: \"Zed\" is no parameter and no resource"),
        "{told}"
    );
}

#[test]
fn macros_may_still_write_it() {
    assert_eq!(unresolved(&format!("Transform: Own\n{}", GOOD.replace("!Ref P", "!Ref Nope"))), None);
}
