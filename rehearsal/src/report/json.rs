//! `--output json`: an object a line.
//!
//! Every object has `type`. All but `left-out` and the summary have `stack`, `at` (the stack's time, ISO 8601 with milliseconds, UTC),
//! `at_ms` (the same in milliseconds since 1970) and `real_ms` (milliseconds since the rehearsal began, by this machine's
//! clock). Fields that do not apply are `null`. Fields and types may be added; those that are there stay as they are.
//!
//! | `type` | fields |
//! |---|---|
//! | `event` | `logical_id`, `physical_id`, `resource_type`, `status`, `reason`, `token` |
//! | `launched`, `terminated` | `logical_id`, `instance_id` |
//! | `capacity` | `logical_id`, and of that group from now on: `instances` that run, `in_service` (those that have signalled, where they have to), `desired` (Auto Scaling's desired capacity, which an update raises for a while), `wanted` (what the template or a scaling policy asks for), `min_in_service` (of the rolling update under way) |
//! | `scaled` | `logical_id`, `asked` (instances), `outcome` (`set`, `suspended`, `no-group`, `over`), `from`, `to`: a scaling policy acted |
//! | `signal` | `logical_id`, `unique_id`, `outcome` (`SUCCESS`, `FAILURE`), `effect` (`counted`, `uncounted`, `refused`), `refusal` |
//! | `document` | `handle`, `unique_id`, `outcome`: put to a wait condition handle; `null` where it cannot be read |
//! | `fault` | `request`, `fault`; that the service's clock is wrong is told once, not for each request |
//! | `wait-begun`, `wait-ended` | `logical_id`, and a wait: see below |
//! | `output` | `logical_id`, `instance_id`, `source` (`script`, `stub`), `text` |
//! | `exited` | `logical_id`, `instance_id`, `code`, `signal`, `after_ms` |
//! | `not-run` | `logical_id`, `instance_id`, `reason` |
//! | `left-out` | `lines`: how many are not kept, in their place; of the library's report only, for the command keeps none |
//! | `summary` | last, also after an interruption: `result` (`complete`, `failed`, `interrupted`), `exit_code`, `faults` (which came true, and the seed that has them again), `untold` (signals and faults that came too fast to be recorded), `notes` (what was left out or taken for granted, a text each), `made_up` and `filled` (values that are made up: `stack`, `name`, `value`), `stacks` |
//!
//! A wait has `since`, `since_ms`, `until`, `until_ms` (when it would give up), `expected`, `received`, `end` (`open`, `met`,
//! `failed`, `cancelled`), `ended`, `ended_ms`, `length_ms` and `reason`. A stack of the summary has `stack`, `status`,
//! `operation` (`create`, `update`, `delete`), `verdict` (`complete`, `failed`, `undecided`), `took_ms`, `failure` (`logical_id` and `reason`), `advice` and `resources`, each
//! of which has `logical_id`, `resource_type`, `status`, `reason`, `waits` and `signals`, which counts `success`, `failure`,
//! `uncounted` and `refused`. A group has `sizes` as well, what `capacity` lines say, each with its `at` and `at_ms`, and `short`:
//! each time in which fewer were `in_service`, at the fewest, than `needed`, `since` and `until` when, and `of` what
//! (`min_in_service`, or `wanted` once that had been reached).

use std::time::Duration;

use serde_json::{Value, json};

use super::entry::{Entry, What};
use super::notes::{Made, Notes};
use super::phase::Verb;
use super::record::{ResourceRecord, StackRecord, Wait, WaitEnd};
use super::redact::redact;
use super::service::{self, Need};
use crate::happening::{Effect, Happening, Launch};
use crate::moment::Moment;
use crate::shown;
use crate::stack::{Capacity, Fate, ScaleOutcome, Scaled};

/// How a rehearsal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The exit code.
    pub exit_code: u8,
    /// Whether it was interrupted before the stack's fate.
    pub interrupted: bool,
}

impl Ending {
    /// The end of a rehearsal whose stack came to `fate`; without one it was interrupted.
    #[must_use]
    pub fn of(fate: Option<Fate>) -> Self {
        let exit_code = match fate {
            Some(fate) if fate.is_good() => 0,
            Some(_) => 1,
            None => 130,
        };
        Self { exit_code, interrupted: fate.is_none() }
    }
}

