#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::Template;

fn unresolved(text: &str) -> Option<(&'static str, Vec<String>)> {
    Template::parse(text, "t").unwrap().unresolved().map(|it| (it.section, it.names))
}

const GOOD: &str = "
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [a, b]}
Resources:
  A:
    Type: AWS::SNS::Topic
    Condition: C
    Properties:
      One: !Ref P
      Two: !Ref AWS::Region
      Three: !Sub ['${X} ${P} ${B} ${B.Arn} ${!Y}', {X: 1}]
      Four: !If [C, !Ref B, !Ref AWS::NoValue]
      Five: !FindInMap [M, K, L]
  B: {Type: AWS::SNS::Topic}
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
        ("Type: AWS::SNS::Topic}", "Type: AWS::SNS::Topic, DependsOn: Nope}"),
        ("Type: AWS::SNS::Topic}", "Type: AWS::SNS::Topic, DependsOn: [A, Nope]}"),
        ("Type: AWS::SNS::Topic}", "Type: AWS::SNS::Topic, Metadata: {'Fn::GetAtt': [Nope, Arn]}}"),
    ] {
        let bad = GOOD.replacen(from, to, 1);
        assert_eq!(unresolved(&bad), Some(("Resources", vec!["Nope".to_owned()])), "{to}");
    }
    let outputs = GOOD.replace("!GetAtt A.Arn", "!GetAtt Nope.Arn");
    assert_eq!(unresolved(&outputs), Some(("Outputs", vec!["Nope".to_owned()])));
}

#[test]
fn macros_may_still_write_it() {
    assert_eq!(unresolved(&format!("Transform: Own\n{}", GOOD.replace("!Ref P", "!Ref Nope"))), None);
}
