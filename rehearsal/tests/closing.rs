//! Ended by a signal, it says where every stack stands.

use crate::common::{SERVER, Served};
use rustix::process::Signal;

fn create(served: &Served, name: &str) {
    served.result("CreateStack", &[("StackName", name), ("TemplateBody", SERVER)]);
}

#[test]
fn an_account_is_closed_by_interrupting_it() {
    let served = Served::account(&[]);
    create(&served, "web");
    create(&served, "gone");
    served.result("DeleteStack", &[("StackName", "gone")]);
    served.await_event("DELETE_COMPLETE      | AWS::CloudFormation::Stack | gone");
    served.interrupt(Signal::TERM);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0), "{events}");
    let (_, end) = events.split_once("Closed, with 2 stacks\n").unwrap_or_default();
    let told: Vec<_> =
        end.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(told.first().map(String::as_str), Some("Stack web is CREATE_IN_PROGRESS"), "{events}");
    assert!(told.iter().any(|it| it.starts_with("Waiting Server has 0 of 1 signal(s), and ")), "{events}");
    assert!(
        told.contains(&"CREATE_IN_PROGRESS Server AWS::EC2::Instance 0 of 1 signal(s)".to_owned()),
        "{events}"
    );
    assert_eq!(told.last().map(String::as_str), Some("Stack gone is DELETE_COMPLETE"), "{events}");
}

#[test]
fn an_interrupted_stack_does_not_hide_the_others() {
    let served = Served::start(SERVER, &[]);
    create(&served, "other");
    served.await_event("stack other:");
    served.interrupt(Signal::INT);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(130), "{events}");
    let (_, end) = events.split_once("Interrupted: stack web is CREATE_IN_PROGRESS\n").unwrap_or_default();
    for name in ["web", "other"] {
        assert!(end.contains(&format!("{name} is CREATE_IN_PROGRESS")), "{events}");
    }
    assert_eq!(end.matches("Server has 0 of 1 signal(s)").count(), 2, "{events}");
}

#[test]
fn what_happened_after_the_rehearsed_stacks_end_is_told_too() {
    let served = Served::start(SERVER, &[]);
    let instance = served.env.get("CFN_REHEARSE_INSTANCE_Server").cloned().unwrap_or_default();
    assert_eq!(served.signal("Server", &instance, "SUCCESS").status, 200);
    served.await_event("still answering");
    create(&served, "other");
    served.interrupt(Signal::INT);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(0), "{events}");
    let (_, end) = events.split_once("Closed, with 2 stacks\n").unwrap_or_default();
    assert!(
        end.contains("web is CREATE_COMPLETE") && end.contains("other is CREATE_IN_PROGRESS"),
        "{events}"
    );
}
