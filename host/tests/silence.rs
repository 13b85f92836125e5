//! Connections that never open, and requests that are never answered: over real sockets, for only those say which it was.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::{Received, exchange};
use cfn_signal::deliver::{Identities, Observer};
use cfn_signal::http::{HttpSettings, Proxies, RootsSource};
use cfn_signal::{
    AccessKey, Config, CredentialsError, Identity, IdentityRequest, Outcome, OutcomeKind, Pause, Policy,
    ResourceTarget, Signal, Signaler, Status, Target,
};

/// A listener whose queue is full: whoever connects gets no answer, as behind a firewall that drops packets.
struct BlackHole {
    listener: TcpListener,
    queue: Vec<TcpStream>,
}

impl BlackHole {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        // As many as the system takes, which it may limit to some thousands.
        while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(250)) {
            queue.push(stream);
            assert!(queue.len() < 20_000, "the queue has no end");
        }
        Self { listener, queue }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// Begins to answer.
    fn reopen(self) {
        drop(self.queue);
        thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                thread::spawn(move || exchange(stream, &Mutex::default(), &exists));
            }
        });
    }
}

/// What CloudFormation says to a signal that it has.
fn exists(_: &Received) -> crate::support::Answer {
    let error = r#"{"Error":{"Code":"ValidationError","Type":"Sender",
        "Message":"Signal with ID i-1 already exists for resource R."},"RequestId":"r"}"#;
    crate::support::answer(400, error)
}

struct Keys;

impl Identities for Keys {
    async fn identity(&mut self, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        let (id, secret) = ("AKIDEXAMPLE".to_owned(), "SK".to_owned().into());
        Ok(Identity::AccessKey(AccessKey { id, secret, session_token: None, expires_at: None }))
    }
}

/// Is told of pauses, and ends the silence in the first.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<(Vec<String>, Option<BlackHole>)>>);

impl Observer for Watch {
    fn waiting(&mut self, pause: &Pause) {
        let mut watch = self.0.lock().unwrap();
        watch.0.push(pause.reason.clone());
        if let Some(hole) = watch.1.take() {
            hole.reopen();
        }
    }
}

fn signal_to(address: SocketAddr, policy: Policy, watch: &Watch) -> Outcome {
    let config = Config::default()
        .http(HttpSettings::default().with_proxies(Proxies::default()).with_roots(RootsSource::System))
        .policy(policy)
        .identities(Keys)
        .observer(watch.clone());
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let resource = ResourceTarget::new("S", "R", "eu-west-1").with_endpoint_url(format!("http://{address}"));
    Signaler::new(config).unwrap().deliver(&signal, &Target::Resource(resource)).unwrap()
}

#[test]
fn a_connection_that_never_opens_is_told_by_its_name() {
    let hole = BlackHole::open();
    let policy = Policy::default().with_deadline(1_500);
    let outcome = signal_to(hole.address(), policy, &Watch::default());
    assert_eq!(outcome.kind, OutcomeKind::Deadline);
    assert!(outcome.message.contains("the deadline of 1.5 s: no connection within "), "{}", outcome.message);
    assert!(outcome.message.contains("check that there is a way out"), "{}", outcome.message);
}

/// It was never sent, so the signal that is there is somebody else's.
#[test]
fn what_was_never_sent_has_not_arrived() {
    let hole = BlackHole::open();
    let (address, watch) = (hole.address(), Watch::default());
    watch.0.lock().unwrap().1 = Some(hole);
    let policy = Policy::default().with_connect_timeout(500).with_base_delay(1);
    let outcome = signal_to(address, policy, &watch);
    assert_eq!(outcome.kind, OutcomeKind::AlreadySignalled, "{}", outcome.message);
    let reasons = &watch.0.lock().unwrap().0;
    assert!(reasons.first().is_some_and(|reason| reason.starts_with("no connection within ")), "{reasons:?}");
}

/// Takes a connection, and what comes over it if it `reads`; then is silent, or closes it.
fn odd(closes: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for (number, stream) in listener.incoming().flatten().enumerate() {
            if number > 0 {
                exchange(stream, &Mutex::default(), &exists);
                continue;
            }
            let mut stream = stream;
            crate::support::read_request(&mut stream);
            if !closes {
                silent.push(stream);
            }
        }
    });
    address
}

#[test]
fn a_request_that_was_sent_may_have_arrived() {
    for (closes, reason) in [(true, "the connection broke: 127.0.0.1:"), (false, "no answer within ")] {
        let watch = Watch::default();
        let policy = Policy::default().with_attempt_timeout(1_000).with_base_delay(1);
        let outcome = signal_to(odd(closes), policy, &watch);
        assert_eq!(outcome.kind, OutcomeKind::Delivered, "{}", outcome.message);
        assert!(outcome.message.ends_with("an earlier try had arrived"), "{}", outcome.message);
        let reasons = &watch.0.lock().unwrap().0;
        assert!(reasons.first().is_some_and(|told| told.starts_with(reason)), "{reasons:?}");
    }
}
