//! An instance metadata service that is reached through an outage, too: until it ends, each request meets a fault.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::faults::Act;
use crate::server::read;
use crate::{SECRET, SIGNATURE, TOKEN};

pub const ID: &str = "i-0123456789abcdef0";
pub const REGION: &str = "us-west-2";

/// What the service, or somebody in its place, does to a question.
pub struct Fault {
    pub name: &'static str,
    /// To one for a token, and to one for anything else.
    acts: [Act; 2],
    /// The first of them comes only after this.
    token_after: Duration,
}

const fn both(name: &'static str, token: Act, value: Act) -> Fault {
    Fault { name, acts: [token, value], token_after: Duration::ZERO }
}

const PAGE: &str = "<html><body>Please log in</body></html>";
const HTML: &str = "content-type: text/html\r\n";
const LOCATION: &str = "location: http://portal.example/\r\n";

pub const FAULTS: &[Fault] = &[
    both("metadata: closed at once", Act::Unread(b""), Act::Unread(b"")),
    both("metadata: silence", Act::SaysAndHangs(b""), Act::SaysAndHangs(b"")),
    both(
        "metadata: a head that hangs",
        Act::SaysAndHangs(b"HTTP/1.1 200"),
        Act::SaysAndHangs(b"HTTP/1.1 200"),
    ),
    both("metadata: 400", Act::Answers(400, "", ""), Act::Answers(400, "", "")),
    both("metadata: 401", Act::Answers(401, "", ""), Act::Answers(401, "", "")),
    both("metadata: 403", Act::Answers(403, "", ""), Act::Answers(403, "", "")),
    both("metadata: 404", Act::Answers(404, "", ""), Act::Answers(404, "", "")),
    both("metadata: 429", Act::Answers(429, "", ""), Act::Answers(429, "", "")),
    both("metadata: 500", Act::Answers(500, "", ""), Act::Answers(500, "", "")),
    both("metadata: 503 and a page", Act::Answers(503, HTML, PAGE), Act::Answers(503, HTML, PAGE)),
    both("metadata: a portal's page", Act::Answers(200, HTML, PAGE), Act::Answers(200, HTML, PAGE)),
    both("metadata: a portal's redirect", Act::Answers(302, LOCATION, ""), Act::Answers(302, LOCATION, "")),
    both("metadata: nothing in it", Act::Answers(200, "", ""), Act::Answers(200, "", "")),
    both("metadata: no tokens yet", Act::Answers(405, "", ""), Act::Answers(401, "", "")),
    both("metadata: a token that it refuses", Act::Answers(200, "", "AQAEstale"), Act::Answers(401, "", "")),
    Fault {
        token_after: Duration::from_millis(1_500),
        ..both("metadata: a slow token", Act::Answers(200, "", "AQAEstale"), Act::Answers(401, "", ""))
    },
    both(
        "metadata: half an answer",
        Act::Says(b"HTTP/1.1 200 OK\r\ncontent-length: 56\r\n\r\nAQAE"),
        Act::Says(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ni-01"),
    ),
];

pub struct Metadata {
    pub url: String,
    met: Arc<Mutex<Vec<&'static str>>>,
}

impl Metadata {
    /// One that is well after `outage`.
    pub fn start(seed: u64, outage: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let met = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&met);
        thread::spawn(move || {
            let mut dice = Dice::new(seed);
            let started = Instant::now();
            // Somebody in its place stays there for a while: a kind lasts for some questions.
            let mut which = dice.below(FAULTS.len());
            for stream in listener.incoming().flatten() {
                if dice.below(3) == 0 {
                    which = dice.below(FAULTS.len());
                }
                let fault = (started.elapsed() < outage).then(|| &FAULTS[which]);
                kept.lock().unwrap().extend(fault.map(|fault| fault.name));
                thread::spawn(move || exchange(stream, fault));
            }
        });
        Self { url, met }
    }

    /// The faults that were met, in their order.
    pub fn met(&self) -> Vec<&'static str> {
        self.met.lock().unwrap().clone()
    }
}

fn exchange(mut stream: TcpStream, fault: Option<&Fault>) {
    if let Some(Fault { acts: [unread @ Act::Unread(_), _], .. }) = fault {
        return unread.on(stream, &[]);
    }
    let request = read(&mut stream);
    let Some(fault) = fault else { return well(stream, &request) };
    let [token, value] = &fault.acts;
    if request.starts_with(b"PUT") {
        thread::sleep(fault.token_after);
        token.on(stream, &request);
    } else {
        value.on(stream, &request);
    }
}

/// What the service itself answers.
fn well(mut stream: TcpStream, request: &[u8]) {
    const KEY: &str = "AQAEgood";
    let text = String::from_utf8_lossy(request);
    let mut words = text.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let carries =
        text.to_ascii_lowercase().contains(&format!("x-aws-ec2-metadata-token: {}", KEY.to_lowercase()));
    let (status, body) = match path.trim_start_matches("/latest/").trim_end_matches('/') {
        "api/token" if method == "PUT" => (200, KEY.to_owned()),
        _ if !carries => (401, String::new()),
        "meta-data/instance-id" => (200, ID.to_owned()),
        "meta-data/placement/region" => (200, REGION.to_owned()),
        "meta-data/tags/instance/aws:cloudformation:stack-name" => (200, "S".to_owned()),
        "meta-data/tags/instance/aws:cloudformation:logical-id" => (200, "R".to_owned()),
        "dynamic/instance-identity/document" => {
            (200, format!(r#"{{"instanceId":"{ID}","region":"{REGION}"}}"#))
        }
        "dynamic/instance-identity/signature" => (200, SIGNATURE.to_owned()),
        "meta-data/iam/security-credentials" => (200, "web".to_owned()),
        "meta-data/iam/security-credentials/web" => (
            200,
            format!(
                r#"{{"Code":"Success","AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"{SECRET}","Token":"{TOKEN}","Expiration":"2099-01-01T00:00:00Z"}}"#
            ),
        ),
        _ => (404, String::new()),
    };
    let head = format!("HTTP/1.1 {status} OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // The client may be gone.
    let _gone = stream.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice());
    let _gone = stream.shutdown(Shutdown::Both);
}
