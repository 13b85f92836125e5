//! Fifty clients at once: no stack is lost, none has another's fate, and nothing fails on the server's side.
//!
//! Seconds are in `CFN_REHEARSE_CROWD_SECONDS`; a minute of it is worth a look after a change to locks or listeners.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::common::{Answer, SERVER, Served};
use serde_json::Value;

const CLIENTS: usize = 50;

fn seconds() -> u64 {
    std::env::var("CFN_REHEARSE_CROWD_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3)
}

/// A call that the server has to answer for itself.
fn call(served: &Served, action: &str, parameters: &[(&str, &str)]) -> Answer {
    let answer = served.call(action, parameters);
    assert!(answer.status < 500, "{action}: {} {}", answer.head, answer.body);
    answer
}

fn result(served: &Served, action: &str, parameters: &[(&str, &str)]) -> Value {
    let answer = call(served, action, parameters);
    assert_eq!(answer.status, 200, "{action} {parameters:?}: {}", answer.body);
    let json: Value = serde_json::from_str(&answer.body).unwrap();
    json[format!("{action}Response")][format!("{action}Result")].clone()
}

/// One stack's life: created or looked at first, signalled, and, where it is not to stay, deleted.
fn live(served: &Served, name: &str, number: usize) -> bool {
    let (good, stays) = (!number.is_multiple_of(3), number.is_multiple_of(4));
    let named = [("StackName", name)];
    let template = [("TemplateBody", SERVER)];
    if number.is_multiple_of(2) {
        result(served, "CreateStack", &[&named[..], &template].concat());
    } else {
        let change_set = [("ChangeSetName", "c")];
        let kind = [("ChangeSetType", "CREATE")];
        result(served, "CreateChangeSet", &[&named[..], &change_set, &kind, &template].concat());
        result(served, "ExecuteChangeSet", &[&named[..], &change_set].concat());
    }
    // Another of its name is refused, whoever asks.
    assert_eq!(
        call(served, "CreateStack", &[&named[..], &template].concat()).error().0,
        "AlreadyExistsException"
    );
    let resources = result(served, "DescribeStackResources", &named);
    let instance = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap().to_owned();
    let outcome = if good { "SUCCESS" } else { "FAILURE" };
    let signal = [("LogicalResourceId", "Server"), ("UniqueId", &*instance), ("Status", outcome)];
    assert_eq!(call(served, "SignalResource", &[&named[..], &signal].concat()).status, 200);
    let stack = &result(served, "DescribeStacks", &named)["Stacks"][0];
    let fate = if good { "CREATE_COMPLETE" } else { "ROLLBACK_COMPLETE" };
    assert_eq!((&stack["StackName"], &stack["StackStatus"]), (&name.into(), &fate.into()));
    let events = result(served, "DescribeStackEvents", &named);
    let told = events["StackEvents"].as_array().unwrap();
    assert!(told.iter().all(|it| it["StackId"] == stack["StackId"]), "{events}");
    let signals = format!("Received {outcome} signal with UniqueId {instance}");
    assert_eq!(told.iter().filter(|it| it["ResourceStatusReason"] == *signals).count(), 1, "{events}");
    if !stays {
        assert_eq!(call(served, "DeleteStack", &named).status, 200);
    }
    stays
}

#[test]
fn fifty_clients_at_once_lose_nothing() {
    let served = Served::account(&[]);
    let end = Instant::now() + Duration::from_secs(seconds());
    let standing = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (served, standing) = (&served, &standing);
            scope.spawn(move || {
                // However slow the machine is, everybody has some.
                for number in 0.. {
                    if number >= 4 && Instant::now() > end {
                        break;
                    }
                    let name = format!("c{client}-{number}");
                    // No account has more than two thousand.
                    let number = if number > 100 { number * 4 + 1 } else { number };
                    if live(served, &name, number) {
                        standing.lock().unwrap().insert(name);
                    }
                }
            });
        }
    });
    let mut listed = BTreeSet::new();
    let mut token: Option<String> = None;
    loop {
        let next: Vec<_> = token.iter().map(|it| ("NextToken", it.as_str())).collect();
        let page = result(&served, "DescribeStacks", &next);
        let names =
            page["Stacks"].as_array().unwrap().iter().map(|it| it["StackName"].as_str().unwrap().to_owned());
        listed.extend(names);
        token = page["NextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(listed, standing.into_inner().unwrap());
    assert!(listed.len() >= CLIENTS);
}
