#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use super::super::Seen;
use super::*;
use crate::happening::Effect;
use crate::moment::Moment;
use crate::stack::{Outcome, SignalError};

fn ended(code: i32) -> Option<Ended> {
    Some(Ended { code: Some(code), signal: None, after: Duration::from_secs(1) })
}

fn script(ended: Option<Ended>, waits: bool) -> ScriptFacts {
    ScriptFacts {
        logical_id: "Server".to_owned(),
        instance_id: "i-1".to_owned(),
        waits,
        not_run: None,
        ended,
        seen: Seen { signals: true, errexit: true, ..Seen::default() },
    }
}

fn seen(seen: Seen, code: i32) -> ScriptFacts {
    ScriptFacts { seen, ..script(ended(code), true) }
}

fn silence(scripts: Vec<ScriptFacts>, idle: Vec<SignalReceived>) -> Vec<String> {
    let reason = "Failed to receive 1 resource signal(s) within the specified duration".to_owned();
    advise(&Facts { failure: Some(("Server".to_owned(), reason)), scripts, idle, ..Facts::default() })
}

fn idle(logical_id: &str, refusal: Option<SignalError>) -> SignalReceived {
    SignalReceived {
        at: Moment::from_millis(0),
        logical_id: logical_id.to_owned(),
        unique_id: "me".to_owned(),
        outcome: Outcome::Success,
        effect: refusal.map_or(Effect::Uncounted, Effect::Refused),
    }
}

/// What is advised where Server got no signal, or some of them, as `reason` tells.
fn advised(reason: &str, facts: Facts) -> Vec<String> {
    advise(&Facts { failure: Some(("Server".to_owned(), reason.to_owned())), runs: true, ..facts })
}

const NONE: &str = "Failed to receive 1 resource signal(s) within the specified duration";

#[test]
fn advice_fits_what_happened() {
    for (advice, text) in [
        (silence(vec![script(ended(1), true)], vec![]), "With set -e the line that signals is never reached"),
        (silence(vec![script(ended(127), true)], vec![]), "command not found"),
        (
            silence(vec![seen(Seen { rebooted: true, signals: true, ..Seen::default() }, 0)], vec![]),
            "the instance rebooted before Server was signalled",
        ),
        (
            silence(vec![seen(Seen { rebooted: true, ..Seen::default() }, 0)], vec![]),
            "nobody in this template signals Server",
        ),
        (
            silence(vec![seen(Seen::default(), 0)], vec![]),
            "nobody in this template signals Server: no user data and no metadata of cfn-init has it",
        ),
        (silence(vec![seen(Seen::default(), 0)], vec![]), "last line should be cfn-signal -e $? --stack"),
        (
            silence(vec![script(ended(0), true)], vec![]),
            "no signal for Server came, although a line of it signals",
        ),
        (
            silence(vec![seen(Seen { signals: true, ..Seen::default() }, 1)], vec![]),
            "exited with status 1 before a signal counted: see its output",
        ),
        (
            silence(vec![seen(Seen { unset: vec!["HOME"], ..Seen::default() }, 1)], vec![]),
            "HOME is not set under cloud-init",
        ),
        (
            silence(
                vec![seen(Seen { not_started: vec!["part-001 (no #!)".to_owned()], ..Seen::default() }, 126)],
                vec![],
            ),
            "part-001 (no #!) could not be started: a script's first line names its interpreter",
        ),
        (
            silence(
                vec![seen(
                    Seen { replaced: vec!["runcmd: lost".to_owned()], signals: true, ..Seen::default() },
                    0,
                )],
                vec![],
            ),
            "Server: runcmd: lost",
        ),
        (silence(vec![script(None, true)], vec![]), "still running when the time was up"),
        (
            silence(vec![ScriptFacts { not_run: Some(NotRun::NoShebang), ..script(None, true) }], vec![]),
            "does not begin with #!",
        ),
        (silence(vec![script(ended(0), true)], vec![idle("Server", None)]), "counts i-1 only"),
        (
            silence(
                vec![],
                vec![idle(
                    "Servr",
                    Some(SignalError::NoSuchResource {
                        logical_id: "Servr".to_owned(),
                        stack_name: "web".to_owned(),
                    }),
                )],
            ),
            "Servr was signalled, but the resource that waits is Server",
        ),
    ] {
        assert!(advice.first().unwrap().contains(text), "{advice:?}");
    }
}

