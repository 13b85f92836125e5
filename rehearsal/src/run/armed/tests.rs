#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::time::Duration;

use serde_json::json;

use super::Armed;
use crate::armed::uptime;
use crate::clock::{Clock, ClockKind};

const MINUTE: i64 = 60_000;

#[test]
fn what_is_armed_comes_as_much_sooner_as_the_clock_jumps() {
    let folder = tempfile::tempdir().unwrap();
    let due = uptime().unwrap() + 9 * MINUTE;
    fs::write(folder.path().join("a.armed"), json!({"due": due, "fired": null}).to_string()).unwrap();
    fs::write(folder.path().join("lock"), "").unwrap();
    let clock = Clock::new(ClockKind::Virtual);
    let mut armed = Armed::here(folder.path().to_owned());
    let begun = clock.now();
    let first = armed.keep_pace(&clock).unwrap();
    assert!(first.since(begun) > Duration::from_secs(530) && first.since(begun) < Duration::from_secs(550));
    clock.jump_to(begun.plus(Duration::from_secs(8 * 60)));
    let again = armed.keep_pace(&clock).unwrap();
    // The same moment of the stack's, give or take what two clocks differ in.
    assert!(again.since(first).max(first.since(again)) < Duration::from_secs(1), "{first:?} {again:?}");
    // Due, and nobody watches: nothing will come of it.
    clock.jump_to(begun.plus(Duration::from_secs(20 * 60)));
    assert_eq!(armed.keep_pace(&clock), None);
    assert!(armed.any());
    armed.disarm();
    assert!(!armed.any());
}
