#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::faults::target::Service;

fn rule(text: &str) -> Rule {
    text.parse().unwrap()
}

fn refusal(text: &str) -> (usize, String) {
    let error = text.parse::<Rule>().unwrap_err();
    (error.at, error.to_string())
}

#[test]
fn a_rule_has_a_target_a_fault_a_value_and_limits() {
    let read = rule("SignalResource:slow=1m30s,after=1,first=3,every=2,p=0.25,for=2h");
    assert_eq!(read.target, Target::Action("SignalResource"));
    assert_eq!(read.fault, Fault::Slow(Duration::from_secs(90)));
    let limits = Limits {
        after: Some(1),
        first: Some(3),
        every: Some(2),
        probability: Some(0.25),
        span: Some(Duration::from_secs(7200)),
    };
    assert_eq!(read.limits, limits);
    assert_eq!(read.to_string(), "SignalResource:slow=1m30s,after=1,first=3,every=2,p=0.25,for=2h");
}

#[test]
fn without_a_target_it_is_about_all() {
    assert_eq!(rule("503"), rule("*:503"));
    assert_eq!(rule(" * : 503 , first = 2 ").to_string(), "503,first=2");
}

#[test]
fn a_clock_is_ahead_or_behind() {
    for (text, millis) in [("skew=15m", 900_000), ("skew=+15m", 900_000), ("skew=-1s", -1000)] {
        assert_eq!(rule(text).fault, Fault::Skew(millis));
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_the_nearest_word() {
    let cases = [
        ("", 0, "a fault is missing: a rule is "),
        ("api:", 4, "a fault is missing: a rule is "),
        (
            "throtling",
            0,
            "there is no fault throtling (did you mean throttling?); the faults are throttling, 500, ",
        ),
        ("503 first=2", 0, "there is no fault 503 first; "),
        ("hndle:503", 0, "there is no target hndle (did you mean handle?); a target is "),
        ("signalresource:503", 0, "there is no target signalresource (did you mean SignalResource?); "),
        (":503", 0, "there is no target \"\"; a target is "),
        ("api:503,fist=3", 8, "there is no limit fist (did you mean first?); the limits are "),
        ("503,", 4, "there is no limit \"\"; the limits are "),
        ("503=1", 4, "503 takes no value, not 1"),
        ("slow", 0, "slow takes a DURATION from 1ms to 24h, such as 500ms or 2s"),
        ("slow=", 5, "slow takes a DURATION from 1ms to 24h, such as 500ms or 2s, not \"\""),
        ("api:slow=3", 9, "slow takes a DURATION from 1ms to 24h, such as 500ms or 2s, not 3"),
        ("slow=25h", 5, "slow takes a DURATION from 1ms to 24h, such as 500ms or 2s, not 25h"),
        ("slow=10us", 5, "slow takes a DURATION from 1ms to 24h, such as 500ms or 2s, not 10us"),
        ("skew=11y", 5, "skew takes a DURATION up to ten years, with - for a service that is behind, "),
        ("imds=on", 5, "imds takes off, v1, hop-limited or slow, not on"),
        ("503,first=0", 4, "first takes a number from 1, not 0"),
        ("503,every=-2", 4, "every takes a number from 1, not -2"),
        ("503,after", 4, "after takes a number from 1"),
        ("503,p=1.1", 4, "p takes a probability over 0 and at most 1, such as 0.3, not 1.1"),
        ("503,p=NaN", 4, "p takes a probability over 0 and at most 1, such as 0.3, not NaN"),
        ("503,for=0s", 4, "for takes a DURATION of at least 1ms, such as 10s or 2m, not 0s"),
        ("503,first=1,first=2", 12, "first is given twice"),
        ("503,first=2,every=3", 4, "it never comes true: every=3 is more than first=2"),
        ("imds:throttling", 0, "throttling cannot meet imds: it meets api, handle"),
        ("handle:refused=1s", 0, "refused cannot meet handle: it meets connections, which have no target"),
        ("SignalResource:imds=off", 0, "imds cannot meet SignalResource: it meets imds"),
    ];
    for (text, at, says) in cases {
        let (found, said) = refusal(text);
        assert_eq!(found, at, "{text}: {said}");
        assert!(said.starts_with(says), "{text}: {said}");
        assert!(!said.contains('\n'), "{text}: {said}");
    }
}

#[test]
fn an_error_repeats_no_more_than_a_word() {
    let (_, said) = refusal(&format!("\u{1b}[2J{}", "x".repeat(1000)));
    assert!(said.contains('…') && !said.contains('\u{1b}') && said.len() < 300, "{said}");
}

#[test]
fn every_defined_fault_is_read_under_its_name() {
    for definition in DEFINITIONS {
        let value = match definition.value {
            ValueKind::None => "",
            ValueKind::Duration | ValueKind::SignedDuration => "=2s",
            ValueKind::Mode => "=off",
        };
        let read = rule(&format!("{}{value}", definition.name));
        assert_eq!(read.fault.name(), definition.name);
        assert!(!read.fault.told().is_empty());
        for service in definition.meets {
            let alone =
                Target::WORDS.iter().find(|(word, target)| *word != "*" && target.can_select(*service));
            assert_eq!(alone.is_none(), *service == Service::Connection, "{}", definition.name);
        }
    }
}

/// Any rule that can be written.
fn rules() -> impl Strategy<Value = String> {
    let target =
        prop_oneof![Just(String::new()), Just("api:".to_owned()), Just("SignalResource:".to_owned())];
    let fault = prop_oneof![
        Just("throttling".to_owned()),
        Just("lost".to_owned()),
        (1_u64..86_400_000).prop_map(|millis| format!("slow={millis}ms")),
        (1_u64..300_000_000).prop_map(|seconds| format!("skew=-{seconds}s")),
    ];
    let limits = (
        proptest::option::of(1_u64..),
        proptest::option::of(1_u64..),
        proptest::option::of(f64::MIN_POSITIVE..=1.0),
        proptest::option::of(1_u64..300_000_000_000),
    );
    (target, fault, limits).prop_map(|(target, fault, (after, first, probability, span))| {
        let mut text = format!("{target}{fault}");
        for (name, number) in [("after", after), ("first", first)] {
            if let Some(number) = number {
                text.push_str(&format!(",{name}={number}"));
            }
        }
        if let Some(probability) = probability {
            text.push_str(&format!(",p={probability}"));
        }
        if let Some(millis) = span {
            text.push_str(&format!(",for={millis}ms"));
        }
        text
    })
}

proptest! {
    #[test]
    fn what_a_rule_shows_reads_as_the_same_rule(text in rules()) {
        let read: Rule = text.parse().unwrap();
        prop_assert_eq!(&read.to_string().parse::<Rule>().unwrap(), &read);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*|[a-z0-9:=,.*-]{0,30}") {
        if let Ok(read) = text.parse::<Rule>() {
            prop_assert_eq!(&read.to_string().parse::<Rule>().unwrap(), &read);
        }
    }

    #[test]
    fn a_place_lies_in_the_text(text in "(api:)?[a-z0-9é]{1,5}(=[0-9a-zß]{0,3})?(,[a-z]{1,5}=[0-9]{0,2}){0,3}") {
        if let Err(error) = text.parse::<Rule>() {
            prop_assert!(error.at <= text.chars().count());
        }
    }
}
