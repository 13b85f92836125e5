#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::happening::FaultInjected;
use crate::report::phase::{Progress, Verb};
use crate::report::record::{Verdict, WaitEnd};
use crate::stack::{Event, STACK_TYPE, SignalError, Status};

pub(in crate::report) fn at(millis: u64) -> Moment {
    Moment::from_millis(1_769_890_456_000 + millis)
}

pub(in crate::report) fn event(id: &str, kind: &str, status: Status, reason: &str, millis: u64) -> Happening {
    Happening::Event(Event {
        at: at(millis),
        logical_id: id.to_owned(),
        physical_id: None,
        resource_type: kind.to_owned(),
        status,
        reason: Some(reason.to_owned()).filter(|it| !it.is_empty()),
        token: None,
    })
}

pub(in crate::report) fn signal(
    id: &str,
    from: &str,
    outcome: Outcome,
    effect: Effect,
    millis: u64,
) -> Happening {
    Happening::Signal(SignalReceived {
        at: at(millis),
        logical_id: id.to_owned(),
        unique_id: from.to_owned(),
        outcome,
        effect,
    })
}

pub(in crate::report) fn plan() -> model::Stack {
    let resource = |id: &str, kind: &str, role| model::Resource {
        logical_id: id.to_owned(),
        resource_type: kind.to_owned(),
        physical_id: format!("{id}-1"),
        dependencies: Vec::new(),
        role,
        refusal: None,
        properties: std::collections::BTreeMap::new(),
        metadata: None,
        deletion_policy: model::Removal::Delete,
        update_replace_policy: model::Removal::Delete,
    };
    let policy = model::CreationPolicy { count: 1, timeout: Duration::from_secs(300) };
    let ready =
        model::Wait::Handle { handle: "Handle".to_owned(), count: 2, timeout: Duration::from_secs(60) };
    model::Stack {
        name: "web".to_owned(),
        id: "arn".to_owned(),
        extras: std::collections::BTreeMap::new(),
        refusal: None,
        resources: vec![
            resource(SERVER, INSTANCE, Role::Instance { creation_policy: Some(policy) }),
            resource("Handle", "AWS::CloudFormation::WaitConditionHandle", Role::WaitConditionHandle),
            resource("Ready", "AWS::CloudFormation::WaitCondition", Role::WaitCondition(ready)),
        ],
    }
}

const SERVER: &str = "Server";
const INSTANCE: &str = "AWS::EC2::Instance";
pub(in crate::report) const SILENCE: &str =
    "Failed to receive 1 resource signal(s) within the specified duration";

/// A stack that rolled back because nobody signalled, with a script that tried in vain.
pub(in crate::report) fn failed() -> Recorder {
    let mut recorder = Recorder::new(true);
    recorder.planned(&plan());
    let launch = Launch { logical_id: SERVER.to_owned(), instance_id: "i-1".to_owned() };
    let refusal =
        SignalError::NoSuchResource { logical_id: "Servr".to_owned(), stack_name: "web".to_owned() };
    let told = [
        event("web", STACK_TYPE, Status::CreateInProgress, "User Initiated", 0),
        event(SERVER, INSTANCE, Status::CreateInProgress, "", 0),
        Happening::Launched(launch.clone()),
        signal(SERVER, "other", Outcome::Success, Effect::Uncounted, 400),
        signal("Servr", "<i>&", Outcome::Success, Effect::Refused(refusal), 500),
        Happening::Fault(FaultInjected {
            at: at(600),
            request: "SignalResource".to_owned(),
            fault: "Throttling".to_owned(),
        }),
        event(SERVER, INSTANCE, Status::CreateFailed, SILENCE, 300_000),
        event("web", STACK_TYPE, Status::RollbackInProgress, "", 300_000),
        event(SERVER, INSTANCE, Status::DeleteInProgress, "", 300_000),
        event(SERVER, INSTANCE, Status::DeleteComplete, "", 300_000),
        Happening::Terminated(launch.clone()),
        event("web", STACK_TYPE, Status::RollbackComplete, "", 300_000),
    ];
    let (before, after) = told.split_at(6);
    before.iter().for_each(|it| recorder.happened("web", it, at(0), Duration::ZERO));
    recorder.output(
        "web",
        &launch,
        "</pre>\u{1b}[31mred\u{1b}[0m ]]> Signature=s3cr3t",
        false,
        at(700),
        Duration::ZERO,
    );
    let ended = Ended { code: Some(1), signal: None, after: Duration::from_millis(700) };
    recorder.exited("web", &launch, ended, at(700), Duration::ZERO);
    after.iter().for_each(|it| recorder.happened("web", it, at(300_000), Duration::from_millis(800)));
    recorder.advised("web", &["mend <it>".to_owned()]);
    recorder
}

