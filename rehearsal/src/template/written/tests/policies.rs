//! Policies, and the values in them.

use super::{Template, box_with, inputs, refused, rehearsed, taken};
use crate::lint::{Selection, lint};

#[test]
fn creation_policies_that_wait_for_nothing() {
    let signal = "CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}";
    for (attributes, note, code) in [
        (format!("Type: AWS::SNS::Topic, {signal}"), "AWS::SNS::Topic takes no CreationPolicy", Some("CFS403")),
        (format!("Type: AWS::CloudFormation::WaitConditionHandle, {signal}"), "takes no CreationPolicy", Some("CFS403")),
        ("Type: AWS::EC2::Instance, CreationPolicy: {}".to_owned(), "waits for nothing", Some("CFS403")),
        (
            "Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: !If [No, {Count: 1}, !Ref 'AWS::NoValue']}".to_owned(),
            "waits for nothing",
            None,
        ),
        (
            "Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: !Ref 'AWS::NoValue'}".to_owned(),
            "waits for nothing",
            None,
        ),
        (
            format!("Type: AWS::CloudFormation::WaitCondition, {signal}, Properties: {{Handle: !Ref H, Timeout: '300', Count: 1}}"),
            "signalled by its logical id",
            // Nobody has the handle, so nobody's signal is lost.
            None,
        ),
        ("Type: 'Own::Net::Vpc::MODULE'".to_owned(), "a module: what it holds is not rehearsed", None),
    ] {
        taken(&box_with(&attributes), Some(note), code);
    }
}

#[test]
fn a_wait_condition_with_both_is_waited_for_by_its_policy() {
    use crate::model::{CreationPolicy, Role, Wait};

    let text = box_with(
        "Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT7S}}, Properties: {Handle: !Ref H, Timeout: 300, Count: 3}",
    );
    let stack = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap().stack;
    let policy = CreationPolicy { count: 2, timeout: std::time::Duration::from_secs(7) };
    let found = stack.resources.into_iter().find(|it| it.logical_id == "Box").unwrap();
    assert_eq!(found.role, Role::WaitCondition(Wait::Signals(policy)));
}

#[test]
fn a_value_of_an_update_policy_may_be_a_reference_to_a_resource() {
    let group = |policy: &str| {
        box_with(&format!(
            "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {{AutoScalingRollingUpdate: {{{policy}}}}}, Properties: {{MinSize: 1, MaxSize: 2}}"
        ))
    };
    taken(
        &group("MaxBatchSize: !Ref H"),
        Some("MaxBatchSize refers to the resource H, which is no value of it"),
        None,
    );
    taken(&group("PauseTime: !If [Yes, !Ref H, PT5M]"), Some("counts as not given"), None);
    for wrong in ["MaxBatchSize: !Sub '${H}'", "MaxBatchSize: none"] {
        assert!(rehearsed(&group(wrong)).unwrap_err().contains("is no MaxBatchSize"), "{wrong}");
    }
    let sized =
        box_with("Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref H, MaxSize: 2}");
    assert!(rehearsed(&sized).unwrap_err().contains("is no MinSize"));
}

/// Lint calls them errors by rules of their own.
#[test]
fn timeouts_of_a_wrong_form_are_refused_once_their_resource_is_made() {
    use crate::model::{Role, UpdatePolicy};

    let planned = |attributes: &str| {
        let stack = Template::parse(&box_with(attributes), "t").unwrap().resolve(&inputs()).unwrap().stack;
        stack.resources.into_iter().find(|it| it.logical_id == "Box").unwrap()
    };
    let policy = |timeout: &str| {
        format!("Type: AWS::EC2::Instance, CreationPolicy: {{ResourceSignal: {{Timeout: {timeout}}}}}")
    };
    let condition = |timeout: &str| {
        format!(
            "Type: AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref H, Timeout: {timeout}}}"
        )
    };
    for (attributes, reason, code) in [
        (
            policy("900"),
            Some("\"900\" is no Timeout of a CreationPolicy, PT#H#M#S; for 900 seconds write PT15M"),
            "CFS004",
        ),
        (
            policy("15 minutes"),
            Some("\"15 minutes\" is no Timeout of a CreationPolicy, PT#H#M#S; for 15 minutes write PT15M"),
            "CFS004",
        ),
        (
            policy("PT13H"),
            Some("a Timeout of PT13H is more than CloudFormation waits, which is 12 hours: PT12H"),
            "CFS003",
        ),
        (policy("PT12H"), None, ""),
        (condition("43201"), Some("Value for Timeout property must be less than 43200"), "CFS003"),
        (
            condition("PT5M"),
            Some("\"PT5M\" is no Timeout of a wait condition, a number of seconds; for PT5M write 300"),
            "CFS004",
        ),
        (condition("43200"), None, ""),
    ] {
        assert_eq!(planned(&attributes).refusal.as_deref(), reason, "{attributes}");
        let report = lint(&box_with(&attributes), "t", &Selection::default()).unwrap();
        let told = report.findings.iter().any(|it| it.rule.code == code);
        assert_eq!(told, reason.is_some(), "{attributes}: {:?}", report.findings);
    }
    for (pause, code) in [("300", "CFS004"), ("PT61M", "CFS003"), ("PT1H", "")] {
        let attributes = format!(
            "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {{AutoScalingRollingUpdate: {{PauseTime: {pause}}}}}, Properties: {{MinSize: 1, MaxSize: 2}}"
        );
        let group = planned(&attributes);
        assert_eq!(group.refusal, None, "{pause}");
        let Role::Group(group) = group.role else { unreachable!() };
        let UpdatePolicy::Rolling(update) = group.update_policy else { unreachable!() };
        assert_eq!(update.pause > crate::duration::LONGEST_PAUSE, !code.is_empty(), "{pause}");
        let report = lint(&box_with(&attributes), "t", &Selection::default()).unwrap();
        assert_eq!(report.findings.iter().any(|it| it.rule.code == code), !code.is_empty(), "{pause}");
    }
}

#[test]
fn policies_that_are_no_maps() {
    for attributes in [
        "Type: AWS::EC2::Instance, CreationPolicy: !Ref H",
        "Type: AWS::EC2::Instance, CreationPolicy: !If [No, {ResourceSignal: {}}, !Ref H]",
        "Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: !Select [0, [{}]], Properties: {MinSize: 1, MaxSize: 1}",
    ] {
        refused(&box_with(attributes), "Template format error: Expected an object");
    }
    for (key, value) in
        [("DeletionPolicy", "!If [No, Retain, Delete]"), ("UpdateReplacePolicy", "!Ref AWS::Region")]
    {
        let message = format!("Template format error: Every {key} member must be a string.");
        refused(&box_with(&format!("Type: AWS::SNS::Topic, {key}: {value}")), &message);
        let text = box_with("Type: AWS::SNS::Topic, DeletionPolicy: !If [No, Retain, Delete]");
        taken(&format!("Transform: AWS::LanguageExtensions\n{text}"), None, None);
    }
}
