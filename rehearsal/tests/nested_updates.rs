//! Updates of stacks within stacks: they are updated, and go back, together.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::nested::{APP, PARENT, events, folder, plain};
use crate::common::{Served, file, rehearse, signal_query, text};

#[test]
fn an_update_reaches_nested_stacks() {
    let served = Served::account(&["--clock", "virtual", "--quiet", "3600"]);
    let folder = folder(&[("parent.yaml", PARENT), ("app.yaml", APP)]);
    let url = format!("file://{}/parent.yaml", folder.path().display());
    served.result("CreateStack", &[("StackName", "rehearsal"), ("TemplateURL", &url)]);
    let nested = |field: &str| {
        let all = served.result("DescribeStacks", &[]);
        let it =
            all["Stacks"].as_array().unwrap().iter().find(|it| it["ParentId"].is_string()).unwrap().clone();
        it[field].as_str().unwrap().to_owned()
    };
    let signal = |status: &str| {
        let name = nested("StackName");
        let instance = served.instances().pop().unwrap();
        let id = instance["InstanceId"].as_str().unwrap();
        served.signed(
            &signal_query(&name, instance["LogicalResourceId"].as_str().unwrap(), id, status),
            &served.key(),
            0,
        )
    };
    assert_eq!(signal("SUCCESS").status, 200);
    let status = |name: &str| {
        let stacks = served.result("DescribeStacks", &[("StackName", name)]);
        stacks["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
    };
    assert_eq!(status("rehearsal"), "CREATE_COMPLETE");
    let update = |parameters: &[(&str, &str)]| {
        served.call(
            "UpdateStack",
            &[&[("StackName", "rehearsal"), ("TemplateURL", &*url)], parameters].concat(),
        )
    };
    assert_eq!(update(&[]).error().1, "No updates are to be performed.");
    // A parameter of its own.
    let colour =
        [("Parameters.member.1.ParameterKey", "Colour"), ("Parameters.member.1.ParameterValue", "green")];
    assert_eq!(update(&colour).status, 200);
    let outputs = |name: &str| {
        served.result("DescribeStacks", &[("StackName", name)])["Stacks"][0]["Outputs"][0]["OutputValue"]
            .clone()
    };
    assert_eq!(
        (status("rehearsal"), nested("StackStatus")),
        ("UPDATE_COMPLETE".to_owned(), "UPDATE_COMPLETE".to_owned())
    );
    assert_eq!(outputs("rehearsal"), "green-server");
    // Another template at the same URL: its new instance has to signal, and does not.
    let two = APP.replace(
        "Outputs:",
        "  Second: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT5M}}}\nOutputs:",
    );
    file(&folder, "app.yaml", &two);
    assert_eq!(update(&colour).status, 200);
    assert_eq!(
        (status("rehearsal"), nested("StackStatus")),
        ("UPDATE_IN_PROGRESS".to_owned(), "UPDATE_IN_PROGRESS".to_owned())
    );
    assert_eq!(signal("FAILURE").status, 200);
    let complete = "UPDATE_ROLLBACK_COMPLETE".to_owned();
    assert_eq!((status("rehearsal"), nested("StackStatus")), (complete.clone(), complete));
    let events = served.result("DescribeStackEvents", &[("StackName", "rehearsal")]);
    let events = events["StackEvents"].as_array().unwrap().iter().rev().map(|it| {
        let reason = it["ResourceStatusReason"].as_str().map(|it| format!(": {it}")).unwrap_or_default();
        let reason = reason.replace(served.instances()[0]["InstanceId"].as_str().unwrap(), "ID");
        plain(&format!(
            "{} {}{reason}",
            it["ResourceStatus"].as_str().unwrap(),
            it["LogicalResourceId"].as_str().unwrap()
        ))
    });
    let events: Vec<_> = events.collect();
    let expected = [
        "UPDATE_IN_PROGRESS rehearsal: User Initiated",
        "UPDATE_IN_PROGRESS App",
        "UPDATE_FAILED App: Embedded stack arn(App~) was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS \
         with reason: The following resource(s) failed to create: [Second]. ",
        "UPDATE_ROLLBACK_IN_PROGRESS rehearsal: The following resource(s) failed to update: [App]. ",
        "UPDATE_IN_PROGRESS App",
        "UPDATE_COMPLETE App",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS rehearsal",
        "UPDATE_ROLLBACK_COMPLETE rehearsal",
    ];
    assert_eq!(events[events.len() - expected.len()..], expected, "{events:#?}");
    assert_eq!(outputs("rehearsal"), "green-server");
    // One that is no longer there goes.
    let none = "Resources: {After: {Type: AWS::SNS::Topic}}";
    assert_eq!(served.call("UpdateStack", &[("StackName", "rehearsal"), ("TemplateBody", none)]).status, 200);
    assert_eq!(status("rehearsal"), "UPDATE_COMPLETE");
    let living = served.result("DescribeStacks", &[]);
    assert_eq!(living["Stacks"].as_array().unwrap().len(), 1);
}

#[test]
fn an_update_that_fails_elsewhere_brings_nested_stacks_back() {
    let parent = format!(
        "{}  Server:\n    Type: AWS::EC2::Instance\n    DependsOn: App\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
         Properties: {{ImageId: !Sub 'ami-${{Colour}}'}}\nOutputs: {{Given: {{Value: !GetAtt App.Outputs.Told}}}}\n",
        PARENT.split("Outputs:").next().unwrap()
    );
    let app = APP.replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n", "");
    let old = folder(&[("parent.yaml", &parent), ("app.yaml", &app)]);
    let new = folder(&[
        ("parent.yaml", &parent.replace("ami-$", "ami-2-$")),
        ("app.yaml", &app.replace("-server", "-other")),
    ]);
    let output = rehearse()
        .arg("run")
        .arg(new.path().join("parent.yaml"))
        .arg("--update-from")
        .arg(old.path().join("parent.yaml"))
        .args(["--stub", "cfn-signal=0", "--output", "json", "--cfn-signal", "/bin/true"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let told = events(&output);
    assert_eq!(
        told,
        [
            "UPDATE_IN_PROGRESS rehearsal: User Initiated",
            "UPDATE_IN_PROGRESS App",
            "UPDATE_IN_PROGRESS App~: User Initiated",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS App~",
            "UPDATE_COMPLETE App",
            "UPDATE_IN_PROGRESS Server: Requested update requires the creation of a new physical resource; hence creating one.",
            "UPDATE_IN_PROGRESS Server: Resource creation Initiated",
            "UPDATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration",
            "UPDATE_ROLLBACK_IN_PROGRESS rehearsal: The following resource(s) failed to update: [Server]. ",
            "UPDATE_IN_PROGRESS App",
            "UPDATE_ROLLBACK_IN_PROGRESS App~",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS App~",
            "UPDATE_COMPLETE App",
            "UPDATE_COMPLETE Server",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS rehearsal",
            "UPDATE_ROLLBACK_COMPLETE App~",
            "DELETE_IN_PROGRESS Server",
            "DELETE_COMPLETE Server",
            "UPDATE_ROLLBACK_COMPLETE rehearsal",
        ]
    );
}

#[test]
fn an_update_under_way_is_cancelled_with_its_parents() {
    // Both wait; the parent's own gives up first.
    let parent = format!(
        "{}  Server:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
         Properties: {{ImageId: ami-1}}\n",
        PARENT.split("  After:").next().unwrap(),
    );
    let app = APP.replace("PT5M", "PT10M");
    let old = folder(&[("parent.yaml", &parent), ("app.yaml", &app)]);
    let new = folder(&[
        ("parent.yaml", &parent.replace("ami-1", "ami-2")),
        ("app.yaml", &app.replace("ami-", "ami-1")),
    ]);
    let output = rehearse()
        .arg("run")
        .arg(new.path().join("parent.yaml"))
        .arg("--update-from")
        .arg(old.path().join("parent.yaml"))
        .args(["--stub", "cfn-signal=0", "--output", "json", "--cfn-signal", "/bin/true"])
        .output()
        .unwrap();
    let told = events(&output);
    let of = |name: &str| -> Vec<_> {
        told.iter().filter(|it| it.split([' ', ':']).nth(1) == Some(name)).map(String::as_str).collect()
    };
    assert_eq!(
        of("App"),
        [
            "UPDATE_IN_PROGRESS App",
            "UPDATE_FAILED App: Resource update cancelled",
            "UPDATE_IN_PROGRESS App",
            "UPDATE_COMPLETE App",
        ]
    );
    assert_eq!(
        of("App~"),
        [
            "UPDATE_IN_PROGRESS App~: User Initiated",
            "UPDATE_ROLLBACK_IN_PROGRESS App~",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS App~",
            "UPDATE_ROLLBACK_COMPLETE App~",
        ]
    );
    assert!(told.contains(&"UPDATE_FAILED Server: Resource update cancelled".to_owned()), "{told:#?}");
    assert_eq!(told.last().unwrap(), "UPDATE_ROLLBACK_COMPLETE rehearsal");
}
