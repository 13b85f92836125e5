//! What is known of real stacks, written down as events: `aws cloudformation describe-stack-events` would print them so.
//!
//! Only the service's own texts are the service's; ids, times between them and templates are this project's.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "help for tests that fail by panicking")]

use std::ops::Range;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{file, rehearse, text};

const STACK: &str =
    "arn:aws:cloudformation:eu-west-1:999988887777:stack/web/0f8fad5b-d9cb-469f-a165-70867728950e";

/// Types of the resources in these logs' templates, by what their names begin with.
const TYPES: [(&str, &str); 8] = [
    ("Child", "AWS::CloudFormation::Stack"),
    ("web", "AWS::CloudFormation::Stack"),
    ("Pool", "AWS::AutoScaling::AutoScalingGroup"),
    ("Launch", "AWS::EC2::LaunchTemplate"),
    ("Box", "AWS::EC2::Instance"),
    ("Hook", "AWS::CloudFormation::WaitConditionHandle"),
    ("Ready", "AWS::CloudFormation::WaitCondition"),
    ("Topic", "AWS::SNS::Topic"),
];

/// A log under construction.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    events: Vec<Value>,
    seconds: f64,
}

impl Facts {
    /// Some time passes.
    pub fn pause(mut self, seconds: u32) -> Self {
        self.seconds += f64::from(seconds);
        self
    }

    pub fn say(mut self, id: &str, status: &str, reason: &str) -> Self {
        self.seconds += 0.4;
        let (minutes, seconds) = (self.seconds as u32 / 60, self.seconds % 60.0);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let kind = TYPES.iter().find(|(begin, _)| id.starts_with(begin)).expect(id).1;
        let physical_id = if id == "web" { STACK.to_owned() } else { format!("web-{id}-1A2B3C4D5E6F") };
        let mut event = json!({
            "StackId": STACK,
            "EventId": format!("{id}-{}", self.events.len()),
            "StackName": "web",
            "LogicalResourceId": id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "Timestamp": format!("2024-08-27T{:02}:{minutes:02}:{seconds:06.3}000+00:00", hours + 14),
            "ResourceStatus": status,
        });
        if !reason.is_empty() {
            event.as_object_mut().unwrap().insert("ResourceStatusReason".to_owned(), reason.into());
        }
        self.events.push(event);
        self
    }

    /// Another field of the last event.
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.events.last_mut().unwrap().as_object_mut().unwrap().insert(field.to_owned(), value.into());
        self
    }

    pub fn stack(self, status: &str, reason: &str) -> Self {
        self.say("web", status, reason)
    }

    pub fn pool(self, status: &str, reason: &str) -> Self {
        self.say("Pool", status, reason)
    }

    /// A resource that waits for nothing.
    pub fn made(self, id: &str) -> Self {
        self.say(id, "CREATE_IN_PROGRESS", "")
            .say(id, "CREATE_IN_PROGRESS", "Resource creation Initiated")
            .say(id, "CREATE_COMPLETE", "")
    }

    /// An update of a launch template and of the group that launches from it.
    pub fn update(self) -> Self {
        self.stack("UPDATE_IN_PROGRESS", "User Initiated").changed()
    }

    fn changed(self) -> Self {
        self.say("Launch", "UPDATE_IN_PROGRESS", "")
            .say("Launch", "UPDATE_COMPLETE", "")
            .pool("UPDATE_IN_PROGRESS", "")
    }

    pub fn initiated(self, obsolete: u32, batches: u32, keeping: u32) -> Self {
        let text = format!(
            "Rolling update initiated. Terminating {obsolete} obsolete instance(s) in batches of {batches}, while keeping at \
             least {keeping} instance(s) in service. Waiting on resource signals with a timeout of PT5M when new instances are \
             added to the autoscaling group."
        );
        self.pool("UPDATE_IN_PROGRESS", &text)
    }

    pub fn temporarily(self, size: u32) -> Self {
        let text = format!("Temporarily setting autoscaling group MinSize and DesiredCapacity to {size}.");
        self.pool("UPDATE_IN_PROGRESS", &text)
    }

    pub fn added(self, count: usize) -> Self {
        let text = format!(
            "New instance(s) added to autoscaling group - Waiting on {count} resource signal(s) with a timeout of PT5M."
        );
        self.pause(20).pool("UPDATE_IN_PROGRESS", &text)
    }

    /// Each of them signals, the last first.
    pub fn signalled(self, ids: Range<u32>) -> Self {
        ids.rev().fold(self.pause(80), |facts, id| {
            facts.pause(1).pool(
                "UPDATE_IN_PROGRESS",
                &format!("Received SUCCESS signal with UniqueId {}", instance(id)),
            )
        })
    }

    pub fn replaced(self, ids: Range<u32>, with: u32, percent: u32) -> Self {
        let ids = list(ids);
        let going = format!("Terminating instance(s) [{ids}]; replacing with {with} new instance(s).");
        let gone = format!("Successfully terminated instance(s) [{ids}] (Progress {percent}%).");
        self.pool("UPDATE_IN_PROGRESS", &going).pause(60).pool("UPDATE_IN_PROGRESS", &gone)
    }

    /// No new instance signals, and the update goes back.
    pub fn fails(self, missing: u32, of: u32) -> Self {
        let silence = format!(
            "Failed to receive {missing} resource signal(s) for the current batch.  Each resource signal timeout is counted \
             as a FAILURE."
        );
        let failure = format!(
            "Received 0 SUCCESS signal(s) out of {of}.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement"
        );
        self.pause(300)
            .pool("UPDATE_IN_PROGRESS", &silence)
            .pool("UPDATE_FAILED", &failure)
            .stack("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Pool]. ")
    }

    /// What the rollback begins with.
    pub fn restored(self) -> Self {
        self.changed()
    }

    pub fn updated(self) -> Self {
        self.pause(5)
            .pool("UPDATE_COMPLETE", "")
            .stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
            .stack("UPDATE_COMPLETE", "")
    }

    pub fn rolled_back(self) -> Self {
        self.pause(5)
            .pool("UPDATE_COMPLETE", "")
            .stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")
            .stack("UPDATE_ROLLBACK_COMPLETE", "")
    }

    /// As the AWS CLI prints it: the newest first.
    pub fn json(&self) -> String {
        let newest_first: Vec<_> = self.events.iter().rev().collect();
        serde_json::to_string_pretty(&json!({ "StackEvents": newest_first })).unwrap()
    }

    /// `compare` of this log, with what it exits with and what it says.
    pub fn compare(&self, new: &str, old: Option<&str>, options: &[&str]) -> (Option<i32>, String) {
        let folder = TempDir::new().unwrap();
        let log = file(&folder, "events.json", &self.json());
        let mut command = rehearse();
        command.arg("compare").arg(file(&folder, "new.yaml", new)).arg(log).args(options);
        if let Some(old) = old {
            command.arg("--update-from").arg(file(&folder, "old.yaml", old));
        }
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }

    pub fn assert_same(&self, new: &str, old: Option<&str>, options: &[&str]) {
        let (code, said) = self.compare(new, old, options);
        assert_eq!(code, Some(0), "{said}");
    }
}

/// An id of the log.
pub fn instance(number: u32) -> String {
    format!("i-0abc{number:013x}")
}

fn list(ids: Range<u32>) -> String {
    ids.map(instance).collect::<Vec<_>>().join(",")
}
