#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use super::phase::{Phase, Tone};
use super::*;
use crate::happening::{Effect, SignalReceived};
use crate::moment::Moment;
use crate::run::{Ended, NotRun};
use crate::stack::{Event, Outcome, SignalError, Status, Waiting};

#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_769_890_456_000 + seconds * 1000)
}

fn event(status: Status, reason: Option<&str>, seconds: u64) -> Event {
    Event {
        at: at(seconds),
        logical_id: "Server".to_owned(),
        physical_id: None,
        resource_type: "AWS::EC2::Instance".to_owned(),
        status,
        reason: reason.map(str::to_owned),
        token: None,
    }
}

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
    }
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

#[test]
fn an_event_is_a_line_with_its_reason_below() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    console.event(&event(Status::CreateFailed, Some("because\u{1b}[2J"), 0));
    assert_eq!(
        page.text(),
        "20:14:16 | CREATE_FAILED        | AWS::EC2::Instance         | Server\n           because [2J\n"
    );
}

#[test]
fn a_log_is_told_when_a_wait_begins_and_then_rarely() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    let waiting = |received| {
        [Waiting { logical_id: "Server".to_owned(), received, expected: 2, since: at(0), until: at(600) }]
    };
    for second in 0..400 {
        console.waiting(&waiting(0), at(second));
    }
    let told: Vec<_> = page.text().lines().map(str::to_owned).collect();
    assert_eq!(
        told,
        [
            "20:14:16 . Server waits for 2 of 2 signal(s) (0/2 received), since 20:14:16 until 20:24:16: 10 min left",
            "20:15:16 . Server waits for 2 of 2 signal(s) (0/2 received), since 20:14:16 until 20:24:16: 9 min left",
            "20:17:16 . Server waits for 2 of 2 signal(s) (0/2 received), since 20:14:16 until 20:24:16: 7 min left",
        ]
    );
    // Something new is worth a line at once.
    console.waiting(&waiting(1), at(400));
    assert!(page.text().ends_with(
        "waits for 1 of 2 signal(s) (1/2 received), since 20:14:16 until 20:24:16: 3 min 20 s left\n"
    ));
}

#[test]
fn a_terminal_has_a_live_line_that_makes_way() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), true);
    let waiting =
        [Waiting { logical_id: "Server".to_owned(), received: 0, expected: 1, since: at(0), until: at(60) }];
    console.waiting(&waiting, at(0));
    console.waiting(&waiting, at(1));
    console.line("news");
    let text = page.text();
    assert!(text.contains("1 min left") && text.contains("59 s left"), "{text:?}");
    assert!(text.ends_with("\r\u{1b}[Knews\n"), "{text:?}");
    assert_eq!(text.matches('\n').count(), 1);
}

#[test]
fn long_fields_are_wrapped_under_themselves() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    console.field("Why", &"word ".repeat(40));
    let text = page.text();
    assert!(text.starts_with("Why      word word"));
    assert!(text.lines().all(|line| line.len() <= 100) && text.lines().count() == 3, "{text}");
    assert!(text.lines().skip(1).all(|line| line.starts_with("         w")));
}

#[test]
fn a_summary_tells_the_first_failure_and_what_it_cost() {
    let mut stack = event(Status::CreateInProgress, None, 0);
    stack.logical_id = "web".to_owned();
    stack.resource_type = crate::stack::STACK_TYPE.to_owned();
    let rolled_back = Event { status: Status::RollbackComplete, at: at(310), ..stack.clone() };
    let events = [
        stack,
        event(Status::CreateInProgress, None, 10),
        event(Status::CreateFailed, Some("first"), 310),
        event(Status::DeleteComplete, None, 310),
        rolled_back,
    ];
    let summary = summarise(&events).unwrap();
    assert_eq!(summary.status, Status::RollbackComplete);
    assert_eq!(summary.failure, Some(("Server".to_owned(), "first".to_owned())));
    assert_eq!(summary.took, Duration::from_secs(310));
    assert_eq!(summary.longest, Some(("Server".to_owned(), Duration::from_secs(300))));
    assert_eq!(summarise(&[]), None);
}

