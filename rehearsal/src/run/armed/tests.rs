#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::time::Duration;

use serde_json::json;

use super::{Armed, uptime};
use crate::clock::{Clock, ClockKind};

const MINUTE: i64 = 60_000;

#[test]
fn what_is_armed_comes_as_much_sooner_as_the_clock_jumps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.armed");
    let due = uptime().unwrap() + 9 * MINUTE;
    fs::write(&path, json!({"due": due, "fired": null, "arguments": ["--stack", "web"]}).to_string())
        .unwrap();
    let clock = Clock::new(ClockKind::Virtual);
    let mut armed = Armed::new(folder.path().to_owned());
    let begun = clock.now();
    let first = armed.keep_pace(&clock).unwrap();
    assert!(first.since(begun) > Duration::from_secs(530) && first.since(begun) < Duration::from_secs(550));
    clock.jump_to(begun.plus(Duration::from_secs(8 * 60)));
    let again = armed.keep_pace(&clock).unwrap();
    // The same moment of the stack's, give or take what two clocks differ in.
    assert!(again.since(first).max(first.since(again)) < Duration::from_secs(1), "{first:?} {again:?}");
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let moved = due - record["due"].as_i64().unwrap();
    assert!((moved - 8 * MINUTE).abs() < 1_000, "{moved}");
    assert_eq!(record["arguments"], json!(["--stack", "web"]), "the rest of it is as it was");
    // Due, and nobody watches: nothing will come of it.
    clock.jump_to(begun.plus(Duration::from_secs(20 * 60)));
    assert_eq!(armed.keep_pace(&clock), None);
    assert!(armed.any());
    armed.disarm();
    assert!(!armed.any());
}

#[test]
fn what_was_signalled_is_armed_no_more() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.armed"), json!({"due": i64::MAX, "fired": 0}).to_string()).unwrap();
    let mut armed = Armed::new(folder.path().to_owned());
    assert!(!armed.any());
    assert_eq!(armed.keep_pace(&Clock::new(ClockKind::Virtual)), None);
    assert!(!Armed::new(folder.path().join("none")).any());
}