#[test]
fn a_signal_for_another_stack_is_told_as_it_was_refused() {
    let stray = |stack: &str, elsewhere| Stray {
        stack: stack.to_owned(),
        logical_id: "Server".to_owned(),
        unique_id: "i-1".to_owned(),
        refusal: format!("ValidationError: Stack {stack} does not exist"),
        elsewhere,
    };
    let advice = |stray: Stray| {
        let script = script(ended(12), true);
        let facts = Facts { strays: vec![stray], scripts: vec![script], ..Facts::default() };
        advised(NONE, Facts { stack_name: "rehearsal".to_owned(), region: "eu-west-1".to_owned(), ..facts })
    };
    assert_eq!(
        advice(stray("Workshop", false)),
        [
            "a signal for Server of stack Workshop, from i-1, was refused (ValidationError: Stack Workshop does not exist): \
          this stack is called rehearsal. Signal ${AWS::StackName}; or, where the name is fixed, as in what the CDK \
          writes, rehearse with --stack-name Workshop"
        ]
    );
    let other = advice(stray("rehearsal", true));
    assert!(other.concat().contains("sent to another region, and the stack is in eu-west-1"), "{other:?}");
    // What the stack refused itself is told once.
    let refusal =
        SignalError::NoSuchResource { logical_id: "Servr".to_owned(), stack_name: "rehearsal".to_owned() };
    let same = Stray { refusal: format!("ValidationError: {refusal}"), ..stray("rehearsal", false) };
    let idle = vec![idle("Servr", Some(refusal))];
    let told = advised(NONE, Facts { strays: vec![same], idle, ..Facts::default() });
    assert_eq!(told, ["Servr was signalled, but the resource that waits is Server: mend --resource"]);
}

#[test]
fn some_signals_are_not_none() {
    let scripts = vec![script(ended(0), true)];
    let facts = || Facts { scripts: scripts.clone(), groups: vec!["Server".to_owned()], ..Facts::default() };
    let reason = "Received 1 SUCCESS signal(s) out of 3.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement";
    assert_eq!(
        advised(reason, facts()),
        ["1 of 3 counted; the group starts 1 instance, and each counts once: Count has to be at most that"]
    );
    let condition = advised("WaitCondition timed out. Received 2 conditions when expecting 4", facts());
    assert_eq!(
        condition,
        ["2 of 4 counted: each sender counts once, by its unique id, however often it signals"]
    );
}

#[test]
fn who_signals_from_elsewhere_is_named() {
    let scripts = || vec![seen(Seen::default(), 0)];
    let place = "Server's Metadata.AWS::CloudFormation::Init.config.commands.9".to_owned();
    let facts = Facts { scripts: scripts(), in_init: vec![place], ..Facts::default() };
    let stubbed = advised(NONE, facts.clone()).concat();
    assert!(stubbed.contains("Init.config.commands.9, and cfn-init is a stub here"), "{stubbed}");
    assert!(stubbed.contains("rehearse with --init run") && !stubbed.contains("last line"), "{stubbed}");
    let run = advised(NONE, Facts { init_runs: true, ..facts }).concat();
    assert!(run.contains("which was not run: does the user data call cfn-init"), "{run}");
    let handle = Facts {
        scripts: vec![script(ended(0), true)],
        handle: Some("Ready".to_owned()),
        given_to: vec!["Fn (AWS::Lambda::Function)".to_owned()],
        ..Facts::default()
    };
    let lambda = advised("WaitCondition timed out. Received 0 conditions when expecting 1", handle).concat();
    assert!(
        lambda.contains("its handle is given to Fn (AWS::Lambda::Function), which is not run here"),
        "{lambda}"
    );
    // Another's user data signals, and this one's does not.
    let facts = Facts { scripts: scripts(), in_user_data: true, ..Facts::default() };
    assert_eq!(advised(NONE, facts), ["the user data of Server ended well, and nothing in it signals"]);
    // Where nothing is run, nobody is missed.
    let served = Facts { failure: Some(("Server".to_owned(), NONE.to_owned())), ..Facts::default() };
    assert!(advise(&served).is_empty());
}

