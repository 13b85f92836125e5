#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use quick_xml::Reader;

use super::*;
use crate::report::Recorder;
use crate::report::recorder::tests::{SILENCE, at, event, failed, plan};
use crate::stack::{STACK_TYPE, Status};

/// Each element with its attributes and the text in it.
fn read(text: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut found: Vec<(String, BTreeMap<String, String>, String)> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(tag) | Xml::Empty(tag) => {
                let attributes = tag.attributes().map(|it| {
                    let it = it.unwrap();
                    let value = quick_xml::escape::unescape(&it.value).unwrap().into_owned();
                    (it.key.as_ref().to_owned(), value)
                });
                found.push((tag.name().as_ref().to_owned(), attributes.collect(), String::new()));
            }
            Xml::Text(_) if found.is_empty() => {}
            Xml::Text(it) => found.last_mut().unwrap().2.push_str(&it),
            Xml::GeneralRef(it) => {
                let entity = format!("&{};", &*it);
                found.last_mut().unwrap().2.push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Xml::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn a_wait_that_failed_is_a_failure_with_reason_advice_and_output() {
    let text = render(failed().stacks(), &Notes::default()).unwrap();
    let found = read(&text);
    let tags: Vec<_> = found.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(tags, ["testsuites", "testsuite", "testcase", "failure", "system-out", "testcase", "skipped"]);
    let attribute = |place: usize, name: &str| found.get(place).unwrap().1.get(name).unwrap().as_str();
    for (place, name, value) in [
        (0, "tests", "2"),
        (0, "failures", "1"),
        (1, "name", "web"),
        (1, "skipped", "1"),
        (1, "timestamp", "2026-01-31T20:14:16"),
        (2, "name", "Server"),
        (2, "classname", "web"),
        (2, "time", "300.000"),
        (3, "message", SILENCE),
        (5, "name", "Ready"),
    ] {
        assert_eq!(attribute(place, name), value, "{name}: {text}");
    }
    let failure = &found.get(3).unwrap().2;
    assert!(
        failure.contains("0 of 1 signal(s) received") && failure.contains("Advice: mend <it>"),
        "{failure}"
    );
    let output = &found.get(4).unwrap().2;
    assert!(output.contains("| </pre>red ]]> Signature=(hidden)"), "{output}");
    assert!(!text.contains('\u{1b}') && !text.contains("]]>"));
}

#[test]
fn a_stack_without_waits_is_a_test_case_itself() {
    let mut recorder = Recorder::new(false);
    for (status, seconds) in [(Status::CreateInProgress, 0), (Status::CreateComplete, 2000)] {
        recorder.happened(
            "bare",
            &event("bare", STACK_TYPE, status, "", seconds),
            at(seconds),
            Duration::ZERO,
        );
    }
    let found = read(&render(recorder.stacks(), &Notes::default()).unwrap());
    let case = found.iter().find(|it| it.0 == "testcase").unwrap();
    assert_eq!(
        (case.1.get("name").unwrap().as_str(), case.1.get("time").unwrap().as_str()),
        ("bare", "2.000")
    );
}

#[test]
fn an_interruption_is_an_error_and_no_failure() {
    let mut recorder = Recorder::new(false);
    recorder.planned(&plan());
    for (id, kind) in [("web", STACK_TYPE), ("Server", "AWS::EC2::Instance")] {
        recorder.happened("web", &event(id, kind, Status::CreateInProgress, "", 0), at(0), Duration::ZERO);
    }
    let found = read(&render(recorder.stacks(), &Notes::default()).unwrap());
    let suite = &found.get(1).unwrap().1;
    assert_eq!((suite.get("errors").unwrap().as_str(), suite.get("failures").unwrap().as_str()), ("1", "0"));
    let error = found.iter().find(|it| it.0 == "error").unwrap();
    assert!(error.1.get("message").unwrap().contains("0 of 1 signal(s) received"), "{error:?}");
}

#[test]
fn what_is_made_up_is_a_property_of_its_suite() {
    let made = |stack: Option<&str>| super::super::notes::Made {
        stack: stack.map(str::to_owned),
        name: "Ip.AllocationId".to_owned(),
        value: "eipalloc-1".to_owned(),
    };
    let recorder = failed();
    let name = recorder.stacks().first().unwrap().name.clone();
    let property = "<property name=\"made-up\" value=\"Ip.AllocationId = eipalloc-1\"/>";
    for (stack, count) in [(None, 1), (Some(name.as_str()), 1), (Some("another"), 0)] {
        let notes = Notes { made_up: vec![made(stack)], ..Notes::default() };
        let text = render(recorder.stacks(), &notes).unwrap();
        assert_eq!(text.matches(property).count(), count, "{text}");
        // As JUnit's schema has it: before the cases.
        assert!(text.find(property) < text.find("<testcase") || count == 0, "{text}");
    }
}
