#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::Command;

use serde_json::json;

use super::{Armed, Pending, uptime};

const MINUTE: i64 = 60_000;

#[test]
fn what_is_armed_is_hastened_and_the_rest_of_it_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.armed");
    let due = uptime().unwrap() + 9 * MINUTE;
    let record = json!({"due": due, "fired": null, "arguments": ["--stack", "web"]});
    fs::write(&path, record.to_string()).unwrap();
    let armed = Armed::at(folder.path().to_owned());
    assert_eq!(armed.pending(), Pending { any: true, due: Some(due) });
    assert!(!armed.hasten(MINUTE), "whoever arms has made what is locked");
    fs::write(folder.path().join("lock"), "").unwrap();
    assert!(armed.hasten(8 * MINUTE));
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(record, json!({"due": due - 8 * MINUTE, "fired": null, "arguments": ["--stack", "web"]}));
    // Due, and nobody watches: nothing will come of it.
    assert!(armed.hasten(2 * MINUTE));
    assert_eq!(armed.pending(), Pending { any: true, due: None });
    armed.disarm();
    assert_eq!(armed.pending(), Pending::default());
}

#[test]
fn what_was_signalled_is_armed_no_more() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.armed"), json!({"due": i64::MAX, "fired": 0}).to_string()).unwrap();
    assert_eq!(Armed::at(folder.path().to_owned()).pending(), Pending::default());
    let nowhere = Armed::at(folder.path().join("none"));
    assert!(nowhere.pending() == Pending::default() && nowhere.hasten(1));
}

/// An instance's root may put anything there.
#[test]
fn what_is_no_record_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["a.armed", "lock"] {
        assert!(Command::new("mkfifo").arg(path(name)).status().unwrap().success());
    }
    fs::write(path("b.armed"), "{").unwrap();
    std::os::unix::fs::symlink("/dev/zero", path("c.armed")).unwrap();
    fs::create_dir(path("d.armed")).unwrap();
    let armed = Armed::at(folder.path().to_owned());
    assert_eq!(armed.pending(), Pending::default());
    fs::write(path("e.armed"), json!({"due": i64::MAX, "fired": null}).to_string()).unwrap();
    assert!(!armed.hasten(1));
    assert!(armed.pending().any);
}
