//! What mentions a resource that is replaced.

use super::*;

#[test]
fn what_refers_to_a_replaced_resource_follows_it() {
    let address = with(
        resource("Address", "AWS::EC2::EIP", Role::Other, &["Server"]),
        "InstanceId",
        &mention("Server", INSTANCE),
    );
    let bystander =
        with(resource("Note", "AWS::SSM::Parameter", Role::Other, &["Server"]), "Value", INSTANCE);
    let before = with(server(None), "ImageId", "ami-1");
    let mut played = complete(vec![before.clone(), address.clone(), bystander.clone()]);
    played.update(vec![with(before, "ImageId", "ami-2"), address, bystander], 1).unwrap();
    assert!(played.tells("UPDATE_COMPLETE Address"));
    assert!(!played.tells("UPDATE_COMPLETE Note"), "it names the instance and does not refer to it");
}

#[test]
fn a_mention_is_the_whole_id_of_the_resource_it_names() {
    let configuration =
        |name: &str| resource(name, "AWS::AutoScaling::LaunchConfiguration", Role::Other, &[]);
    let note = |name: &str, value: &str| {
        with(resource(name, "AWS::SSM::Parameter", Role::Other, &["Web", "Web1"]), "Value", value)
    };
    let rest = [
        configuration("Web1"),
        note("First", &format!("a{}b", mention("Web", "physical-Web"))),
        note("Longer", &mention("Web1", "physical-Web1")),
        note("Another", &mention("Web1", "physical-Web")),
        note("Literal", "physical-Web"),
    ];
    let with_web = |web| [&[web], rest.as_slice()].concat();
    let mut played = complete(with_web(configuration("Web")));
    played.update(with_web(with(configuration("Web"), "UserData", "b")), 1).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    for (name, follows) in [("First", true), ("Longer", false), ("Another", false), ("Literal", false)] {
        assert_eq!(played.tells(&format!("UPDATE_COMPLETE {name}")), follows, "{name}");
    }
}

#[test]
fn outputs_follow_what_was_replaced() {
    let output = |resources, id: &str| model::Stack {
        extras: [("output Id".to_owned(), mention("Server", id))].into(),
        refusal: None,
        ..stack(resources)
    };
    let server = |image| with(server(None), "ImageId", image);
    let mut played = Played::of(Machine::new(
        output(vec![server("ami-1")], INSTANCE),
        None,
        crate::stack::OnFailure::Rollback,
    ));
    let reaction = played.machine.start(at(0));
    played.carry_out(reaction, at(0));
    let reaction = played.machine.update(output(vec![server("ami-2")], INSTANCE), None, at(1)).unwrap();
    played.carry_out(reaction, at(1));
    let id = played.machine.instance("Server").unwrap().to_owned();
    assert_ne!(id, INSTANCE);
    let same = played.machine.update(output(vec![server("ami-2")], &id), None, at(2)).unwrap_err();
    assert_eq!(same, UpdateError::NoUpdates);
}

#[test]
fn what_a_group_launches_follows_its_launch_configuration() {
    let configuration = resource("Launch", "AWS::AutoScaling::LaunchConfiguration", Role::Other, &[]);
    let from = |id: &str| format!("from {}", mention("Launch", id));
    let group = |launch: &str| {
        let group = Group {
            min_size: 1,
            max_size: 1,
            desired_capacity: 1,
            sets_desired: true,
            keeps_unmodified_sizes: false,
            creation_policy: None,
            update_policy: UpdatePolicy::None,
            launch: launch.to_owned(),
        };
        resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &["Launch"])
    };
    let mut played = complete(vec![configuration.clone(), group(&from("physical-Launch"))]);
    let configuration = with(configuration, "UserData", "b");
    let fresh = with(
        resource("Name", "AWS::SSM::Parameter", Role::Other, &["Launch"]),
        "Value",
        &mention("Launch", "physical-Launch"),
    );
    played.update(vec![configuration.clone(), group(&from("physical-Launch")), fresh.clone()], 1).unwrap();
    assert!(played.tells("UPDATE_COMPLETE Group"));
    // The next template names it by the physical id it has now, and nothing changes by that.
    let id = played
        .machine
        .resources()
        .find(|it| it.logical_id == "Launch")
        .unwrap()
        .physical_id
        .unwrap()
        .to_owned();
    assert_eq!(id, "Launch-2");
    let fresh = with(fresh, "Value", &mention("Launch", &id));
    let same = played.update(vec![configuration, group(&from("Launch-2")), fresh], 2).unwrap_err();
    assert_eq!(same, UpdateError::NoUpdates);
}
