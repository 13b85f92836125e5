#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::io::Write as _;

use super::*;

#[test]
fn calls_are_read_as_they_come() {
    let mut log = tempfile::NamedTempFile::new().unwrap();
    let mut calls = Calls::open(log.path(), Secrets::default()).unwrap();
    assert!(calls.latest().is_empty());
    log.write_all(b"one\ntwo \xff\n").unwrap();
    assert_eq!(calls.latest(), ["one", "two \u{fffd}"]);
    log.write_all(b"three\n").unwrap();
    assert_eq!(calls.latest(), ["three"]);
}

#[test]
fn what_is_no_stubs_is_not_read_to_its_end() {
    let log = tempfile::NamedTempFile::new().unwrap();
    log.as_file().set_len(8 << 30).unwrap();
    let mut calls = Calls::open(log.path(), Secrets::default()).unwrap();
    let told = calls.latest();
    assert_eq!(told.iter().map(String::len).max(), Some(MAX_LINE));
    assert_eq!(told.last().unwrap(), "(calls of stubs beyond 1048576 bytes are left out)");
    assert!(calls.latest().is_empty());
}
