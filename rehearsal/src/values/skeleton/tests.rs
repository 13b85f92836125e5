#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::{json, yaml};
use crate::template::Template;
use crate::values::file::parse;

const TEMPLATE: &str = r#"
Parameters:
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
  Name: {Type: String, Description: "The name\n  of it: # all", AllowedPattern: '[a-z]+', MinLength: 3}
  Size: {Type: String, Default: small, AllowedValues: [small, "yes", '1']}
  Word: {Type: String, NoEcho: true, Default: hunter2}
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}
Resources: {T: {Type: AWS::SNS::Topic}}
"#;

#[test]
fn a_skeleton_says_what_is_wanted() {
    let template = Template::parse(TEMPLATE, "t").unwrap();
    let text = yaml(&template, "t.yaml");
    for line in [
        "  # AWS::EC2::VPC::Id; wanted only where something needs it\n  Vpc:\n",
        "  # The name\n  #   of it: # all\n  # String; has to be given\n  # AllowedPattern: [a-z]+\n  # MinLength: 3\n  Name:\n",
        "  # String; one of small, \"yes\", \"1\"; the default is:\n  # Size: small\n",
        "  # String; NoEcho; has a default\n  # Word:\n",
        "kept under /aws/ami; give it below, Resolve, or here\n  # Image:\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_skeleton_is_taken_once_it_is_filled_in() {
    let template = Template::parse(TEMPLATE, "t").unwrap();
    let text = yaml(&template, "t.yaml");
    // As it is, nothing is given.
    assert!(parse(&text, "v").unwrap().parameters.is_empty());
    let text = text.replace("  Vpc:\n", "  Vpc: vpc-1\n").replace("  # Size: small", "  Size: \"1\"");
    let values = parse(&text, "v").unwrap().parameters;
    assert_eq!(
        values.into_iter().collect::<Vec<_>>(),
        [("Size".to_owned(), "1".to_owned()), ("Vpc".to_owned(), "vpc-1".to_owned())]
    );
    let text = json(&template);
    let values = parse(&text.replacen("\"ParameterValue\": \"\"", "\"ParameterValue\": \"vpc-1\"", 1), "v")
        .unwrap()
        .parameters;
    assert_eq!(values.len(), 5);
    assert_eq!(
        (values.get("Vpc").unwrap().as_str(), values.get("Size").unwrap().as_str()),
        ("vpc-1", "small")
    );
    assert!(!text.contains("hunter2"));
}
