//! What a server, or somebody on the way to one, may do to a request.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::Duration;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing of it was taken.
    Lost,
    /// The signal was taken, as far as the client can tell.
    Taken,
    /// The signal was taken, and the answer is somebody else's, who cannot know.
    TakenBehind,
}

/// What is done to a request.
pub struct Fault {
    pub name: &'static str,
    pub fate: Fate,
    pub act: Act,
}

/// How.
pub enum Act {
    /// The connection is closed before anything is read; with bytes before that.
    Unread(&'static [u8]),
    /// The request is read, these bytes are written, and the connection is closed.
    Says(&'static [u8]),
    /// The same, and the connection stays open.
    SaysAndHangs(&'static [u8]),
    /// Answers with this status, these headers and this body, whole.
    Answers(u16, &'static str, &'static str),
    /// Answers with this status and a document that only the API has. A wait condition's server throttles in its place.
    OfTheApi(u16, &'static str),
    /// Answers with this status and the request itself.
    Echoes(u16),
    /// An answer that is never over, as fast as it is read.
    Floods(&'static str),
}

const XML: &str = "content-type: text/xml\r\nx-amzn-requestid: rid\r\n";
const JSON: &str = "content-type: application/json\r\nx-amzn-requestid: rid\r\n";
const HTML: &str = "content-type: text/html\r\nvia: 1.1 proxy\r\n";
const PAGE: &str = "<html><body><h1>It is not our fault</h1></body></html>";
const THROTTLING: &str = r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded","Type":"Sender"}}"#;
const THROTTLING_XML: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>RequestLimitExceeded</Code>\
    <Message>x</Message></Error></ErrorResponse>";
const FAILURE: &str = r#"{"Error":{"Code":"InternalFailure","Message":"","Type":"Receiver"}}"#;
const NO_MEMBER: &str = r#"{"Error":{"Code":"ValidationError","Message":"Instance i-1 in not a member of stack S","Type":"Sender"}}"#;
const NO_KEY: &str = r#"{"Error":{"Code":"InvalidClientTokenId","Message":"unknown","Type":"Sender"}}"#;
const CUT: &str = "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Co";

const fn lost(name: &'static str, act: Act) -> Fault {
    Fault { name, fate: Fate::Lost, act }
}

const fn taken(name: &'static str, act: Act) -> Fault {
    Fault { name, fate: Fate::Taken, act }
}

pub const FAULTS: &[Fault] = &[
    lost("closed at once", Act::Unread(b"")),
    lost("an alert of TLS at once", Act::Unread(b"\x15\x03\x03\x00\x02\x02\x28")),
    lost("SSH at once", Act::Unread(b"SSH-2.0-OpenSSH_9.6\r\n")),
    lost("half a status line", Act::Says(b"HTTP/1.1 20")),
    lost("half a head", Act::Says(b"HTTP/1.1 200 OK\r\ncontent-le")),
    lost("a head that hangs", Act::SaysAndHangs(b"HTTP/1.1 200 OK\r\ncontent-le")),
    lost("silence", Act::SaysAndHangs(b"")),
    lost("a preface of HTTP/2", Act::Says(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64")),
    lost("noise", Act::Says(b"\x00\xff\x1b[31m\x07\r\n\r\n::error::noise\r\n\r\n")),
    lost("100 and no more", Act::Says(b"HTTP/1.1 100 Continue\r\n\r\n")),
    lost("a status of 0", Act::Answers(0, "", "")),
    lost("a status of 600", Act::Answers(600, "", "")),
    lost("a status of 999", Act::Answers(999, HTML, PAGE)),
    lost("a portal's page", Act::Answers(200, HTML, PAGE)),
    lost("a portal's page without a type", Act::Answers(200, "", PAGE)),
    lost("a proxy's 403", Act::Answers(403, HTML, PAGE)),
    lost("a proxy's 404", Act::Answers(404, HTML, PAGE)),
    lost("a proxy's 400 without a body", Act::Answers(400, "", "")),
    lost("a proxy's 408", Act::Answers(408, HTML, "")),
    lost("a proxy's 425", Act::Answers(425, HTML, "")),
    lost("a proxy's 502", Act::Answers(502, HTML, PAGE)),
    lost("a proxy's 503", Act::Answers(503, HTML, PAGE)),
    lost("a proxy's 504 of another year", Act::Answers(504, "date: Thu, 01 Jan 2032 00:00:00 GMT\r\n", PAGE)),
    lost(
        "a gateway's 403",
        Act::Answers(403, "content-type: application/json\r\n", r#"{"message":"Forbidden"}"#),
    ),
    lost("303", Act::Answers(303, "location: /elsewhere\r\n", "")),
    lost("304", Act::Answers(304, "", "")),
    lost("429", Act::Answers(429, "", "")),
    lost("503, come back tomorrow", Act::Answers(503, "retry-after: 86400\r\n", PAGE)),
    lost("503, come back never", Act::Answers(503, "retry-after: 99999999999999999999999\r\n", "")),
    lost("503, come back in a second", Act::Answers(503, "retry-after: 1\r\n", "")),
    lost("503, come back yesterday", Act::Answers(503, "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "")),
    lost("Throttling", Act::Answers(400, JSON, THROTTLING)),
    lost("Throttling in XML", Act::Answers(503, XML, THROTTLING_XML)),
    lost("an error that is cut", Act::Answers(400, XML, CUT)),
    lost("an error in gzip", Act::Answers(400, "content-encoding: gzip\r\n", "\u{1f}\u{8b}\u{8}\u{0}")),
    lost("an error that breaks off", Act::Says(b"HTTP/1.1 400 Bad\r\ncontent-length: 900\r\n\r\n<Error>")),
    lost("an error that hangs", Act::SaysAndHangs(b"HTTP/1.1 503 No\r\ncontent-length: 900\r\n\r\n<html>")),
    lost("no member yet", Act::OfTheApi(400, NO_MEMBER)),
    lost("no key yet", Act::OfTheApi(403, NO_KEY)),
    lost("a flood", Act::Floods("HTTP/1.1 500 No\r\n\r\n")),
    lost("a flood of headers", Act::Floods("HTTP/1.1 500 No\r\n")),
    lost("an echo", Act::Echoes(502)),
    lost("an echo with 403", Act::Echoes(403)),
    lost("a negative length", Act::Says(b"HTTP/1.1 500 No\r\ncontent-length: -1\r\n\r\n")),
    lost("two lengths", Act::Says(b"HTTP/1.1 500 No\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab")),
    lost("chunks that are none", Act::Says(b"HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")),
    taken("taken, then closed", Act::Says(b"")),
    taken("taken, and never answered", Act::SaysAndHangs(b"")),
    taken("taken, and the service failed", Act::Answers(500, JSON, FAILURE)),
    taken("taken, and 503 of the service", Act::Answers(503, JSON, FAILURE)),
    taken("taken, and half a head", Act::Says(b"HTTP/1.1 200 OK\r\ncontent-")),
    taken("taken, and half a body", Act::Says(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"Sig")),
    taken(
        "taken, and a body that hangs",
        Act::SaysAndHangs(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
    ),
    Fault { name: "taken, and 504 of a proxy", fate: Fate::TakenBehind, act: Act::Answers(504, HTML, PAGE) },
    Fault {
        name: "taken, and noise of a proxy",
        fate: Fate::TakenBehind,
        act: Act::Says(b"\x00\x01\x02\r\n\r\n"),
    },
];

/// How long what hangs is kept open at most: longer than any deadline of these tests.
const HANGING: Duration = Duration::from_secs(30);

impl Act {
    /// Does it to the connection `stream`, whose request has been read unless it is not to be.
    pub fn on(&self, mut stream: TcpStream, request: &[u8]) {
        // The client may be gone at any point: that is its right.
        let _gone = match self {
            Self::Unread(bytes) | Self::Says(bytes) => stream.write_all(bytes),
            Self::SaysAndHangs(bytes) => stream.write_all(bytes).map(|()| hang(&mut stream)),
            Self::Answers(status, headers, body) => stream.write_all(&answer(*status, headers, body)),
            Self::OfTheApi(status, body) if request.starts_with(b"GET") => {
                stream.write_all(&answer(*status, JSON, body))
            }
            Self::OfTheApi(..) => stream.write_all(&answer(503, XML, THROTTLING_XML)),
            Self::Echoes(status) => {
                let head = format!(
                    "HTTP/1.1 {status} Odd\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    request.len()
                );
                stream.write_all(&[head.as_bytes(), request].concat())
            }
            Self::Floods(head) => flood(&mut stream, head),
        };
        let _gone = stream.shutdown(Shutdown::Both);
    }
}

fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Odd\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}");
    [head.as_bytes(), b"\r\n", body.as_bytes()].concat()
}

/// Until the client closes.
fn hang(stream: &mut TcpStream) {
    let _set = stream.set_read_timeout(Some(HANGING));
    while stream.read(&mut [0; 256]).is_ok_and(|read| read > 0) {}
}

fn flood(stream: &mut TcpStream, head: &str) -> std::io::Result<()> {
    const MOST: usize = 4_000;
    stream.write_all(head.as_bytes())?;
    for _ in 0..MOST {
        stream.write_all(&b"x-flood: 0123456789abcdef0123456789abcdef\r\n".repeat(25))?;
    }
    sleep(Duration::from_millis(10));
    Ok(())
}
