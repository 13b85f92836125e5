//! Requests that are never answered end when their time is up, whatever the system's timers make of it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Signal;
use cfn_signal::http::{Client, HttpSettings, RequestLimits, Route};
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::Request;

/// Linux keeps a socket's timeout of 16.4 s or more to 2 s only. Both tests take this long, beside each other.
const LONG: Duration = Duration::from_secs(18);
const CLIENTS: usize = 6;

/// A server that takes connections and requests, and says nothing.
fn stalled() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/h?Signature=s3cr3t", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            open.push(stream);
        }
    });
    url
}

/// What `run` takes, in several threads that do not start in step.
fn times(run: impl Fn() + Sync) -> Vec<Duration> {
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let run = &run;
                scope.spawn(move || {
                    thread::sleep(Duration::from_millis(200) * u32::try_from(number).unwrap());
                    let started = Instant::now();
                    run();
                    started.elapsed()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn a_request_without_an_answer_ends_in_its_time() {
    let request =
        Request { method: "PUT".to_owned(), uri: stalled(), headers: Vec::new(), body: b"{}".to_vec() };
    let limits = RequestLimits { connect: LONG, total: LONG, route: Route::Direct };
    let client = Client::new(HttpSettings::default());
    let took = times(|| assert_eq!(client.send(&request, limits), Err(TransportError::Timeout)));
    assert!(took.iter().all(|took| *took >= LONG && *took < LONG + Duration::from_secs(1)), "{took:?}");
}

#[test]
fn a_delivery_without_an_answer_ends_at_its_deadline() {
    let url = stalled();
    let took = times(|| {
        let run = Signal::new(&["-i", "x", "--deadline", "18s", &url]).run();
        assert_eq!(run.code, 20, "{run:?}");
    });
    assert!(took.iter().all(|took| *took < LONG + Duration::from_secs(1)), "{took:?}");
}
