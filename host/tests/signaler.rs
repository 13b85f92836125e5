//! The crate as an application uses it: its own transport and credentials, blocking and async.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::support::{Server, answer};
use cfn_signal::deliver::{Clock, Identities, Observer, SendError, Transport};
use cfn_signal::http::{HttpSettings, Proxies, RootsSource};
use cfn_signal::{
    AccessKey, Attempt, Config, CredentialsError, Freshness, Identity, IdentityRequest, OutcomeKind, Pause,
    Policy, PrepareError, Request, ResourceTarget, Response, Signal, Signaler, SignalerError, Status, Target,
};

fn signal() -> Signal {
    Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None }
}

fn resource(endpoint_url: Option<String>) -> Target {
    let resource = ResourceTarget::new("S", "R", "eu-west-1");
    Target::Resource(match endpoint_url {
        Some(url) => resource.with_endpoint_url(url),
        None => resource,
    })
}

fn key(id: &str) -> Identity {
    let secret = "SK".to_owned().into();
    Identity::AccessKey(AccessKey { id: id.to_owned(), secret, session_token: None, expires_at: None })
}

/// No proxy and no bundle, whatever this machine's environment says.
fn direct() -> HttpSettings {
    HttpSettings::default().with_proxies(Proxies::default()).with_roots(RootsSource::System)
}

struct Keys(&'static str);

impl Identities for Keys {
    async fn identity(&mut self, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        Ok(key(self.0))
    }
}

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Observer for Notes {
    fn waiting(&mut self, pause: &Pause) {
        self.0.lock().unwrap().push(pause.reason.clone());
    }
}

#[test]
fn one_call_delivers_with_the_applications_credentials_over_this_crates_client() {
    let server = Server::start({
        let count = AtomicU32::new(0);
        move |_| answer(if count.fetch_add(1, Ordering::SeqCst) == 0 { 503 } else { 200 }, "")
    });
    let notes = Notes::default();
    let policy = Policy::default().with_base_delay(5).with_max_delay(20);
    let config =
        Config::default().http(direct()).policy(policy).identities(Keys("AKMINE")).observer(notes.clone());
    let mut signaler = Signaler::new(config).unwrap();
    let target = resource(Some(server.url.clone()));
    for _ in 0..2 {
        let outcome = signaler.deliver(&signal(), &target).unwrap();
        assert_eq!((outcome.kind, outcome.status_code), (OutcomeKind::Delivered, Some(200)));
    }
    let received = server.received();
    assert_eq!(received.len(), 3);
    assert!(received[0].headers["authorization"].contains("Credential=AKMINE/"), "{received:?}");
    assert_eq!(*notes.0.lock().unwrap(), ["the server answered 503"]);
}

#[test]
fn what_cannot_be_a_signal_is_an_error_and_no_outcome() {
    let mut signaler = Signaler::new(Config::default().http(direct()).identities(Keys("AK"))).unwrap();
    let nameless = Signal { unique_id: String::new(), ..signal() };
    let error = signaler.deliver(&nameless, &resource(None)).unwrap_err();
    assert!(matches!(error, SignalerError::Refused(PrepareError::UniqueId(_))), "{error:?}");
    let nowhere = Target::WaitHandle("http://[::1/h?Signature=s3cr3t".to_owned().into());
    let error = signaler.deliver(&signal(), &nowhere).unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", Config::default()).contains("s3cr3t"));
}

/// Pending once before each answer, as real I/O is.
#[derive(Default)]
struct Slow {
    sent: Vec<Request>,
    slept: Vec<u32>,
    time: u64,
}

async fn pending_once() {
    let mut asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Transport for Slow {
    async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
        pending_once().await;
        self.sent.push(attempt.request.clone());
        let status = if self.sent.len() == 1 { 503 } else { 200 };
        let headers = vec![("x-amzn-requestid".to_owned(), "rid-1".to_owned())];
        Ok(Response { status, headers, ..Response::default() })
    }
}

struct Vault(u32);

impl Identities for Vault {
    async fn identity(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        pending_once().await;
        assert_eq!(request, IdentityRequest::new(Freshness::Cached, 100_000));
        self.0 += 1;
        Ok(key("AKASYNC"))
    }
}

struct Time(Slow);

impl Clock for Time {
    fn now(&self) -> u64 {
        1_767_225_600_000 + self.0.time
    }
    fn elapsed(&self) -> u64 {
        self.0.time
    }
    async fn sleep(&mut self, milliseconds: u32) {
        pending_once().await;
        self.0.time += u64::from(milliseconds);
        self.0.slept.push(milliseconds);
    }
}

#[test]
fn async_parties_are_awaited_and_need_no_runtime() {
    let (mut transport, mut vault, mut clock) = (Slow::default(), Vault(0), Time(Slow::default()));
    let mut signaler = Signaler::new(Config::default().http(direct())).unwrap();
    let (signal, target) = (signal(), resource(None));
    let outcome = {
        let delivery = signaler.deliver_async(&signal, &target, &mut transport, &mut vault, &mut clock);
        // What a runtime with several threads asks of a task.
        fn sendable<F: Future + Send>(future: F) -> F {
            future
        }
        let mut delivery = pin!(sendable(delivery));
        let mut context = Context::from_waker(Waker::noop());
        let mut pended = 0;
        loop {
            match delivery.as_mut().poll(&mut context) {
                Poll::Ready(outcome) => break (outcome.unwrap(), pended),
                Poll::Pending => pended += 1,
            }
        }
    };
    assert_eq!((outcome.0.kind, outcome.0.attempts, outcome.1), (OutcomeKind::Delivered, 2, 4));
    assert_eq!((transport.sent.len(), clock.0.slept.len(), vault.0), (2, 1, 1));
    let authorization =
        &transport.sent[0].headers.iter().find(|(name, _)| name == "authorization").unwrap().1;
    assert!(authorization.contains("Credential=AKASYNC/20260101/eu-west-1/cloudformation/aws4_request"));
}

/// Is answered by another thread, which wakes the one that delivers; counts how often it is asked.
#[derive(Clone, Default)]
struct Elsewhere(Arc<AtomicU32>);

impl Elsewhere {
    async fn answer(&self) {
        let (tell, answered) = channel();
        let mut tell = Some(tell);
        poll_fn(|context| {
            self.0.fetch_add(1, Ordering::SeqCst);
            if let Some(tell) = tell.take() {
                let waker = context.waker().clone();
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(50));
                    tell.send(()).unwrap();
                    waker.wake();
                });
            }
            answered.try_recv().map_or(Poll::Pending, Poll::Ready)
        })
        .await;
    }
}

