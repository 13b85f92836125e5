#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Inputs, Template, inputs::sample::inputs};
use super::*;

fn planned(text: &str, inputs: &Inputs<'_>) -> Result<Planned, TemplateError> {
    Template::parse(text, "t").and_then(|template| template.resolve(inputs))
}

const TWO: &str = "
Resources:
  One: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {}}, Properties: {UserData: !Base64 first}}
  Two:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {}}
    UpdatePolicy: {AutoScalingRollingUpdate: {WaitOnResourceSignals: true, PauseTime: PT5M}}
    Properties: {MinSize: 1, MaxSize: 1, LaunchConfigurationName: !Ref Gone}
  Gone: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {UserData: !Base64 {'Fn::ImportValue': x}}}
";

fn chosen(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn one_that_is_chosen_keeps_its_policies_and_the_others_lose_theirs() {
    let mut planned = planned(TWO, &inputs()).unwrap();
    assert_eq!(planned.choose(&chosen(&["One"])).unwrap(), ["Two"]);
    let waits: Vec<_> = planned
        .stack
        .resources
        .iter()
        .map(|it| match &it.role {
            Role::Instance { creation_policy } => creation_policy.is_some(),
            Role::Group(group) => {
                group.creation_policy.is_some()
                    || matches!(&group.update_policy, UpdatePolicy::Rolling(it) if it.wait_on_resource_signals)
            }
            _ => false,
        })
        .zip(planned.stack.resources.iter().map(|it| it.logical_id.as_str()))
        .filter_map(|(waits, id)| waits.then_some(id))
        .collect();
    assert_eq!(waits, ["One"]);
    assert_eq!(planned.choose(&chosen(&["One"])).unwrap(), [""; 0]);
}

#[test]
fn several_can_be_chosen_and_none_is_all() {
    let waiting = |choice: &[&str]| {
        let mut planned = planned(TWO, &inputs()).unwrap();
        let left_out = planned.choose(&chosen(choice)).unwrap();
        left_out.join(", ")
    };
    assert_eq!(waiting(&[]), "");
    assert_eq!(waiting(&["One", "Two"]), "");
    assert_eq!(waiting(&["Two"]), "One");
}

#[test]
fn only_what_launches_instances_can_be_chosen() {
    let mut planned = planned(TWO, &inputs()).unwrap();
    assert_eq!(
        planned.choose(&chosen(&["Three"])).unwrap_err().to_string(),
        "t: there is no resource Three; the template's instances are One, Two"
    );
    assert_eq!(
        planned.choose(&chosen(&["One", "Gone"])).unwrap_err().to_string(),
        "t: Gone is of type AWS::AutoScaling::LaunchConfiguration; the template's instances are One, Two"
    );
}

#[test]
fn user_data_that_cannot_be_known_stands_in_the_way_of_its_own_resource_only() {
    let planned = planned(TWO, &inputs()).unwrap();
    assert_eq!(planned.launches["One"].user_data, Ok(Some(b"first".to_vec())));
    assert!(planned.check_user_data(|id| id == "One").is_ok());
    let runs: [fn(&str) -> bool; 2] = [|_| true, |id| id == "Two"];
    for runs in runs {
        let error = planned.check_user_data(runs).unwrap_err().to_string();
        assert!(error.contains("Fn::ImportValue is needed here"), "{error}");
    }
}

#[test]
fn each_resource_may_produce_as_much_text_as_any_other() {
    let long = "x".repeat(4000);
    // Some 15 MiB each.
    let data = format!(
        "!Base64 {{'Fn::Select': ['0', {{'Fn::Split': ['|', {{'Fn::Join': ['', [hi, '|', {}]]}}]}}]}}",
        "!Ref P, ".repeat(1300)
    );
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {long}}}}}\nResources:\n  \
         One: {{Type: AWS::EC2::Instance, Properties: {{UserData: {data}}}}}\n  \
         Two: {{Type: AWS::EC2::Instance, Properties: {{UserData: {data}}}}}"
    );
    let planned = planned(&text, &inputs()).unwrap();
    for logical_id in ["One", "Two"] {
        assert_eq!(planned.launches[logical_id].user_data, Ok(Some(b"hi".to_vec())), "{logical_id}");
    }
}