/// The line of something that was recorded, without its line break.
#[must_use]
pub fn line(entry: &Entry) -> String {
    let mut fields = fields(&entry.what);
    for (name, value) in [
        ("stack", json!(entry.stack)),
        ("at", json!(entry.at.iso_8601())),
        ("at_ms", json!(entry.at.as_millis())),
        ("real_ms", json!(millis(entry.real))),
    ] {
        add(&mut fields, name, value);
    }
    shown::json(&fields.to_string())
}

/// In place of lines that are not kept, without its line break.
#[must_use]
pub fn left_out(lines: u64) -> String {
    json!({"type": "left-out", "lines": lines}).to_string()
}

/// The last line, without its line break.
#[must_use]
pub fn summary(stacks: &[StackRecord], ending: Ending, notes: &Notes) -> String {
    let result = match (ending.interrupted, ending.exit_code) {
        (true, _) => "interrupted",
        (false, 0) => "complete",
        (false, _) => "failed",
    };
    let stacks: Vec<_> = stacks.iter().map(stack).collect();
    let summary = json!({
        "type": "summary",
        "result": result,
        "exit_code": ending.exit_code,
        "faults": notes.faults,
        "untold": notes.untold,
        "notes": notes.remarks,
        "made_up": made(&notes.made_up),
        "filled": made(&notes.filled),
        "stacks": stacks,
    });
    shown::json(&summary.to_string())
}

fn made(made: &[Made]) -> Vec<Value> {
    let one = |it: &Made| json!({"stack": it.stack, "name": it.name, "value": redact(&it.value)});
    made.iter().map(one).collect()
}

fn fields(what: &What) -> Value {
    match what {
        What::Happened(it) => happening(it),
        What::WaitBegun(id, it) => named("wait-begun", id, wait(it, it.since)),
        What::WaitEnded(id, it) => named("wait-ended", id, wait(it, it.since)),
        What::Output { instance, text, stub } => {
            let mut fields = launch("output", instance);
            add(&mut fields, "source", json!(if *stub { "stub" } else { "script" }));
            add(&mut fields, "text", json!(text));
            fields
        }
        What::Exited(instance, ended) => {
            let mut fields = launch("exited", instance);
            add(&mut fields, "code", json!(ended.code));
            add(&mut fields, "signal", json!(ended.signal));
            add(&mut fields, "after_ms", json!(millis(ended.after)));
            fields
        }
        What::NotRun(instance, reason) => {
            let mut fields = launch("not-run", instance);
            add(&mut fields, "reason", json!(reason));
            fields
        }
    }
}

fn happening(happening: &Happening) -> Value {
    match happening {
        Happening::Event(it) => json!({
            "type": "event",
            "logical_id": it.logical_id,
            "physical_id": it.physical_id.as_deref().map(redact),
            "resource_type": it.resource_type,
            "status": it.status.as_str(),
            "reason": it.reason.as_deref().map(redact),
            "token": it.token,
        }),
        Happening::Launched(it) => launch("launched", it),
        Happening::Terminated(it) => launch("terminated", it),
        Happening::Scaled(it) => scaled(it),
        Happening::Capacity(it) => json!({
            "type": "capacity",
            "logical_id": it.logical_id,
            "instances": it.instances,
            "in_service": it.in_service,
            "desired": it.desired,
            "wanted": it.wanted,
            "min_in_service": it.kept,
        }),
        Happening::Signal(it) => {
            let (effect, refusal) = match &it.effect {
                Effect::Counted => ("counted", None),
                Effect::Uncounted => ("uncounted", None),
                Effect::Refused(refusal) => ("refused", Some(refusal.to_string())),
            };
            json!({
                "type": "signal",
                "logical_id": it.logical_id,
                "unique_id": it.unique_id,
                "outcome": it.outcome.as_str(),
                "effect": effect,
                "refusal": refusal,
            })
        }
        Happening::Document(it) => json!({
            "type": "document",
            "handle": it.handle,
            "unique_id": it.outcome.map(|_| it.unique_id.as_str()),
            "outcome": it.outcome.map(|outcome| outcome.as_str()),
        }),
        Happening::Fault(it) => json!({"type": "fault", "request": it.request, "fault": it.fault}),
    }
}

