#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::Template;

/// What the parameter `P` has to be one of, by a template's resources and outputs.
fn keys(used: &str) -> Vec<String> {
    let text = format!(
        "Transform: AWS::LanguageExtensions
Parameters: {{P: {{Type: String}}, Q: {{Type: String}}}}
Mappings:
  Sizes: {{small: {{type: a, count: 1}}, large: {{type: b, count: 2}}, odd: {{type: c}}}}
  Images: {{us-east-1: {{x86: a}}, eu-west-1: {{arm: b, x86: c}}}}
Resources:
  T: {{Type: AWS::SNS::Topic}}
{used}"
    );
    Template::parse(&text, "t").unwrap().keys_for("P", "eu-west-1")
}

#[test]
fn a_parameter_is_one_of_the_keys_it_is_looked_up_by() {
    let output = |value: &str| keys(&format!("Outputs: {{O: {{Value: {value}}}}}"));
    assert_eq!(output("!FindInMap [Sizes, !Ref P, type]"), ["small", "large", "odd"]);
    assert_eq!(output("!FindInMap [Sizes, !Ref P, count]"), ["small", "large"]);
    assert_eq!(output("!FindInMap [Sizes, !Ref P, !Ref Q]"), ["small", "large", "odd"]);
    assert_eq!(output("!FindInMap [Images, !Ref AWS::Region, !Ref P]"), ["arm", "x86"]);
    assert_eq!(output("!FindInMap [Images, !Ref Q, !Ref P]"), ["x86"]);
    assert_eq!(output("!Sub ['${S}', {S: !FindInMap [Sizes, !Ref P, count]}]"), ["small", "large"]);
    // Any other is as good.
    for free in [
        "!Ref P",
        "!FindInMap [Sizes, !Ref Q, type]",
        "!FindInMap [Sizes, !Ref P, type, DefaultValue: d]",
        "!FindInMap [Others, !Ref P, type]",
    ] {
        assert!(output(free).is_empty(), "{free}");
    }
}

#[test]
fn a_key_fits_wherever_it_is_looked_up() {
    let two = "Outputs: {A: {Value: !FindInMap [Sizes, !Ref P, type]}, B: {Value: !FindInMap [Sizes, !Ref P, count]}}";
    assert_eq!(keys(two), ["small", "large"]);
}

#[test]
fn a_policys_words_are_its_own() {
    let policy = |key: &str| {
        keys(&format!("  U: {{Type: AWS::SNS::Topic, {key}: !Ref P, Properties: {{Name: !Ref P}}}}"))
    };
    assert_eq!(policy("DeletionPolicy"), ["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"]);
    assert_eq!(policy("UpdateReplacePolicy"), ["Delete", "Retain", "Snapshot"]);
}
