//! Templates of the shapes that Amazon's samples made common.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{Inputs, Supplied, Template};
use crate::model::{CreationPolicy, Role, UpdatePolicy, Wait};

const MINUTE: Duration = Duration::from_secs(60);

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/templates/classic").join(name)
}

/// The roles of a template's resources, and what one of them runs.
fn planned(name: &str, logical_id: &str, given: &[(&str, &str)]) -> (BTreeMap<String, Role>, String) {
    let template = Template::load(&path(name)).unwrap();
    let parameters = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let inputs = Inputs {
        stack_name: "web".to_owned(),
        stack_id: "arn:stack".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &parameters,
        physical_id: &|logical_id, _| format!("id-of-{logical_id}"),
        get_att: &|_, _| None,
        supplied: Supplied::nothing(),
    };
    let mut planned = template.resolve(&inputs).unwrap();
    let data = planned.launches.remove(logical_id).unwrap().user_data.unwrap().unwrap();
    let roles =
        planned.stack.resources.into_iter().map(|resource| (resource.logical_id, resource.role)).collect();
    (roles, String::from_utf8(data).unwrap())
}

/// The script without runs of spaces.
fn words(script: &str) -> Vec<String> {
    script.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn lamp_on_one_instance() {
    let (roles, script) = planned("lamp.json", "WebServerInstance", &[]);
    let creation_policy = Some(CreationPolicy { count: 1, timeout: 5 * MINUTE });
    assert_eq!(roles.get("WebServerInstance"), Some(&Role::Instance { creation_policy }));
    assert_eq!(
        words(&script),
        [
            "#!/bin/bash -xe",
            "# The helpers are kept up to date.",
            "yum update -y aws-cfn-bootstrap",
            "",
            "/opt/aws/bin/cfn-init -v --stack web --resource WebServerInstance --configsets InstallAndRun --region eu-west-1",
            "",
            "/opt/aws/bin/cfn-signal -e $? --stack web --resource WebServerInstance --region eu-west-1",
        ]
    );
}

#[test]
fn a_group_in_every_zone() {
    let (roles, script) = planned("autoscaling-multi-az.yaml", "WebServerGroup", &[]);
    let Some(Role::Group(group)) = roles.get("WebServerGroup") else { panic!("{roles:?}") };
    assert_eq!((group.min_size, group.max_size, group.desired_capacity), (1, 3, 2));
    let signal = group.creation_policy.unwrap().signal;
    assert_eq!(signal, CreationPolicy { count: 2, timeout: 15 * MINUTE });
    let UpdatePolicy::Rolling(update) = group.update_policy else { panic!("{group:?}") };
    assert!(update.wait_on_resource_signals && update.pause == 15 * MINUTE);
    assert_eq!(
        words(&script),
        [
            "#!/bin/bash -xe",
            "yum update -y aws-cfn-bootstrap",
            "/opt/aws/bin/cfn-init -v --stack web --resource LaunchConfig --region eu-west-1",
            "/opt/aws/bin/cfn-signal -e $? --stack web --resource WebServerGroup --region eu-west-1",
        ]
    );
}

#[test]
fn a_wait_condition_with_its_handle_in_the_user_data() {
    let (roles, script) = planned("wait-condition.json", "WebServer", &[("WebServerPort", "8080")]);
    let wait = Wait::Handle { handle: "WaitHandle".to_owned(), count: 1, timeout: 5 * MINUTE };
    assert_eq!(roles.get("WaitCondition"), Some(&Role::WaitCondition(wait)));
    assert!(
        script.contains("cfn-init -s arn:stack -r WebServer  --region eu-west-1 || error_exit"),
        "{script}"
    );
    assert!(script.contains("\necho listening at 8080\n"), "{script}");
    assert!(script.ends_with("-e 0 -r \"ready\" -d \"http\" 'id-of-WaitHandle'\n"), "{script}");
}
