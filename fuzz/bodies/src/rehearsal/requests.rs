//! Requests to a rehearsal's services, one after the other: the Query API, the metadata, the handles, the faults.
//!
//! Input: requests with a line of `----` between them. Each is `[key|token|handle] [later]`, `METHOD TARGET`, headers, a body.

use cfn_rehearse::fuzzing::{Answer, Caller, Server};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::message::Message;

/// Requests that are made.
const MOST: usize = 6;

/// Makes the requests of `input`.
pub fn run(input: &[u8]) {
    let Some(server) = Server::open() else { return };
    let mut rest = input;
    for _ in 0..MOST {
        let end = rest.windows(6).position(|six| six == b"\n----\n");
        let (request, after) = match end {
            Some(end) => (rest.get(..end), rest.get(end + 6..)),
            None => (Some(rest), None),
        };
        request.and_then(Message::read).into_iter().for_each(|message| make(&server, &message));
        let Some(after) = after else { return };
        rest = after;
    }
}

fn make(server: &Server, message: &Message<'_>) {
    let caller = [("key", Caller::Key), ("token", Caller::Token), ("handle", Caller::Handle)]
        .into_iter()
        .find(|(word, _)| message.says(word))
        .map_or(Caller::Nobody, |(_, caller)| caller);
    if message.says("later") {
        server.pass_time();
    }
    let (method, target) = message.second.split_once(' ').unwrap_or(("GET", &message.second));
    if let Some(answer) = server.answer(caller, method, target, &message.headers, message.body) {
        check(&answer);
    }
}

/// Whether an answer is what it says it is.
fn check(answer: &Answer) {
    let shown = String::from_utf8_lossy(&answer.body);
    assert!((200..600).contains(&answer.status), "{answer:?}");
    assert_ne!(answer.status, 500, "{shown}");
    if answer.content_type.starts_with("application/json") {
        let read: Result<serde_json::Value, _> = serde_json::from_slice(&answer.body);
        assert!(read.is_ok(), "{read:?}: {shown}");
    }
    if answer.content_type.ends_with("xml") {
        let is_in_xml = |it: char| it >= ' ' && it != '\u{fffe}' && it != '\u{ffff}' || "\t\n\r".contains(it);
        assert!(shown.chars().all(is_in_xml), "{shown:?}");
        let mut reader = Reader::from_str(&shown);
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => assert_eq!(error.to_string(), "", "{shown}"),
            }
        }
    }
}
