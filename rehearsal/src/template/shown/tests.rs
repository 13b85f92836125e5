#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;

use super::*;
use crate::template::Supplied;

fn template(text: &str) -> Template {
    Template::parse(text, "t.yaml").unwrap()
}

#[test]
fn outputs_that_can_be_known_are_shown() {
    let template = template(
        "
Conditions: {No: !Equals [a, b]}
Resources: {Box: {Type: AWS::EC2::Instance}}
Outputs:
  Id: {Value: !Ref Box, Description: the box, Export: {Name: !Sub '${AWS::StackName}-box'}}
  Where: {Value: !GetAtt Box.Arn}
  Never: {Value: x, Condition: No}
",
    );
    let parameters = BTreeMap::new();
    let inputs = Inputs {
        stack_name: "web".to_owned(),
        stack_id: "arn:web".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &parameters,
        physical_id: &|_, _| "i-1".to_owned(),
        get_att: &|_, _| None,
        supplied: Supplied::nothing(),
    };
    let outputs = template.outputs(&inputs).unwrap();
    assert_eq!(
        outputs,
        [Output {
            key: "Id".to_owned(),
            value: "i-1".to_owned(),
            description: Some("the box".to_owned()),
            export_name: Some("web-box".to_owned()),
        }]
    );
}

#[test]
fn what_touches_permissions_needs_leave() {
    let of = |text: &str| template(text).capability().map(|it| (it.name, it.resource_types.join(" ")));
    assert_eq!(of("Resources: {A: {Type: AWS::S3::Bucket}}"), None);
    let role = "AWS::IAM::Role".to_owned();
    assert_eq!(
        of("Resources: {A: {Type: AWS::IAM::Role}, B: {Type: AWS::IAM::Role}}"),
        Some(("CAPABILITY_IAM", role.clone()))
    );
    assert_eq!(
        of("Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}"),
        Some(("CAPABILITY_NAMED_IAM", role))
    );
    // Whose key it is, is no name of the template's choice.
    assert_eq!(
        of("Resources: {A: {Type: AWS::IAM::AccessKey, Properties: {UserName: x}}}"),
        Some(("CAPABILITY_IAM", "AWS::IAM::AccessKey".to_owned()))
    );
}