impl Transport for Elsewhere {
    async fn send(&mut self, _: &Attempt) -> Result<Response, SendError> {
        self.answer().await;
        let headers = vec![("x-amzn-requestid".to_owned(), "rid-1".to_owned())];
        Ok(Response { status: 200, headers, ..Response::default() })
    }
}

impl Identities for Elsewhere {
    async fn identity(&mut self, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        self.answer().await;
        Ok(key("AKELSEWHERE"))
    }
}

/// Each is asked once, and once more when it has been woken.
#[test]
fn parties_that_do_not_block_are_waited_for_asleep() {
    let (transport, identities) = (Elsewhere::default(), Elsewhere::default());
    let config = Config::default().http(direct()).transport(transport.clone()).identities(identities.clone());
    let outcome = Signaler::new(config).unwrap().deliver(&signal(), &resource(None)).unwrap();
    assert_eq!((outcome.kind, outcome.attempts), (OutcomeKind::Delivered, 1));
    assert_eq!([transport, identities].map(|party| party.0.load(Ordering::SeqCst)), [2, 2]);
}

#[test]
fn a_signaler_moves_between_threads() {
    let server = Server::ok();
    let handle = Target::WaitHandle(format!("{}/h?Signature=x", server.url).into());
    let mut signaler = Signaler::new(Config::default().http(direct())).unwrap();
    let outcome = thread::spawn(move || signaler.deliver(&signal(), &handle)).join().unwrap().unwrap();
    assert_eq!(outcome.kind, OutcomeKind::Delivered);
}

/// As a browser's: its futures stay on their thread.
struct Local(std::rc::Rc<std::cell::Cell<u32>>);

impl Transport for Local {
    async fn send(&mut self, _: &Attempt) -> Result<Response, SendError> {
        let sent = std::rc::Rc::clone(&self.0);
        pending_once().await;
        sent.set(sent.get() + 1);
        let headers = vec![("x-amzn-requestid".to_owned(), "rid-1".to_owned())];
        Ok(Response { status: 200, headers, ..Response::default() })
    }
}

#[test]
fn a_future_that_cannot_be_sent_will_do() {
    let sent = std::rc::Rc::default();
    let (mut transport, mut vault, mut clock) =
        (Local(std::rc::Rc::clone(&sent)), Vault(0), Time(Slow::default()));
    let mut signaler = Signaler::new(Config::default().http(direct())).unwrap();
    let (signal, target) = (signal(), resource(None));
    let mut delivery = pin!(signaler.deliver_async(&signal, &target, &mut transport, &mut vault, &mut clock));
    let mut context = Context::from_waker(Waker::noop());
    let outcome = loop {
        if let Poll::Ready(outcome) = delivery.as_mut().poll(&mut context) {
            break outcome.unwrap();
        }
    };
    assert_eq!((outcome.kind, sent.get()), (OutcomeKind::Delivered, 1));
}

/// Throttles for ever; pending once before each answer.
struct Throttling;

impl Transport for Throttling {
    async fn send(&mut self, _: &Attempt) -> Result<Response, SendError> {
        pending_once().await;
        Ok(Response { status: 503, ..Response::default() })
    }
}

/// Counts from the start of a machine that has been up for longer than 32 bits of milliseconds.
struct Uptime(Time);

impl Clock for Uptime {
    fn now(&self) -> u64 {
        self.0.now()
    }
    fn elapsed(&self) -> u64 {
        60 * 24 * 3_600_000 + self.0.elapsed()
    }
    async fn sleep(&mut self, milliseconds: u32) {
        self.0.sleep(milliseconds).await;
    }
}

#[test]
fn a_clock_that_counts_from_long_ago_reaches_the_deadline() {
    let (mut transport, mut vault, mut clock) = (Throttling, Vault(0), Uptime(Time(Slow::default())));
    let mut signaler = Signaler::new(Config::default().http(direct())).unwrap();
    let (signal, target) = (signal(), resource(None));
    let mut delivery = pin!(signaler.deliver_async(&signal, &target, &mut transport, &mut vault, &mut clock));
    let mut context = Context::from_waker(Waker::noop());
    let outcome = (0..10_000).find_map(|_| match delivery.as_mut().poll(&mut context) {
        Poll::Ready(outcome) => Some(outcome.unwrap()),
        Poll::Pending => None,
    });
    assert_eq!(outcome.unwrap().kind, OutcomeKind::Deadline);
}