#[test]
fn a_failure_is_told_with_its_cause_and_its_length() {
    let recorder = failed();
    let stack = recorder.stacks().first().unwrap();
    assert_eq!(stack.verdict(), Verdict::Failed);
    let operation = stack.judged().unwrap();
    assert_eq!(operation.failure, Some((SERVER.to_owned(), SILENCE.to_owned(), at(300_000))));
    assert_eq!(operation.took(stack.latest), Duration::from_secs(300));
    let server = stack.own_resources().next().unwrap();
    let spans: Vec<_> = server.spans.iter().map(|it| (it.verb, it.progress)).collect();
    assert_eq!(spans, [(Verb::Create, Progress::Failed), (Verb::Delete, Progress::Complete)]);
    let wait = server.waits.last().unwrap();
    assert_eq!((wait.expected, wait.received, wait.ended), (1, 0, Some(at(300_000))));
    assert_eq!(wait.end, WaitEnd::Failed(SILENCE.to_owned()));
    // One that names nothing of the stack is shown with the stack itself.
    assert_eq!(
        (server.signals.counts, stack.resources.first().unwrap().signals.counts),
        ([0, 0, 1, 0], [0, 0, 0, 1])
    );
    let line = stack.instances.first().unwrap().lines.last().unwrap().text.clone();
    assert!(line.contains("Signature=(hidden)") && !line.contains("s3cr3t"), "{line}");
}

#[test]
fn an_update_is_judged_by_itself_and_a_deletion_is_not() {
    let mut recorder = Recorder::new(false);
    let mut tell = |happening: Happening| recorder.happened("web", &happening, at(0), Duration::ZERO);
    tell(event("web", STACK_TYPE, Status::CreateInProgress, "", 0));
    tell(event(SERVER, INSTANCE, Status::CreateFailed, "broken", 5));
    tell(event("web", STACK_TYPE, Status::RollbackInProgress, "", 5));
    tell(event("web", STACK_TYPE, Status::RollbackComplete, "", 6));
    tell(event("web", STACK_TYPE, Status::DeleteInProgress, "", 7));
    tell(event("web", STACK_TYPE, Status::DeleteComplete, "", 8));
    assert_eq!(recorder.stacks().first().unwrap().verdict(), Verdict::Failed);
    let mut tell = |happening: Happening| recorder.happened("web", &happening, at(0), Duration::ZERO);
    tell(event("web", STACK_TYPE, Status::CreateInProgress, "", 9));
    tell(event("web", STACK_TYPE, Status::CreateComplete, "", 10));
    let stack = recorder.stacks().first().unwrap();
    assert_eq!((stack.verdict(), stack.operations.count()), (Verdict::Complete, 3));
}

#[test]
fn a_stack_within_is_a_resource_like_any_other() {
    let mut recorder = Recorder::new(false);
    let mut tell = |happening: Happening| recorder.happened("web", &happening, at(0), Duration::ZERO);
    tell(event("web", STACK_TYPE, Status::CreateInProgress, "", 0));
    tell(event("Network", STACK_TYPE, Status::CreateInProgress, "", 1));
    tell(event("Network", STACK_TYPE, Status::CreateComplete, "", 2));
    let stack = recorder.stacks().first().unwrap();
    assert_eq!(stack.status, Some(Status::CreateInProgress));
    assert_eq!(stack.verdict(), Verdict::Undecided);
    let own: Vec<_> = stack.own_resources().map(|it| (it.logical_id.as_str(), it.status)).collect();
    assert_eq!(own, [("Network", Some(Status::CreateComplete))]);
    let events: Vec<_> = stack.events.iter().cloned().collect();
    assert_eq!(crate::report::summarise(&events).unwrap().status, Status::CreateInProgress);
}

#[test]
fn batches_are_known_by_what_the_stack_waits_for() {
    let mut recorder = Recorder::new(true);
    let waiting = |since, received| {
        [Waiting {
            logical_id: "Group".to_owned(),
            received,
            expected: 2,
            since: at(since),
            until: at(since + 60_000),
        }]
    };
    let mut look = |waiting: &[Waiting], now| recorder.waiting("web", waiting, at(now), Duration::ZERO);
    look(&waiting(0, 0), 10);
    look(&waiting(0, 2), 20);
    look(&waiting(30, 0), 30);
    look(&[], 40);
    look(&[], 50);
    let group = recorder.stacks().first().unwrap().own_resources().next().unwrap();
    let waits: Vec<_> =
        group.waits.iter().map(|it| (it.since, it.ended.unwrap(), it.end == WaitEnd::Met)).collect();
    assert_eq!(waits, [(at(0), at(30), true), (at(30), at(40), false)]);
    assert_eq!(recorder.drain().len(), 4);
}

