#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

use super::{pair, receive, send};

#[test]
fn messages_come_one_by_one_with_what_was_sent_along() {
    let (here, there) = pair().unwrap();
    let there = UnixStream::from(there);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"sent along").unwrap();
    file.rewind().unwrap();
    send(&here, &"one", &[]).unwrap();
    send(&here, &vec!["two"; 1000], &[file.as_fd()]).unwrap();
    drop(here);
    let (one, none): (String, _) = receive(&there).unwrap().unwrap();
    assert_eq!((one.as_str(), none.len()), ("one", 0));
    let (two, mut along): (Vec<String>, _) = receive(&there).unwrap().unwrap();
    assert_eq!((two.len(), along.len()), (1000, 1));
    let mut text = String::new();
    File::from(along.remove(0)).read_to_string(&mut text).unwrap();
    assert_eq!(text, "sent along");
    assert!(receive::<String>(&there).unwrap().is_none());
}

#[test]
fn what_is_no_message_is_an_error_and_not_a_lot_of_memory() {
    for bytes in [&[0xff; 8][..], &[0, 0, 0, 3, b'{', b'{', b'{']] {
        let (mut here, there) = pair().unwrap();
        here.write_all(bytes).unwrap();
        drop(here);
        assert!(receive::<String>(&UnixStream::from(there)).is_err());
    }
    let (here, _there) = pair().unwrap();
    assert!(send(&here, &"x".repeat(2 << 20), &[]).is_err());
}