#[test]
fn advice_fits_what_happened() {
    for (advice, text) in [
        (silence(vec![script(ended(1), true)], vec![]), "With set -e the line that signals is never reached"),
        (silence(vec![script(ended(127), true)], vec![]), "command not found"),
        (silence(vec![script(ended(0), true)], vec![]), "its last line should be cfn-signal -e $?"),
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

#[test]
fn the_console_hides_secrets() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    console.output("Server", "curl 'http://h/k?Expires=1&Signature=s3cr3t'", false);
    console.event(&event(Status::CreateFailed, Some("AWS_SECRET_ACCESS_KEY=s3cr3t"), 0));
    let said = page.text();
    assert!(said.contains("Signature=(hidden)'") && !said.contains("s3cr3t"), "{said}");
}

#[test]
fn statuses_are_read_by_their_names() {
    for (status, tone) in [
        ("CREATE_IN_PROGRESS", Tone::Plain),
        ("UPDATE_COMPLETE", Tone::Good),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Tone::Good),
        ("UPDATE_FAILED", Tone::Bad),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Tone::Bad),
        ("DELETE_COMPLETE", Tone::Faint),
        ("DELETE_SKIPPED", Tone::Faint),
        ("DELETE_FAILED", Tone::Bad),
    ] {
        assert_eq!(Phase::read(status).tone(), tone, "{status}");
    }
}

#[test]
fn nothing_that_anybody_says_is_a_command_or_hides() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    console.event(&event(Status::CreateFailed, Some("::error::forged ##[error]forged \u{202e}\u{e0041}"), 0));
    console.output("Server", "##[warning]\u{200b}x", false);
    console.note("::set-env name=x::y");
    console.field("Why", &format!("{} ::error::forged", "word ".repeat(17)));
    let text = page.text();
    assert!(!text.contains("##[") && !text.contains(['\u{202e}', '\u{e0041}', '\u{200b}']), "{text:?}");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    assert_eq!(text.matches("\\::").count(), 3, "{text}");
}

/// Instances that wait, the first of them for the shortest.
fn many(count: usize) -> Vec<Waiting> {
    let one = |number: usize| Waiting {
        logical_id: format!("AnInstanceWithARatherLongNameThatNobodyWouldTypeByHand{number:03}"),
        received: 0,
        expected: 1,
        since: at(0),
        until: at(600 + number as u64),
    };
    (0..count).map(one).collect()
}

#[test]
fn one_line_says_how_far_five_hundred_resources_are() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), true);
    console.expect(Some(500));
    for number in 0..398 {
        let logical_id = format!("Topic{number}");
        console.event(&Event { logical_id, ..event(Status::CreateComplete, None, 0) });
    }
    console.waiting(&many(100), at(1));
    let text = page.text();
    let line = console::without_escapes(text.rsplit("\r\u{1b}[K").next().unwrap());
    assert!(line.starts_with("398/500 done, 100 wait; next AnInstance"), "{line}");
    assert!(line.chars().count() < 100 && line.contains("9 min 59 s left"), "{line}");
}

#[test]
fn a_log_does_not_tell_of_each_of_many_that_are_signalled() {
    let page = Page::default();
    let mut console = Console::on(Box::new(page.clone()), false);
    for left in (1..=500).rev() {
        console.waiting(many(500).get(500 - left..).unwrap_or_default(), at(1));
    }
    let told = page.text().lines().count();
    assert!((5..15).contains(&told), "{}", page.text());
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let shown = |only: &[Kind]| {
        let page = Page::default();
        let mut console = Console::on(Box::new(page.clone()), false).only(only);
        let topic =
            Event { resource_type: "AWS::SNS::Topic".to_owned(), ..event(Status::CreateComplete, None, 0) };
        let stack = Event {
            logical_id: "web".to_owned(),
            resource_type: crate::stack::STACK_TYPE.to_owned(),
            ..event(Status::CreateInProgress, None, 0)
        };
        console.event(&stack);
        console.event(&topic);
        console.event(&Event { status: Status::CreateFailed, ..topic.clone() });
        console.event(&event(Status::CreateInProgress, None, 0));
        console.event(&Event { status: Status::RollbackInProgress, ..stack.clone() });
        console.output("Server", "hello", false);
        console.chat("Server: runs");
        page.text().lines().count()
    };
    assert_eq!(shown(&[]), 7);
    assert_eq!(shown(&[Kind::Failed]), 2);
    assert_eq!(shown(&[Kind::Stack]), 2);
    assert_eq!(shown(&[Kind::Waits]), 1);
    assert_eq!(shown(&[Kind::Failed, Kind::Waits, Kind::Stack]), 4);
    assert_eq!(shown(&[Kind::Output]), 2);
}
