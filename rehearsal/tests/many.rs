//! A thousand instances that signal one group at once, twice each, in any order.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::Served;

const INSTANCES: usize = 1000;
const THREADS: usize = 16;

/// One more signal than instances: the group waits for somebody else in the end.
const FLEET: &str = "
Resources:
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 1001, Timeout: PT12H}}
    Properties:
      MinSize: '0'
      MaxSize: '1000'
      DesiredCapacity: '1000'
      AvailabilityZones: [us-east-1a]
      LaunchConfigurationName: launch
";

/// Any order, the same each time.
fn shuffled(mut all: Vec<String>) -> Vec<String> {
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    for at in (1..all.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(state >> 33).unwrap() % (at + 1);
        all.swap(at, other);
    }
    all
}

#[test]
fn a_thousand_instances_are_counted_exactly() {
    let served = Served::start(FLEET, &[]);
    let instances = served.instances();
    assert_eq!(instances.len(), INSTANCES);
    let ids: Vec<_> = instances.iter().map(|it| it["InstanceId"].as_str().unwrap().to_owned()).collect();
    let signals = shuffled(ids.iter().chain(&ids).cloned().collect());

    let next = AtomicUsize::new(0);
    let answers: Mutex<HashMap<String, Vec<(u16, String)>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(id) = signals.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = served.signal("Web", id, "SUCCESS");
                    let message = if answer.status == 200 { String::new() } else { answer.error().1 };
                    answers.lock().unwrap().entry(id.clone()).or_default().push((answer.status, message));
                }
            });
        }
    });

    let mut answers = answers.into_inner().unwrap();
    assert_eq!(answers.len(), INSTANCES);
    for (id, told) in &mut answers {
        told.sort();
        let refused = format!(
            "Signal with ID {id} for resource Web already exists.  Signals may only be updated with a FAILURE status."
        );
        assert_eq!(*told, [(200, String::new()), (400, refused)]);
    }
    let status =
        || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0]["StackStatus"].clone();
    assert_eq!(status(), "CREATE_IN_PROGRESS");

    let mut token: Option<String> = None;
    let mut counted = HashMap::<String, usize>::new();
    loop {
        let mut parameters = vec![("StackName", "web")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = served.result("DescribeStackEvents", &parameters);
        for event in page["StackEvents"].as_array().unwrap() {
            let reason = event["ResourceStatusReason"].as_str().unwrap_or_default();
            if let Some(id) = reason.strip_prefix("Received SUCCESS signal with UniqueId ") {
                *counted.entry(id.to_owned()).or_default() += 1;
            }
        }
        token = page["NextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(counted.len(), INSTANCES);
    assert!(counted.iter().all(|(id, times)| *times == 1 && answers.contains_key(id)));

    assert_eq!(served.signal("Web", "i-0123456789abcdef0", "SUCCESS").status, 200);
    assert_eq!(status(), "CREATE_COMPLETE");
}