#[test]
fn a_hundred_thousand_signals_are_counted_exactly_and_kept_within_bounds() {
    let mut recorder = Recorder::new(false);
    recorder.planned(&plan());
    for n in 0..100_000 {
        let effect = if n % 10 == 0 { Effect::Counted } else { Effect::Uncounted };
        recorder.happened("web", &signal(SERVER, "i", Outcome::Success, effect, n), at(n), Duration::ZERO);
    }
    let stack = recorder.stacks().first().unwrap();
    let signals = &stack.own_resources().next().unwrap().signals;
    assert_eq!(signals.counts, [10_000, 0, 90_000, 0]);
    assert_eq!((signals.marks.count(), signals.marks.iter().count()), (100_000, 2000));
    assert_eq!(signals.marks.last().unwrap().at, at(99_999));
}

#[test]
fn output_keeps_its_first_and_its_last_lines_and_its_bound() {
    let mut recorder = Recorder::new(false);
    let long = "x".repeat(4000);
    for instance in 0..10 {
        let launch = Launch { logical_id: SERVER.to_owned(), instance_id: format!("i-{instance}") };
        for line in 0..1100 {
            recorder.output("web", &launch, &format!("{line} {long}"), false, at(0), Duration::ZERO);
        }
    }
    let instances = &recorder.stacks().first().unwrap().instances;
    let lines = &instances.first().unwrap().lines;
    assert_eq!((lines.count(), lines.dropped()), (1100, 100));
    assert!(
        lines.head().last().unwrap().text.starts_with("199 ")
            && lines.last().unwrap().text.starts_with("1099 ")
    );
    let kept: usize = instances.iter().flat_map(|it| it.lines.iter()).map(|it| it.text.len()).sum();
    assert!(kept < OUTPUT + 10 * 200 * 4100, "{kept}");
    assert!(instances.iter().all(|it| it.lines.count() == 1100));
}

#[test]
fn documents_are_shown_with_the_condition_that_counts_them() {
    let mut recorder = Recorder::new(false);
    recorder.planned(&plan());
    for outcome in [Some(Outcome::Success), Some(Outcome::Failure), None] {
        let document =
            DocumentReceived { at: at(1), handle: "Handle".to_owned(), unique_id: "a".to_owned(), outcome };
        recorder.happened("web", &Happening::Document(document), at(1), Duration::ZERO);
    }
    let stack = recorder.stacks().first().unwrap();
    let counts: Vec<_> = stack.own_resources().map(|it| it.signals.counts).collect();
    assert_eq!(counts, [[0; 4], [0; 4], [1, 2, 0, 0]]);
}

#[test]
fn a_group_that_tells_missing_signals_in_an_updates_words_is_still_being_created() {
    let mut recorder = Recorder::new(false);
    recorder.planned(&plan());
    let told = [
        event("web", STACK_TYPE, Status::CreateInProgress, "User Initiated", 0),
        event(SERVER, INSTANCE, Status::CreateInProgress, "", 0),
        event(
            SERVER,
            INSTANCE,
            Status::UpdateInProgress,
            "Failed to receive 1 resource signal(s) …",
            300_000,
        ),
        event(SERVER, INSTANCE, Status::CreateFailed, "Received 0 SUCCESS signal(s) out of 1. …", 300_000),
    ];
    told.iter().for_each(|it| recorder.happened("web", it, at(300_000), Duration::ZERO));
    let server = recorder.stacks().first().unwrap().own_resources().next().unwrap();
    let spans: Vec<_> = server.spans.iter().map(|it| (it.verb, it.until, it.progress)).collect();
    assert_eq!(spans, [(Verb::Create, Some(at(300_000)), Progress::Failed)]);
    let ends: Vec<_> = server.waits.iter().map(|it| matches!(it.end, WaitEnd::Failed(_))).collect();
    assert_eq!(ends, [true]);
}

#[test]
fn what_was_there_before_an_update_is_where_it_was() {
    let mut recorder = Recorder::new(false);
    recorder.planned(&plan());
    let status = Status::CreateComplete;
    let there = |logical_id| ResourceView {
        logical_id,
        physical_id: None,
        resource_type: INSTANCE,
        status,
        reason: None,
        since: at(0),
    };
    recorder.existing("web", &[there(SERVER), there("Gone")]);
    let lines = crate::report::state(recorder.stacks().first().unwrap());
    assert_eq!(
        lines,
        [
            "  CREATE_COMPLETE  Server  AWS::EC2::Instance",
            "  not begun        Handle  AWS::CloudFormation::WaitConditionHandle",
            "  not begun        Ready   AWS::CloudFormation::WaitCondition        would wait for 2 signal(s)",
        ]
    );
}
