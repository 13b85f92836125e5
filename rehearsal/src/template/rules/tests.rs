#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};

/// What is wrong with a stack whose rule asserts this.
fn problem(condition: &str, assert: &str) -> Option<String> {
    let text = format!(
        "Parameters: {{Stage: {{Type: String, Default: live}}, Zones: {{Type: CommaDelimitedList, Default: 'a,b'}}, Unknown: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}}, Vpc: {{Type: 'AWS::EC2::VPC::Id', Default: vpc-1}}, Vpcs: {{Type: 'List<AWS::EC2::VPC::Id>', Default: 'vpc-2,vpc-3'}}, Image: {{Type: 'AWS::EC2::Image::Id'}}}}\n\
         Rules:\n  Sized:\n{condition}    Assertions:\n    - Assert: {assert}\n      AssertDescription: large enough\n\
         Resources: {{Bucket: {{Type: AWS::S3::Bucket}}}}"
    );
    let template = Template::parse(&text, "t").unwrap();
    template.resolve(&inputs()).err().map(|error| error.to_string())
}

#[test]
fn assertions() {
    for (assert, holds) in [
        ("!Equals [!Ref Stage, live]", true),
        ("!Equals [!Ref Stage, test]", false),
        ("!Not [!Equals [!Ref Stage, test]]", true),
        ("'Fn::Contains': [[live, test], !Ref Stage]".trim(), true),
        ("!Contains [[test], !Ref Stage]", false),
        ("!EachMemberIn [!Ref Zones, [a, b, c]]", true),
        ("!EachMemberIn [!Ref Zones, [a]]", false),
        ("!EachMemberEquals [!Ref Zones, a]", false),
        ("!And [!Equals [a, a], !Equals [a, b]]", false),
        ("!Or [!Equals [a, b], !Equals [a, a]]", true),
        ("!Implies [!Equals [!Ref Stage, live], !Contains [!Ref Zones, a]]", true),
        ("!Implies [!Equals [!Ref Stage, live], !Contains [!Ref Zones, c]]", false),
        ("!Implies [!Equals [!Ref Stage, test], !Contains [!Ref Zones, c]]", true),
        ("!Implies [!Equals [!Ref Unknown, a], !Contains [!Ref Zones, a]]", true),
        ("!Implies [!Equals [!Ref Unknown, a], !Contains [!Ref Zones, c]]", true),
        // All parameters of a type: a VPC, and a list of them.
        ("!EachMemberIn [!RefAll 'AWS::EC2::VPC::Id', [vpc-1, vpc-2, vpc-3]]", true),
        ("!EachMemberIn [!RefAll 'AWS::EC2::VPC::Id', [vpc-1, vpc-2]]", false),
        ("!Contains [!RefAll 'AWS::EC2::VPC::Id', vpc-4]", false),
        ("!EachMemberIn [!ValueOfAll ['AWS::EC2::Subnet::Id', VpcId], !RefAll 'AWS::EC2::VPC::Id']", true),
        ("!Equals [!ValueOf [Vpc, Tags.Stage], !Ref Stage]", true),
        // One that has no value cannot be told.
        ("!EachMemberIn [!RefAll 'AWS::EC2::Image::Id', [ami-1]]", true),
        // What cannot be known stands in nobody's way, unless it makes no difference.
        ("!Not [!Contains [['1', '2'], !Ref Unknown]]", true),
        ("!Or [!Equals [a, b], !Equals [!Ref Unknown, a]]", true),
        ("!And [!Equals [a, b], !Equals [!Ref Unknown, a]]", false),
    ] {
        let assert = if assert.starts_with('\'') { format!("{{{assert}}}") } else { assert.to_owned() };
        let told = problem("", &assert);
        assert_eq!(told.is_none(), holds, "{assert}: {told:?}");
        if let Some(told) = told {
            let expected = "t:5:15: Rules.Sized.Assertions[0].Assert: the parameters do not meet an assertion of the rule Sized: \"large enough\"";
            assert_eq!(told, expected, "{assert}");
        }
    }
}

#[test]
fn a_rule_has_a_condition() {
    let wrong = "!Equals [a, b]";
    assert_eq!(problem("    RuleCondition: !Equals [!Ref Stage, test]\n", wrong), None);
    assert!(problem("    RuleCondition: !Equals [!Ref Stage, live]\n", wrong).is_some());
    assert_eq!(problem("    RuleCondition: !Equals [!Ref Unknown, live]\n", wrong), None);
    assert!(problem("", "!Ref Stage").unwrap().contains("a rule asserts one of Fn::And"));
}
