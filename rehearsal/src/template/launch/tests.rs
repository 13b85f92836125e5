use super::super::inputs::sample::{self, inputs};

const TEMPLATE: &str = "
Parameters:
  Given: {Type: String, Default: lt-0123}
  Unknown: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /lt}
Conditions: {Never: !Equals [a, b]}
Resources:
  One:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateName: !Sub '${AWS::StackName}-one', LaunchTemplateData: {UserData: !Base64 one}}
  Two:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {ImageId: ami-1, UserData: !Base64 {Ref: 'AWS::StackName'}}}
  Like: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {UserData: !Base64 one}}}
  Empty: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-1}}}
  Gone: {Type: AWS::EC2::LaunchTemplate, Condition: Never, Properties: {LaunchTemplateName: gone}}
  Old:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {UserData: !Base64 {'Fn::Join': ['', [o, ld]]}}
  Server:
";

/// What the resource `Server`, of that type and with these properties, runs; or why nobody knows.
fn user_data(resource_type: &str, properties: &str) -> String {
    let text = format!("{TEMPLATE}    {{Type: {resource_type}, Properties: {{{properties}}}}}\n");
    sample::user_data(&text, &inputs())
}

#[test]
fn instances() {
    for (properties, expected) in [
        ("UserData: !Base64 own", "own"),
        ("UserData: !Base64 own, LaunchTemplate: {LaunchTemplateId: !Ref One}", "own"),
        ("UserData: !Ref AWS::NoValue, LaunchTemplate: {LaunchTemplateId: !Ref One}", "one"),
        ("LaunchTemplate: {LaunchTemplateId: !Ref Two, Version: !GetAtt Two.LatestVersionNumber}", "stack"),
        ("LaunchTemplate: {LaunchTemplateId: !Sub '${Two}', Version: '1'}", "stack"),
        ("LaunchTemplate: {LaunchTemplateName: stack-one, Version: $Latest}", "one"),
        ("LaunchTemplate: !If [Never, {LaunchTemplateId: a}, {LaunchTemplateId: !Ref One}]", "one"),
        ("LaunchTemplate: {LaunchTemplateId: !Ref Empty}", "nothing"),
        ("LaunchTemplate: !Ref AWS::NoValue", "nothing"),
        ("LaunchConfigurationName: !Ref Old", "old"),
        ("InstanceId: i-0", "nothing"),
    ] {
        assert_eq!(user_data("AWS::EC2::Instance", properties), expected, "{properties}");
    }
}

#[test]
fn groups() {
    let mixed = |overrides: &str| {
        format!(
            "MixedInstancesPolicy: {{LaunchTemplate: {{LaunchTemplateSpecification: {{LaunchTemplateId: !Ref One}}, Overrides: [{overrides}]}}}}"
        )
    };
    for (properties, expected) in [
        (
            "LaunchTemplate: {LaunchTemplateId: !Ref Two, Version: !GetAtt Two.LatestVersionNumber}"
                .to_owned(),
            "stack",
        ),
        ("LaunchConfigurationName: !Ref Old".to_owned(), "old"),
        (mixed(""), "one"),
        (mixed("{InstanceType: a}, {LaunchTemplateSpecification: {LaunchTemplateId: !Ref Like}}"), "one"),
        ("MinSize: 1".to_owned(), "nothing"),
    ] {
        assert_eq!(user_data("AWS::AutoScaling::AutoScalingGroup", &properties), expected, "{properties}");
    }
}

#[test]
fn what_cannot_be_known() {
    for (properties, expected) in [
        (
            "LaunchTemplate: {LaunchTemplateId: !Ref Given}",
            "LaunchTemplateId: the launch template \"lt-0123\" is not in this template, and only the real service knows its user data; the whole user data can be given with --user-data FILE",
        ),
        (
            "LaunchTemplate: {LaunchTemplateName: gone}",
            "LaunchTemplateName: the launch template \"gone\" is not in this template, and only the real service knows its user data; the whole user data can be given with --user-data FILE",
        ),
        (
            "LaunchTemplate: {LaunchTemplateId: !Ref Unknown}",
            "LaunchTemplateId: the parameter Unknown is needed here and its value cannot be known; give it with --param Unknown=VALUE, or with --resolve ssm:/lt=VALUE; the whole user data can be given with --user-data FILE",
        ),
        (
            "LaunchTemplate: {Version: 1}",
            "LaunchTemplate: a launch template is named by its LaunchTemplateId or its LaunchTemplateName",
        ),
        (
            "LaunchConfigurationName: web",
            "LaunchConfigurationName: the launch configuration \"web\" is not in this template, and only the real service knows its user data; the whole user data can be given with --user-data FILE",
        ),
        (
            "InstanceId: i-0",
            "InstanceId: the group is launched as the instance it names, and only the real service knows that one's user data; the whole user data can be given with --user-data FILE",
        ),
        (
            "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: {LaunchTemplateId: !Ref One}, Overrides: [{LaunchTemplateSpecification: {LaunchTemplateId: !Ref Two}}]}}",
            "LaunchTemplateId: the Overrides launch from several launch templates whose user data differ, and only the real service knows which of them an instance gets; the whole user data can be given with --user-data FILE",
        ),
    ] {
        let told = user_data("AWS::AutoScaling::AutoScalingGroup", properties);
        assert!(
            told.starts_with("t:20:") && told.ends_with(expected),
            "{properties}\n  {told}\n  {expected}"
        );
    }
}
