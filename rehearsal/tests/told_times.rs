//! When events happened: clients sort by it, so no two of a stack's are of one moment, whatever is asked of it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::collections::HashMap;

use crate::common::Served;
use crate::common::nested::{APP, PARENT, folder};
use serde_json::Value;

/// Every event of a stack, oldest first.
fn events(served: &Served, stack: &str, action: &str, list: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut token = None::<String>;
    loop {
        let named = [("StackName", stack)];
        let next: Vec<_> = token.iter().map(|it| ("NextToken", it.as_str())).collect();
        let page = served.result(action, &[&named[..], &next].concat());
        all.extend(page[list].as_array().unwrap().iter().cloned());
        token = page["NextToken"].as_str().map(str::to_owned);
        if token.is_none() {
            all.reverse();
            return all;
        }
    }
}

/// What was told before, by stack: it is told again as it was.
#[derive(Default)]
struct Told(HashMap<String, Vec<Value>>);

impl Told {
    fn check(&mut self, served: &Served) {
        let stacks = served.result("ListStacks", &[]);
        for stack in stacks["StackSummaries"].as_array().unwrap() {
            let id = stack["StackId"].as_str().unwrap();
            let all = events(served, id, "DescribeStackEvents", "StackEvents");
            let times: Vec<_> = all.iter().map(|it| it["Timestamp"].as_f64().unwrap()).collect();
            assert!(times.is_sorted_by(|one, other| one < other), "{times:?}");
            let mut ids: Vec<_> = all.iter().map(|it| it["EventId"].to_string()).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all.len());
            let again = events(served, id, "DescribeEvents", "OperationEvents");
            let same = |name: &str| {
                all.iter().map(|it| it[name].clone()).eq(again.iter().map(|it| it[name].clone()))
            };
            assert!(same("Timestamp") && same("EventId"));
            let before = self.0.insert(id.to_owned(), all.clone()).unwrap_or_default();
            assert!(all.starts_with(&before), "{before:?}\n{all:?}");
        }
    }
}

/// The instances that wait signal this; how many did.
fn signal(served: &Served, status: &str) -> usize {
    let mut signalled = 0;
    for it in served.instances() {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        let (stack, resource, id) = (text("StackName"), text("LogicalResourceId"), text("InstanceId"));
        let given = [
            ("StackName", stack.as_str()),
            ("LogicalResourceId", &resource),
            ("UniqueId", &id),
            ("Status", status),
        ];
        signalled += usize::from(served.call("SignalResource", &given).status == 200);
    }
    signalled
}

#[test]
fn no_two_events_of_a_stack_are_of_one_moment() {
    // Here nothing takes any time.
    let served = Served::account(&["--clock", "virtual", "--quiet", "3600"]);
    let topics: String = (0..120).map(|it| format!("  T{it:03}: {{Type: AWS::SNS::Topic}}\n")).collect();
    let parent = PARENT.replace("Outputs:", &format!("{topics}Outputs:"));
    let folder = folder(&[("parent.yaml", &parent), ("app.yaml", APP)]);
    let url = format!("file://{}/parent.yaml", folder.path().display());
    let mut told = Told::default();
    let reviewed =
        [("StackName", "web"), ("ChangeSetName", "c"), ("ChangeSetType", "CREATE"), ("TemplateURL", &*url)];
    served.result("CreateChangeSet", &reviewed);
    told.check(&served);
    served.result("ExecuteChangeSet", &reviewed[..2]);
    told.check(&served);
    assert_eq!(signal(&served, "SUCCESS"), 1);
    told.check(&served);
    let colour =
        [("Parameters.member.1.ParameterKey", "Colour"), ("Parameters.member.1.ParameterValue", "red")];
    served.result("UpdateStack", &[&reviewed[..1], &reviewed[3..], &colour].concat());
    told.check(&served);
    // Another instance, which fails: all goes back.
    let failing = APP.replace("ImageId: ami-0abcdef1234567890", "ImageId: ami-1bbcdef1234567890");
    crate::common::file(&folder, "app.yaml", &failing);
    served.result("UpdateStack", &[&reviewed[..1], &reviewed[3..], &colour].concat());
    told.check(&served);
    assert!(signal(&served, "FAILURE") > 0);
    told.check(&served);
    let stack = &served.result("DescribeStacks", &reviewed[..1])["Stacks"][0];
    assert_eq!(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    served.result("DeleteStack", &reviewed[..1]);
    told.check(&served);
    let statuses: Vec<_> = told.0.values().map(|it| it.last().unwrap()["ResourceStatus"].clone()).collect();
    assert_eq!(statuses, ["DELETE_COMPLETE", "DELETE_COMPLETE"]);
}
