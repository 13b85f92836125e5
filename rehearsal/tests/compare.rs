//! `cfn-rehearse compare`: what counts as a difference, what does not, and what cannot be compared.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::process::Stdio;

use crate::common::{file, rehearse, text};
use crate::facts::{Facts, instance};
use serde_json::Value;
use tempfile::TempDir;

const TWO: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic}
  TopicOfAnother: {Type: AWS::SNS::Topic}
  BoxA:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT10M}}
    Properties: {ImageId: ami-0abcdef1234567890}
  BoxB:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT10M}}
    Properties: {ImageId: ami-0abcdef1234567890}
";

fn begun() -> Facts {
    Facts::default().stack("CREATE_IN_PROGRESS", "User Initiated")
}

impl Facts {
    fn begins(self, id: &str) -> Self {
        self.say(id, "CREATE_IN_PROGRESS", "").say(id, "CREATE_IN_PROGRESS", "Resource creation Initiated")
    }

    fn receives(self, id: &str, number: u32) -> Self {
        self.pause(10)
            .say(
                id,
                "CREATE_IN_PROGRESS",
                &format!("Received SUCCESS signal with UniqueId {}", instance(number)),
            )
            .say(id, "CREATE_COMPLETE", "")
    }
}

/// Two instances and two topics, all of them good.
fn good() -> Facts {
    begun()
        .begins("BoxB")
        .begins("Topic")
        .begins("BoxA")
        .begins("TopicOfAnother")
        .pause(20)
        .say("TopicOfAnother", "CREATE_COMPLETE", "")
        .receives("BoxA", 1)
        .receives("BoxB", 2)
        .say("Topic", "CREATE_COMPLETE", "")
        .stack("CREATE_COMPLETE", "")
}

fn json(log: &Facts, template: &str) -> (Option<i32>, Value) {
    let (code, said) = log.compare(template, None, &["--output", "json"]);
    (code, serde_json::from_str(said.lines().next().unwrap()).unwrap())
}

#[test]
fn what_does_not_depend_on_each_other_may_come_in_any_order() {
    good().assert_same(TWO, None, &[]);
}

#[test]
fn another_status_another_reason_and_an_event_too_few_are_told() {
    let log = begun()
        .begins("Topic")
        .say("Topic", "CREATE_COMPLETE", "")
        .begins("TopicOfAnother")
        .say("TopicOfAnother", "CREATE_COMPLETE", "")
        .begins("BoxA")
        .begins("BoxB")
        .receives("BoxA", 1)
        .say("BoxB", "CREATE_IN_PROGRESS", "Something new")
        .receives("BoxB", 2)
        .stack("CREATE_COMPLETE", "Because");
    let (code, it) = json(&log, TWO);
    assert_eq!((code, &it["result"]), (Some(1), &"different".into()));
    let kinds: Vec<_> =
        it["differences"].as_array().unwrap().iter().map(|it| (&it["kind"], &it["logical_id"])).collect();
    assert_eq!(kinds, [(&"missing".into(), &"BoxB".into()), (&"reason".into(), &"web".into())]);
    assert_eq!(it["differences"][0]["log"]["reason"], "Something new");
    assert_eq!(it["differences"][1]["rehearsal"]["reason"], Value::Null);
    let (_, said) = log.compare(TWO, None, &[]);
    assert!(
        said.contains(
            "BoxB: only the log has it\n  log        CREATE_IN_PROGRESS  Something new\n  rehearsal  -"
        ),
        "{said}"
    );
}

#[test]
fn a_signal_in_vain_ends_otherwise_than_the_log() {
    let log = begun()
        .begins("Topic")
        .say("Topic", "CREATE_COMPLETE", "")
        .begins("TopicOfAnother")
        .say("TopicOfAnother", "CREATE_COMPLETE", "")
        .begins("BoxA")
        .begins("BoxB")
        .receives("BoxA", 1)
        .pause(1000)
        .receives("BoxB", 2)
        .stack("CREATE_COMPLETE", "");
    let (code, it) = json(&log, TWO);
    assert_eq!(code, Some(1));
    assert_eq!(it["differences"][0]["logical_id"], "BoxB", "{it}");
    let ours = it["differences"].as_array().unwrap().iter().map(|it| &it["rehearsal"]["reason"]);
    let reasons: Vec<_> = ours.filter_map(Value::as_str).collect();
    assert_eq!(reasons[0], "Failed to receive 1 resource signal(s) within the specified duration");
}

#[test]
fn a_signal_that_was_counted_just_after_its_timeout_counts() {
    for (late, exit) in [(585, 0), (700, 1)] {
        let log = begun()
            .begins("Topic")
            .say("Topic", "CREATE_COMPLETE", "")
            .begins("TopicOfAnother")
            .say("TopicOfAnother", "CREATE_COMPLETE", "")
            .begins("BoxA")
            .begins("BoxB")
            .receives("BoxA", 1)
            .pause(late)
            .receives("BoxB", 2)
            .stack("CREATE_COMPLETE", "");
        let (code, it) = json(&log, TWO);
        assert_eq!(code, Some(exit), "{late}: {it}");
    }
}

