//! An outage that ends before the deadline loses no signal, whatever kind it is and whenever it ends.
//!
//! In virtual time, by seed: the outage begins with the boot, and two seconds before the deadline at the latest everything is
//! well. Printed with `--nocapture`.

use std::collections::BTreeMap;

use cfn_signal_core::delivery::{
    CredentialsError, Delivery, Event, OutcomeKind, Policy, Signal, Status, Step, Target, TransportError,
};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::Identity;

use super::simulator::*;

/// Runs of each kind.
const SEEDS: u64 = 2_000;

/// What is asked of the last seconds, in milliseconds.
const BEFORE: u64 = 2_000;

/// What each kind of outage makes of a request, or of a question for an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Refused,
    Unresolved,
    Reset,
    Handshake,
    Proxy,
    /// The request is never answered.
    Silent,
    /// No connection ever opens.
    Swallowed,
    BadGateway,
    GatewayTimeout,
    Unavailable,
    /// With a `Retry-After` by seed, beyond the deadline too.
    LeftAlone,
    Throttled,
    TooMany,
    InternalFailure,
    Portal,
    Forbidden,
    NotMember,
    /// There is no identity yet.
    NoIdentity,
    /// Whoever knows the identity does not answer.
    SilentIdentity,
    /// What is called expired is not renewed yet.
    Expired,
    /// Another of these each time.
    Mixed,
    /// AWS refuses the request for its date, and has another time whenever it is asked. It is no outage that all get over: a date
    /// is corrected three times.
    Misdated,
}

const KINDS: [Kind; 21] = [
    Kind::Refused,
    Kind::Unresolved,
    Kind::Reset,
    Kind::Handshake,
    Kind::Proxy,
    Kind::Silent,
    Kind::Swallowed,
    Kind::BadGateway,
    Kind::GatewayTimeout,
    Kind::Unavailable,
    Kind::LeftAlone,
    Kind::Throttled,
    Kind::TooMany,
    Kind::InternalFailure,
    Kind::Portal,
    Kind::Forbidden,
    Kind::NotMember,
    Kind::NoIdentity,
    Kind::SilentIdentity,
    Kind::Expired,
    Kind::Mixed,
];

impl Kind {
    fn needs_identity(self) -> bool {
        matches!(
            self,
            Self::Misdated | Self::NotMember | Self::NoIdentity | Self::SilentIdentity | Self::Expired
        )
    }

    fn concerns_identity(self) -> bool {
        matches!(self, Self::NoIdentity | Self::SilentIdentity)
    }
}

/// xorshift64*, for what the seed decides of the world.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}

/// What a request meets while the outage lasts, and how long it takes of what it is given.
fn meet(kind: Kind, dice: &mut Dice, given: u64, connection: u64) -> (u64, Event) {
    let at_once = dice.below(400).min(given);
    let answered = |reply: Reply| match reply {
        Reply::Answer(response) => Event::Response(response),
        Reply::Fail(error) | Reply::FailAfter(_, error) => Event::Failed(error),
    };
    let failed = |error: TransportError| Event::Failed(error);
    let text = || "in the way".to_owned();
    match kind {
        Kind::Refused => (at_once, failed(TransportError::Refused(text()))),
        Kind::Unresolved => (dice.below(5_000).min(given), failed(TransportError::Dns(text()))),
        Kind::Reset => (at_once, failed(TransportError::Reset(text()))),
        Kind::Handshake => (at_once, failed(TransportError::Tls(text()))),
        Kind::Proxy => (at_once, failed(TransportError::Proxy(text()))),
        Kind::Silent => (given, failed(TransportError::Timeout)),
        Kind::Swallowed => (connection, failed(TransportError::ConnectTimeout)),
        Kind::BadGateway => (at_once, answered(answer(502, "<html>"))),
        // It takes its time, and is given up where there is less.
        Kind::GatewayTimeout => match dice.below(30_000) {
            took if took < given => (took, answered(answer(504, ""))),
            _ => (given, failed(TransportError::Timeout)),
        },
        Kind::Unavailable => (at_once, answered(answer(503, ""))),
        Kind::LeftAlone => {
            let seconds = dice.below(7_200).to_string();
            (at_once, answered(answer_with(503, &[("Retry-After", &seconds)], "")))
        }
        Kind::Throttled => (at_once, answered(error(400, "Throttling", "Rate exceeded"))),
        Kind::TooMany => (at_once, answered(answer(429, ""))),
        Kind::InternalFailure => (at_once, answered(error(500, "InternalFailure", "x"))),
        Kind::Portal => (at_once, answered(answer(200, "<html>Log in</html>"))),
        Kind::Forbidden => (at_once, answered(answer(403, "<html>Forbidden</html>"))),
        Kind::NotMember => {
            (at_once, answered(error(400, "ValidationError", "Instance i-0 in not a member of stack s")))
        }
        Kind::Expired => (at_once, answered(error(403, "ExpiredToken", "expired"))),
        Kind::Misdated => {
            let date = format!("Thu, 01 Jan 2026 {:02}:30:00 GMT", 1 + dice.below(23));
            (at_once, answered(error_with(403, "RequestTimeTooSkewed", "x", &[("Date", &date)])))
        }
        Kind::NoIdentity | Kind::SilentIdentity => (at_once, answered(answer(200, ""))),
        Kind::Mixed => {
            let kinds: Vec<Kind> = KINDS.into_iter().filter(|kind| !kind.needs_identity()).collect();
            let one = usize::try_from(dice.below(kinds.len() as u64 - 1)).unwrap();
            meet(kinds[one], dice, given, connection)
        }
    }
}

