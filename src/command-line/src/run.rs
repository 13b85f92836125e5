//! From what was typed to an outcome, in two stages: an order, and its carrying out.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use cfn_signal_core::causes;
use cfn_signal_core::deliver::{Clock as _, Driver, Fault, Machine, Observer as _};
use cfn_signal_core::delivery::{
    Attempt, CredentialsError, Event, Outcome, OutcomeKind, PrepareError, Status, Step,
};
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::finder::Chain;
use cfn_signal_instance::http::Http;

use super::exit;
use super::itself::{self, Witness};
use super::mode::Refused;
use super::options::Options;
use super::order::Order;
use super::parties::{Departure, Teller};
use super::platform::{Platform, Unprepared};
use super::redact::{Query, Shown};
use super::report::{self, Style};
use super::signer::PERHAPS;
use super::voice::{self, Voice};

/// Signals as `options` say; returns the exit code.
pub(super) fn run(platform: &impl Platform, options: &Options, voice: Voice) -> u8 {
    let refused = |line: &str| report::refused(line, exit::REFUSED, options.json, options.status(), voice);
    let reviewed = super::review(options).and_then(|()| platform.review(options).map(drop));
    if reviewed.is_ok() && !options.dry_run {
        platform.prepared(options);
    }
    // Nobody waits for minutes to hear of a mistake.
    if !options.wait_for.is_empty()
        && let Err(line) = reviewed
    {
        return refused(&line);
    }
    let gated = if options.status() == Status::Success && !options.dry_run {
        platform.await_gates(options).err().map(|why| {
            voice.note(&why);
            // A resource's signal has no field for it.
            let reason = if options.handle.is_some() { Some(why) } else { options.reason.clone() };
            let failure = Options { failed: true, reason, ..options.clone() };
            platform.prepared(&failure);
            failure
        })
    } else {
        None
    };
    let options = gated.as_ref().unwrap_or(options);
    match Order::of(platform, options, voice) {
        Ok(order) => carry_out(platform, options, order),
        Err(Refused::Line(line)) => refused(&line),
        Err(Refused::WithHelp(line)) => {
            let code = refused(line);
            voice::line(&platform.help());
            code
        }
    }
}

/// Does what is to be done; returns the exit code.
fn carry_out<P: Platform>(platform: &P, options: &Options, order: Order<P::Http, P::Chain>) -> u8 {
    let Order {
        mut signal,
        mut target,
        mut substitutes,
        policy,
        mut finder,
        clock,
        mut sender,
        dry_run,
        style,
    } = order;
    let refused = |line: &str| report::refused(line, exit::REFUSED, style.json, style.status, style.voice);
    let (mut attempts, mut is_second) = (0, false);
    // What comes to light under way begins it anew: who this is, once, and that the instance can sign after all, once.
    loop {
        let policy = policy.with_spent(u32::try_from(clock.elapsed()).unwrap_or(u32::MAX));
        let machine = match platform.machine(&signal, &target, &policy) {
            Ok(machine) => machine,
            Err(Unprepared::Refused(PrepareError::WaitHandle(why))) => {
                return refused(&format!("Error: Invalid WaitConditionHandle URL specified: {why}"));
            }
            Err(Unprepared::Refused(why)) => return refused(&format!("Error: {why}")),
            Err(Unprepared::Machine(error)) => return fail(&Fault::Machine(error), style),
        };
        let mut witness =
            Witness { finder: &mut finder, substitutes: &mut substitutes, voice: style.voice, said: None };
        let ended = if dry_run {
            first_attempt(machine, &mut witness, clock, style)
        } else {
            let driver = Driver::new(machine, &mut sender, clock).identities(&mut witness);
            let leaves = || platform.sending(&signal, &target);
            driver
                .observer(Departure(Teller(style.voice, query(style)), Some(leaves)))
                .run_blocking()
                .map(Err)
        };
        if let Some(said) = witness.said {
            attempts += ended.map_or(0, |ended| ended.map_or_else(|outcome| outcome.attempts, |_| 0));
            itself::correct(said, &mut signal, &mut target, &mut substitutes);
            continue;
        }
        let mut outcome = match ended {
            Ok(Ok(attempt)) => {
                return report::dry_run(&Shown::new(&attempt.request, query(style)), finder.used(), style);
            }
            Ok(Err(outcome)) => outcome,
            Err(fault) => return fail(&fault, style),
        };
        attempts += outcome.attempts;
        let left = Duration::from_millis(u64::from(policy.deadline).saturating_sub(clock.elapsed()));
        let is_whose = matches!(outcome.kind, OutcomeKind::Denied | OutcomeKind::Credentials);
        if is_whose && !is_second && finder.instance_has_come(PERHAPS.min(left / 2)) {
            is_second = true;
            style
                .voice
                .note(&format!("{}; trying the instance's identity, which has come since", outcome.message));
            continue;
        }
        if dry_run {
            substitutes.tell(style.voice);
        }
        outcome.attempts = attempts;
        if !dry_run {
            platform.concluded(options, &signal, &target, outcome.kind);
        }
        return report::outcome(&outcome, finder.used(), style);
    }
}

/// Drives the machine by hand to its first request, which is not sent; or to its outcome, where it has none.
fn first_attempt<E, H: Http, C: Chain>(
    mut machine: impl Machine<Error = E>,
    witness: &mut Witness<'_, H, C>,
    clock: SystemClock,
    style: Style,
) -> Result<Result<Attempt, Outcome>, Fault<E>> {
    let mut teller = Teller(style.voice, query(style));
    let mut event = Event::Start;
    loop {
        event = match machine.next(event, clock.now(), clock.elapsed()).map_err(Fault::Machine)? {
            Step::NeedIdentity(request) => match witness.find(request) {
                Ok(identity) => Event::Identity(identity),
                // Whoever looks on does not wait for minutes.
                Err(error) if clock.elapsed() >= LAST_QUESTION => {
                    Event::NoIdentity(CredentialsError::Permanent(error.why().to_owned()))
                }
                Err(error) => Event::NoIdentity(error),
            },
            Step::Wait(pause) => {
                teller.waiting(&pause);
                sleep(Duration::from_millis(pause.duration.into()));
                Event::Waited
            }
            Step::Send(attempt) => return Ok(Ok(attempt)),
            Step::Done(outcome) => return Ok(Err(outcome)),
            _ => return Err(Fault::Misconfigured("the delivery asks for an unknown step".to_owned())),
        };
    }
}

/// In a dry run, milliseconds: what is not there then is not asked for again.
const LAST_QUESTION: u64 = 3_000;

fn fail<E: Error + 'static>(fault: &Fault<E>, style: Style) -> u8 {
    let code = match fault {
        Fault::Misconfigured(_) => exit::REFUSED,
        _ => exit::INTERNAL,
    };
    report::refused(&format!("Error: {}", causes::line(fault)), code, style.json, style.status, style.voice)
}

fn query(style: Style) -> Query {
    if style.wait_handle { Query::Presigned } else { Query::Parameters }
}