#[test]
fn where_an_operation_fails_how_far_others_had_come_is_a_matter_of_speed() {
    let failed = "Failed to receive 1 resource signal(s) within the specified duration";
    let log = begun()
        .begins("Topic")
        .begins("BoxA")
        .begins("BoxB")
        .receives("BoxB", 2)
        .pause(600)
        .say("BoxA", "CREATE_FAILED", failed)
        .say("Topic", "CREATE_FAILED", "Resource creation cancelled")
        .stack(
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Topic, BoxA]. Rollback requested by user.",
        )
        .say("Topic", "DELETE_COMPLETE", "")
        .say("BoxB", "DELETE_IN_PROGRESS", "")
        .say("BoxA", "DELETE_IN_PROGRESS", "")
        .say("BoxB", "DELETE_COMPLETE", "")
        .say("BoxA", "DELETE_COMPLETE", "")
        .stack("ROLLBACK_COMPLETE", "");
    let (code, it) = json(&log, TWO);
    assert_eq!(code, Some(0), "{it}");
    assert_eq!(it["set_aside"], serde_json::json!(["Topic", "TopicOfAnother"]));
}

#[test]
fn the_order_of_what_decides_counts() {
    // The stack is complete before the last of its instances has signalled.
    let log = begun()
        .begins("Topic")
        .say("Topic", "CREATE_COMPLETE", "")
        .begins("TopicOfAnother")
        .say("TopicOfAnother", "CREATE_COMPLETE", "")
        .begins("BoxA")
        .begins("BoxB")
        .receives("BoxA", 1)
        .pause(5)
        .stack("CREATE_COMPLETE", "");
    // Not of the operation any more by its events, so it is said of another page.
    let (code, it) = json(&log.clone().receives("BoxB", 2), TWO);
    assert_eq!(code, Some(1), "{it}");
    let orders: Vec<_> =
        it["differences"].as_array().unwrap().iter().filter(|it| it["kind"] == "order").collect();
    assert_eq!(orders.len(), 1, "{it}");
    assert_eq!(
        (&orders[0]["logical_id"], &orders[0]["after"]["logical_id"]),
        (&"web".into(), &"BoxB".into())
    );
}

#[test]
fn one_operation_of_several_is_chosen_and_the_others_are_listed() {
    let log = good()
        .pause(600)
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .say("Topic", "UPDATE_IN_PROGRESS", "")
        .say("Topic", "UPDATE_COMPLETE", "")
        .stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
        .stack("UPDATE_COMPLETE", "")
        .pause(600)
        .stack("DELETE_IN_PROGRESS", "User Initiated")
        .stack("DELETE_COMPLETE", "");
    log.assert_same(TWO, None, &["--operation", "1"]);
    let new = TWO.replacen("AWS::SNS::Topic}", "AWS::SNS::Topic, Properties: {DisplayName: other}}", 1);
    log.assert_same(&new, Some(TWO), &[]);
    for (options, why) in [
        (&[][..], "say with --update-from"),
        (&["--operation", "3"], "nothing waits for a signal"),
        (
            &["--operation", "9"],
            "the log has 1: a creation, 2024-08-27T14:00:00.400Z, CREATE_COMPLETE; 2: an update",
        ),
    ] {
        let (code, said) = log.compare(TWO, None, options);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.to_lowercase().contains(&why.to_lowercase()), "{said}");
    }
    let (code, said) = log.compare(TWO, Some(TWO), &["--operation", "1"]);
    assert!(code == Some(2) && said.contains("leave out --update-from"), "{said}");
}

#[test]
fn what_cannot_be_compared_says_why() {
    let own = begun()
        .begins("BoxA")
        .say("BoxA", "CREATE_FAILED", "The image id '[ami-0abcdef1234567890]' does not exist (Service: Ec2)")
        .stack(
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [BoxA]. Rollback requested by user.",
        );
    let unknown = begun().begins("Pool").stack("CREATE_COMPLETE", "");
    let other = begun().begins("Topic").with("ResourceType", "AWS::SQS::Queue").stack("CREATE_COMPLETE", "");
    let few = begun().begins("BoxA").receives("BoxA", 1).stack("CREATE_COMPLETE", "");
    let nested = begun()
        .say("Topic", "CREATE_IN_PROGRESS", "")
        .with("StackName", "web-Child")
        .with("StackId", "arn:child");
    let cancelled = Facts::default()
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .stack("UPDATE_ROLLBACK_IN_PROGRESS", "User cancelled the update");
    for (log, old, why) in [
        (own, None, "BoxA is CREATE_FAILED in the log for a reason that has nothing to do with signals"),
        (unknown, None, "tells of Pool, which the template does not have"),
        (other, None, "Topic is AWS::SQS::Queue in the log and AWS::SNS::Topic in the template"),
        (few, None, "complete without Topic, TopicOfAnother, BoxB"),
        (nested, None, "events of 2 stacks (web, web-Child)"),
        (Facts::default().begins("BoxA"), None, "no creation and no update of stack web begins in it"),
        (cancelled, Some(TWO), "UPDATE_ROLLBACK_IN_PROGRESS (User cancelled the update)"),
    ] {
        let (code, said) = log.compare(TWO, old, &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(why), "{why}: {said}");
    }
    let (code, said) = good().compare(
        "Parameters: {A: {Type: String}}\nResources: {Topic: {Type: AWS::SNS::Topic}}",
        None,
        &["--output", "json"],
    );
    assert_eq!(code, Some(2));
    assert!(said.starts_with("{\"result\":\"not-comparable\"") && said.contains("--param"), "{said}");
}