#[test]
fn a_stub_that_failed_before_success_is_worth_a_word() {
    let failed = Seen { failed_stubs: vec!["dnf=1".to_owned()], ..Seen::default() };
    let facts = Facts { scripts: vec![seen(failed.clone(), 0), seen(failed, 0)], ..Facts::default() };
    assert_eq!(advise(&facts), ["Server: success was signalled although stubs failed: dnf=1"]);
}

#[test]
fn a_groups_silence_is_silence_too() {
    let reason = "Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement";
    let advice = advise(&Facts {
        failure: Some(("Server".to_owned(), reason.to_owned())),
        scripts: vec![script(ended(1), true)],
        ..Facts::default()
    });
    assert!(advice.first().unwrap().contains("With set -e"), "{advice:?}");
}

#[test]
fn a_groups_stray_signal_is_told_in_a_groups_words() {
    let reason = "Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement";
    let advice = advise(&Facts {
        failure: Some(("Server".to_owned(), reason.to_owned())),
        scripts: vec![script(ended(0), true)],
        groups: vec!["Server".to_owned()],
        idle: vec![idle("Server", None)],
        ..Facts::default()
    });
    let first = advice.first().unwrap();
    assert!(first.contains("a group counts the ids of the instances that it waits for"), "{advice:?}");
    assert!(!first.contains("i-1"), "{advice:?}");
}

#[test]
fn faults_that_came_true_come_first() {
    let reason = "Failed to receive 1 resource signal(s) within the specified duration".to_owned();
    let advice = advise(&Facts {
        failure: Some(("Server".to_owned(), reason)),
        scripts: vec![script(ended(16), true)],
        faults: Some("503 came true 3 times".to_owned()),
        ..Facts::default()
    });
    assert!(advice.first().unwrap().contains("faults on demand (503 came true 3 times)"), "{advice:?}");
    assert!(advice.get(1).unwrap().contains("exited with status 16"), "{advice:?}");
    assert!(!advice.iter().any(|it| it.contains("set -e")), "{advice:?}");
}

#[test]
fn green_and_dead_is_worth_a_word_and_green_and_well_is_not() {
    let facts = |code, waits| Facts { scripts: vec![script(ended(code), waits)], ..Facts::default() };
    assert!(advise(&facts(1, false)).first().unwrap().contains("Give Server a CreationPolicy"));
    assert!(advise(&facts(1, true)).first().unwrap().contains("although it had signalled success"));
    assert!(advise(&facts(0, false)).is_empty());
}

#[test]
fn a_failure_that_was_signalled_points_to_its_cause() {
    let failure = |reason: &str| {
        advise(&Facts { failure: Some(("Server".to_owned(), reason.to_owned())), ..Facts::default() })
    };
    assert!(failure("Received FAILURE signal with UniqueId i-1").first().unwrap().contains("was signalled"));
    let failing = advise(&Facts {
        failure: Some(("Server".to_owned(), "Received 1 FAILURE signal(s) out of 2.".to_owned())),
        failing: vec!["i-2".to_owned()],
        groups: vec!["Server".to_owned()],
        scripts: vec![
            script(ended(1), true),
            ScriptFacts { instance_id: "i-2".to_owned(), ..script(ended(0), true) },
        ],
        ..Facts::default()
    });
    assert_eq!(failing, ["the user data of i-2 signalled a failure: its output says why"]);
    let stuck = advise(&Facts {
        failure: Some(("Server".to_owned(), "Received 1 FAILURE signal(s) out of 2.".to_owned())),
        stuck: true,
        ..Facts::default()
    });
    assert!(stuck.last().unwrap().contains("continue-update-rollback"), "{stuck:?}");
    let group = "Received 1 FAILURE signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement";
    assert!(failure(group).first().unwrap().contains("was signalled"));
    assert!(failure("Unparsable WaitCondition data").first().unwrap().contains("at most 4096 bytes"));
    assert!(failure("anything else").is_empty());
}
