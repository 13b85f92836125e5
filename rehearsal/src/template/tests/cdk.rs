//! A template as the CDK synthesises it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::super::{Inputs, Planned, Supplied, Template};
use crate::model::{
    CreationPolicy, GroupCreationPolicy, Percent, Resource, Role, RollingUpdate, UpdatePolicy,
};

const SERVER: &str = "Server7E7D21FA961747c33479307a";
const FLEET: &str = "FleetASG3971DFE5";
const MINUTE: Duration = Duration::from_secs(60);

fn planned() -> Planned {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cdk/synthesised/Web.template.json");
    let template = Template::load(&path).unwrap();
    let inputs = Inputs {
        stack_name: "web".to_owned(),
        stack_id: "arn:aws:cloudformation:eu-west-1:123456789012:stack/web/1".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &BTreeMap::new(),
        physical_id: &|logical_id, _| format!("web-{logical_id}-1"),
        get_att: &|_, _| None,
        supplied: Supplied::nothing(),
    };
    template.resolve(&inputs).unwrap()
}

fn resource(logical_id: &str) -> Resource {
    planned().stack.resources.into_iter().find(|resource| resource.logical_id == logical_id).unwrap()
}

#[test]
fn it_is_planned_without_any_parameter() {
    let server = resource(SERVER);
    let policy = CreationPolicy { count: 1, timeout: 10 * MINUTE };
    assert_eq!(server.role, Role::Instance { creation_policy: Some(policy) });
    // The route to the internet comes before the instance that needs it.
    assert!(server.dependencies.iter().any(|it| it == "VpcPublicSubnet1Subnet5C2D37C4"), "{server:?}");

    let Role::Group(group) = resource(FLEET).role else { panic!("{FLEET} is a group") };
    assert_eq!((group.min_size, group.max_size, group.desired_capacity), (2, 4, 3));
    let signal = CreationPolicy { count: 3, timeout: 15 * MINUTE };
    assert_eq!(group.creation_policy, Some(GroupCreationPolicy { signal, min_successful: Percent::ALL }));
    let update = RollingUpdate {
        max_batch_size: 1,
        min_instances_in_service: 2,
        min_successful: Percent::from_tenths(500).unwrap(),
        pause: 10 * MINUTE,
        wait_on_resource_signals: true,
        suspends_scaling: true,
    };
    assert_eq!(group.update_policy, UpdatePolicy::Rolling(update));
    assert!(group.launch.contains("FleetLaunchTemplate3FC2FEAE-1⟩.LatestVersionNumber "), "{}", group.launch);
}

#[test]
fn both_run_what_their_init_makes() {
    let planned = planned();
    for logical_id in [SERVER, FLEET] {
        let script = script(&planned, logical_id);
        let lines: Vec<&str> = script.lines().map(str::trim).collect();
        assert_eq!((lines[0], lines[3]), ("#!/bin/bash", "set +e"), "{script}");
        for (line, command) in [(lines[4], "cfn-init -v"), (lines[5], "cfn-signal -e $?")] {
            let begin =
                format!("/opt/aws/bin/{command} --region eu-west-1 --stack web --resource {logical_id}");
            assert!(line.starts_with(&begin), "{line}\n{begin}");
        }
    }
}

#[test]
fn an_instance_has_the_role_that_its_user_data_names() {
    let planned = planned();
    let role = |logical_id: &str| planned.launches[logical_id].role.clone().unwrap();
    assert_eq!(role(SERVER), "web-ServerInstanceRole3D38A6B8-1");
    assert!(script(&planned, SERVER).contains(&format!("--role {} ", role(SERVER))));
    assert_eq!(role(FLEET), "web-FleetInstanceRoleA605DB82-1");
}

fn script(planned: &Planned, logical_id: &str) -> String {
    String::from_utf8(planned.launches[logical_id].user_data.clone().unwrap().unwrap()).unwrap()
}