struct Ended {
    kind: OutcomeKind,
    elapsed: u64,
    /// When each request began.
    began: Vec<u64>,
}

fn deliver(kind: Kind, seed: u64, deadline: u64, outage: u64) -> Ended {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let policy = Policy::default().with_deadline(u32::try_from(deadline).unwrap());
    let signal = Signal { status: Status::Success, unique_id: "i-0".to_owned(), reason: None, data: None };
    let to_resource = kind.needs_identity() || seed.is_multiple_of(2);
    let target = match to_resource {
        true => Target::Resource(resource_target()),
        false => Target::WaitHandle(HANDLE.to_owned().into()),
    };
    let mut delivery = Delivery::prepare(signal, target, policy, seed).unwrap();
    let (mut elapsed, mut began, mut event) = (0, Vec::new(), Event::Start);
    loop {
        let out = elapsed < outage;
        let took = match delivery.next(event, NEW_YEAR + elapsed, elapsed) {
            Step::Done(outcome) => return Ended { kind: outcome.kind, elapsed, began },
            Step::NeedIdentity(request) => {
                let until = if kind == Kind::SilentIdentity { request.timeout.into() } else { 5 };
                let expires = Some(NEW_YEAR / 1_000 + 7_200);
                let Identity::AccessKey(key) = expiring_key(if out { "OLD" } else { "NEW" }, expires) else {
                    unreachable!()
                };
                if out && kind.concerns_identity() {
                    event = Event::NoIdentity(CredentialsError::Temporary("late".to_owned()));
                    until
                } else {
                    event = Event::Identity(Identity::AccessKey(key));
                    5.min(request.timeout.into())
                }
            }
            Step::Send(attempt) => {
                began.push(elapsed);
                let given = u64::from(attempt.timeout);
                let (took, met) = if out {
                    meet(kind, &mut dice, given, attempt.connect_timeout.into())
                } else {
                    let id = ("x-amz-request-id".to_owned(), "R".to_owned());
                    (LATENCY, Event::Response(Response { status: 200, headers: vec![id], body: Vec::new() }))
                };
                event = met;
                took
            }
            Step::Wait(pause) => {
                event = Event::Waited;
                pause.duration.into()
            }
            step => panic!("{step:?}"),
        };
        elapsed += took;
    }
}

#[test]
fn an_outage_that_ends_before_the_deadline_loses_nothing() {
    const DEADLINES: [u64; 8] = [10_000, 15_000, 20_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];
    let mut delivered: BTreeMap<Kind, u64> = BTreeMap::new();
    for kind in KINDS {
        for seed in 0..SEEDS {
            let mut dice = Dice(seed + 1);
            let deadline = DEADLINES[usize::try_from(seed % 8).unwrap()] + dice.below(1_000);
            // At the last moment half of the time, else at any before it.
            let latest = deadline - BEFORE;
            let outage = if seed % 16 < 8 { latest } else { dice.below(latest) };
            let ended = deliver(kind, seed, deadline, outage);
            let case = format!("{kind:?} {seed}: {outage} of {deadline} ms, {:?}", ended.began);
            assert_eq!(ended.kind, OutcomeKind::Delivered, "{case}");
            assert!(ended.elapsed <= deadline, "{case}");
            // What was signed with an expired key is sent once more at once, as another.
            let often = ended.began.windows(2).any(|two| two[1] - two[0] < 1_000);
            assert!(!often || kind == Kind::Expired, "more than one request a second: {case}");
            *delivered.entry(kind).or_default() += 1;
        }
    }
    for (kind, count) in &delivered {
        println!("{kind:?}: {count} of {SEEDS} delivered");
    }
    assert!(delivered.values().all(|count| *count == SEEDS) && delivered.len() == KINDS.len());
}

/// A machine's clock is wrong once: the first correction is sent at once, and what is corrected again waits as all do.
#[test]
fn corrections_of_the_date_are_no_burst() {
    let mut most = 0;
    for seed in 0..SEEDS {
        let ended = deliver(Kind::Misdated, seed, 60_000, u64::MAX);
        let mut pauses = ended.began.windows(2).map(|two| two[1] - two[0]);
        assert!(pauses.next().is_none_or(|first| first < 1_000), "{seed}: {:?}", ended.began);
        assert!(pauses.all(|pause| pause >= 1_000), "{seed}: {:?}", ended.began);
        most = most.max(ended.began.len());
    }
    assert_eq!(most, 4);
}

/// What never ends is given up in time, and no sooner than the last moment that something could be tried in.
#[test]
fn an_outage_that_never_ends_takes_the_whole_deadline() {
    for kind in KINDS {
        for seed in 0..100 {
            let ended = deliver(kind, seed, 20_000, u64::MAX);
            assert_ne!(ended.kind, OutcomeKind::Delivered);
            assert!((18_000..=20_000).contains(&ended.elapsed), "{kind:?} {seed}: {}", ended.elapsed);
        }
    }
}

/// A fleet that meets an outage at once does not come back at once: each second of the second try's window gets its share.
#[test]
fn a_fleet_is_spread() {
    let mut second_tries = [0_u32; 10];
    for seed in 0..1_000 {
        let ended = deliver(Kind::Unavailable, seed * 2, 60_000, 10_000);
        // Between 1 and 2 s after the first, in tenths.
        let tenth = usize::try_from((ended.began[1] - ended.began[0] - 1_000) / 100).unwrap();
        second_tries[tenth.min(9)] += 1;
    }
    assert!(second_tries.iter().all(|tries| (60..=140).contains(tries)), "{second_tries:?}");
}