/// Runs `compare` with a log from standard input.
fn from_stdin(log: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let template = file(&folder, "template.yaml", TWO).display().to_string();
    let arguments: Vec<_> =
        arguments.iter().map(|it| if *it == "TEMPLATE" { template.as_str() } else { it }).collect();
    let mut child = rehearse()
        .arg("compare")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn pages_lists_and_lines_are_read_from_standard_input_too() {
    let whole: Value = serde_json::from_str(&good().json()).unwrap();
    let events = whole["StackEvents"].as_array().unwrap();
    let (newer, older) = events.split_at(4);
    let page =
        |events: &[Value]| serde_json::json!({ "StackEvents": events, "NextToken": "abc" }).to_string();
    let lines: String = events.iter().map(|it| format!("{it}\n")).collect();
    let list = serde_json::json!(events).to_string();
    // A page that is there twice, the older first.
    let pages = page(older) + "\n" + &page(newer) + &page(newer);
    let operations = serde_json::json!({ "OperationEvents": events }).to_string();
    for log in [lines, list, pages, operations] {
        let (code, said) = from_stdin(&log, &["TEMPLATE", "-"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("12 events compared"), "{said}");
    }
    for (log, why) in [
        ("", "has no events"),
        ("[{\"StackName\": \"web\"}]", "event 1 has no Timestamp"),
        ("StackEvents:\n- a", "--output json"),
    ] {
        let (code, said) = from_stdin(log, &["TEMPLATE", "-"]);
        assert!(code == Some(2) && said.contains(why), "{said}");
    }
}

#[test]
fn an_anonymised_log_tells_nothing_and_compares_as_it_did() {
    let properties = r#"{"KeyName":"acme-key","Tags":[{"Key":"owner","Value":"Jane Roe"}],"Port":"8443"}"#;
    let secretive = good()
        .with("ClientRequestToken", "deploy-acme-42")
        .say("BoxA", "UPDATE_IN_PROGRESS", "")
        .with("ResourceProperties", properties)
        .say(
            "BoxA",
            "UPDATE_FAILED",
            "Jane Roe's acme-key at https://vault.acme.example/x?t=1 (10.1.2.3, jane@acme.example) of \
             arn:aws:iam::999988887777:role/acme was refused for web-Topic-1A2B3C4D5E6F, sg-0123456789abcdef0 and \
             999988887777: AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE1 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        );
    let (code, once) = from_stdin(&secretive.json(), &["--anonymise", "-"]);
    assert_eq!(code, Some(0), "{once}");
    for particular in [
        "999988887777",
        "0f8fad5b",
        "\"web",
        "web-",
        "Jane",
        "acme",
        "vault",
        "10.1.2.3",
        "8443",
        "sg-0123",
        "AKIA",
        "wJalr",
        "3f2504e0",
        "deploy",
        &instance(1),
        &instance(2),
    ] {
        assert!(!once.contains(particular), "{particular}: {once}");
    }
    assert!(
        once.contains("was refused for")
            && once.contains("eu-west-1")
            && once.contains("arn:aws:iam::111122223333:thing-1")
    );
    let (_, twice) = from_stdin(&once, &["--anonymise", "-"]);
    assert_eq!(once, twice);
    // Nor where an event has no more than it needs.
    let mut bare: Value = serde_json::from_str(&good().json()).unwrap();
    for event in bare["StackEvents"].as_array_mut().unwrap() {
        event
            .as_object_mut()
            .unwrap()
            .retain(|field, _| !["PhysicalResourceId", "EventId"].contains(&field.as_str()));
    }
    let (_, covered) = from_stdin(&bare.to_string(), &["--anonymise", "-"]);
    assert!(!covered.contains("\"web\""), "{covered}");
    assert_eq!(from_stdin(&covered, &["TEMPLATE", "-"]).0, Some(0));
    // The differences are those of the log itself.
    let odd = good().say("BoxA", "UPDATE_COMPLETE", "Something else");
    let (_, covered) = from_stdin(&odd.json(), &["--anonymise", "-"]);
    let differences = |log: &str| {
        let (code, said) = from_stdin(log, &["TEMPLATE", "-", "--output", "json"]);
        let it: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
        (code, it["differences"].clone())
    };
    assert_eq!(differences(&odd.json()), differences(&covered));
    assert_eq!(differences(&odd.json()).0, Some(1));
}
