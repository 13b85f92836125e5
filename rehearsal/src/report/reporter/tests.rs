#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::*;

fn said(mut reporter: Reporter, lines: usize) -> Reporter {
    let from = Launch { logical_id: "Server".to_owned(), instance_id: "i-1".to_owned() };
    for number in 0..lines {
        reporter.output("web", &from, &number.to_string(), false, Moment::from_millis(0));
    }
    reporter
}

fn json_lines(reporter: &Reporter) -> Vec<Value> {
    let ending = Ending { exit_code: 0, interrupted: false };
    let text = reporter.json_lines(ending, &Notes::default());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn of_too_many_lines_the_first_and_the_last_are_kept_and_the_others_counted() {
    let (first, last) = LINES;
    let lines = json_lines(&said(Reporter::new(), first + last));
    assert_eq!(lines.len(), first + last + 1);
    assert!(lines.iter().all(|it| it["type"] != "left-out"));
    let lines = json_lines(&said(Reporter::new(), first + last + 7));
    assert_eq!(lines.len(), first + 1 + last + 1);
    assert_eq!(lines[first - 1]["text"], (first - 1).to_string());
    assert_eq!(lines[first], serde_json::json!({"type": "left-out", "lines": 7}));
    assert_eq!(lines[first + 1]["text"], (first + 7).to_string());
    assert_eq!(lines[first + last + 1]["type"], "summary");
}

#[test]
fn lines_that_somebody_takes_are_not_kept() {
    static TAKEN: AtomicUsize = AtomicUsize::new(0);
    let reporter = said(
        Reporter::new().passing(Some(|_| {
            TAKEN.fetch_add(1, Ordering::Relaxed);
        })),
        3,
    );
    assert_eq!(TAKEN.load(Ordering::Relaxed), 3);
    assert_eq!(json_lines(&reporter).len(), 1);
    let reporter = said(Reporter::new().passing(None), 3);
    assert_eq!(json_lines(&reporter).len(), 1);
    assert_eq!(reporter.stacks()[0].instances[0].lines.count(), 3);
}

#[test]
fn no_report_has_a_secret() {
    use crate::happening::{Effect, SignalReceived};
    use crate::stack::Outcome;

    let secrets = Secrets::default();
    secrets.learn(["hunter2".to_owned()]);
    let mut reporter = said(Reporter::new().hiding(&secrets), 1);
    let from = Launch { logical_id: "Server".to_owned(), instance_id: "i-1".to_owned() };
    let now = Moment::from_millis(0);
    reporter.output("web", &from, "+ echo hunter2", false, now);
    reporter.not_run("web", &from, "no hunter2", now);
    let signal = SignalReceived {
        at: now,
        logical_id: "Server".to_owned(),
        unique_id: "hunter2".to_owned(),
        outcome: Outcome::Success,
        effect: Effect::Counted,
    };
    reporter.happened("web", &Happening::Signal(signal), now);
    reporter.advised("web", &["see hunter2".to_owned()]);
    let ending = Ending { exit_code: 0, interrupted: false };
    let notes = Notes::default();
    let texts = [reporter.json_lines(ending, &notes), reporter.html("t", ending, &notes, true)];
    for text in texts {
        assert!(text.contains("****") && !text.contains("hunter2"), "{text}");
    }
}
