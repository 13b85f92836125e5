#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use super::phase::{Phase, Tone};
use super::*;
use crate::moment::Moment;
use crate::stack::{Event, Status, Waiting};

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