fn scaled(it: &Scaled) -> Value {
    let (from, to, outcome) = match it.outcome {
        ScaleOutcome::Set { from, to } => (Some(from), Some(to), "set"),
        ScaleOutcome::Suspended => (None, None, "suspended"),
        ScaleOutcome::NoGroup => (None, None, "no-group"),
        ScaleOutcome::Over => (None, None, "over"),
    };
    json!({
        "type": "scaled",
        "logical_id": it.logical_id,
        "asked": it.asked,
        "outcome": outcome,
        "from": from,
        "to": to,
    })
}

fn stack(stack: &StackRecord) -> Value {
    let judged = stack.judged();
    let failure = judged
        .and_then(|it| it.failure.as_ref())
        .map(|(logical_id, reason, _)| json!({"logical_id": logical_id, "reason": reason}));
    let resources: Vec<_> = stack.own_resources().map(|it| resource(it, stack.latest)).collect();
    json!({
        "stack": stack.name,
        "status": stack.status.map(|it| it.as_str()),
        "operation": judged.map(|it| match it.verb {
            Verb::Create | Verb::Rollback => "create",
            Verb::Update => "update",
            Verb::Delete => "delete",
        }),
        "verdict": stack.verdict().as_str(),
        "took_ms": judged.map(|it| millis(it.took(stack.latest))),
        "failure": failure,
        "advice": stack.advice,
        "resources": resources,
    })
}

fn resource(it: &ResourceRecord, now: Moment) -> Value {
    let waits: Vec<_> = it.waits.iter().map(|it| wait(it, now)).collect();
    let [success, failure, uncounted, refused] = it.signals.counts;
    json!({
        "logical_id": it.logical_id,
        "resource_type": it.resource_type,
        "status": it.status.map(|it| it.as_str()),
        "reason": it.reason,
        "waits": waits,
        "sizes": series(it, now),
        "short": short(it, now),
        "signals": {"success": success, "failure": failure, "uncounted": uncounted, "refused": refused},
    })
}

/// How large a group was, each from its moment on.
fn series(group: &ResourceRecord, now: Moment) -> Vec<Value> {
    let sizes = service::sizes(group, now);
    let size = |(it, _): &(&Capacity, Moment)| {
        json!({
            "at": it.at.iso_8601(),
            "at_ms": it.at.as_millis(),
            "instances": it.instances,
            "in_service": it.in_service,
            "desired": it.desired,
            "wanted": it.wanted,
            "min_in_service": it.kept,
        })
    };
    sizes.iter().map(size).collect()
}

/// When too few of a group were in service.
fn short(group: &ResourceRecord, now: Moment) -> Vec<Value> {
    let sizes = service::sizes(group, now);
    let all = [Need::Least, Need::Wanted].into_iter().flat_map(|of| service::shortfalls(&sizes, of));
    all.map(|it| {
        json!({
            "of": it.of.as_str(),
            "since": it.since.iso_8601(),
            "since_ms": it.since.as_millis(),
            "until": it.until.iso_8601(),
            "until_ms": it.until.as_millis(),
            "in_service": it.fewest,
            "needed": it.needed,
        })
    })
    .collect()
}

fn wait(it: &Wait, now: Moment) -> Value {
    let (end, reason) = match &it.end {
        WaitEnd::Open => ("open", None),
        WaitEnd::Met => ("met", None),
        WaitEnd::Failed(reason) => ("failed", Some(reason)),
        WaitEnd::Cancelled(reason) => ("cancelled", Some(reason)),
    };
    json!({
        "since": it.since.iso_8601(),
        "since_ms": it.since.as_millis(),
        "until": it.until.iso_8601(),
        "until_ms": it.until.as_millis(),
        "expected": it.expected,
        "received": it.received,
        "end": end,
        "ended": it.ended.map(Moment::iso_8601),
        "ended_ms": it.ended.map(Moment::as_millis),
        "length_ms": millis(it.length(now)),
        "reason": reason,
    })
}

fn launch(kind: &str, it: &Launch) -> Value {
    let instance_id = Some(&it.instance_id).filter(|it| !it.is_empty());
    json!({"type": kind, "logical_id": it.logical_id, "instance_id": instance_id})
}

fn named(kind: &str, logical_id: &str, mut fields: Value) -> Value {
    add(&mut fields, "type", json!(kind));
    add(&mut fields, "logical_id", json!(logical_id));
    fields
}

fn add(fields: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = fields {
        fields.insert(name.to_owned(), value);
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
