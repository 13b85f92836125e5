//! Answers whose head is whole and whose body breaks off, or never ends.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{Received, Run, Server, Signal, answer, metadata, read_request};

/// What becomes of the connection after what was written.
#[derive(Clone, Copy, Debug)]
enum Then {
    Close,
    Hang,
}

/// A server that writes the same bytes to every request.
struct Raw {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Raw {
    fn start(answer: String, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        thread::spawn(move || {
            let mut open = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let Some(request) = read_request(&mut stream) else { continue };
                log.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).unwrap();
                match then {
                    Then::Close => drop(stream),
                    Then::Hang => open.push(stream),
                }
            }
        });
        Self { url, received }
    }

    fn resource(&self) -> Run {
        let keys =
            ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-i", "i-1", "--region", "eu-west-1"];
        Signal::new(
            &[&keys[..], &["--stack", "S", "--resource", "R", "--url", &self.url, "--deadline", "40s"]]
                .concat(),
        )
        .run()
    }

    fn handle(&self) -> Run {
        Signal::new(&["-i", "i-1", "--deadline", "40s", &format!("{}/h?Signature=s3cr3t", self.url)]).run()
    }
}

/// Long before the deadline: the body is not waited for that long.
const SOON: Duration = Duration::from_secs(25);

#[test]
fn a_success_counts_whatever_becomes_of_its_body() {
    let bodies = [
        "content-length: 99999\r\n\r\n",
        "content-length: 99999\r\n\r\n{\"SignalResourceResponse\":{\"Respo",
        "transfer-encoding: chunked\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n20\r\n{\"SignalRes",
        "transfer-encoding: chunked\r\n\r\nnonsense\r\n",
    ];
    let cases = bodies.map(|body| [(body, Then::Close), (body, Then::Hang)]).concat();
    // Beside each other, for every second one takes its time.
    thread::scope(|scope| {
        for (body, then) in cases {
            scope.spawn(move || {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nx-amzn-requestid: rid-1\r\nx-amz-request-id: rid-1\r\n{body}"
                );
                let server = Raw::start(head, then);
                for (sent, run) in [Raw::resource, Raw::handle].into_iter().enumerate() {
                    let run = run(&server);
                    assert_eq!(run.code, 0, "{body} {then:?}: {run:?}");
                    assert_eq!(server.received.lock().unwrap().len(), sent + 1, "{body} {then:?}");
                    assert!(run.took < SOON, "{body} {then:?}: {run:?}");
                }
            });
        }
    });
}

#[test]
fn a_refusal_counts_as_far_as_its_body_came() {
    let error = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack S does \
                 not exist</Message></Error>";
    for then in [Then::Close, Then::Hang] {
        let server =
            Raw::start(format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 9999\r\n\r\n{error}"), then);
        let run = server.resource();
        assert_eq!((run.code, server.received.lock().unwrap().len()), (12, 1), "{then:?}: {run:?}");
        assert!(run.took < SOON, "{then:?}: {run:?}");
    }
}

/// Half a document is none, where a document is what was asked for.
#[test]
fn metadata_that_breaks_off_is_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Some(request) = read_request(&mut stream) else { continue };
            let (status, headers, body) = metadata(&request).unwrap();
            let mut cut = body.len();
            if request.target.ends_with("/instance-id") {
                let mut count = count.lock().unwrap();
                *count += 1;
                cut = if *count == 1 { 5 } else { cut };
            }
            let headers: String =
                headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let head = format!("HTTP/1.1 {status} OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
            stream.write_all(format!("{head}{}", &body[..cut]).as_bytes()).unwrap();
        }
    });
    let server = Server::start(|_| answer(200, "{}"));
    let run = Signal::new(&["--stack", "S", "--resource", "R", "--url", &server.url])
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)
        .run();
    assert_eq!((run.code, *asked.lock().unwrap()), (0, 2), "{run:?}");
    assert!(server.received()[0].target.contains("UniqueId=i-0123456789abcdef0"), "{run:?}");
}
