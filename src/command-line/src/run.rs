//! From what was typed to an outcome, in two stages: an order, and its carrying out.

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use cfn_signal_core::causes;
use cfn_signal_core::deliver::{Clock as _, Driver, Fault, Machine, Observer as _};
use cfn_signal_core::delivery::{Attempt, Event, Outcome, PrepareError, Step};
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::finder::{Chain, Finder};
use cfn_signal_instance::http::Http;

use super::exit;
use super::mode::Refused;
use super::options::Options;
use super::order::Order;
use super::parties::Teller;
use super::platform::{Platform, Unprepared};
use super::redact::{Query, Shown};
use super::report::{self, Style};
use super::voice::{self, Voice};

/// Signals as `options` say; returns the exit code.
pub(super) fn run(platform: &impl Platform, options: &Options, voice: Voice) -> u8 {
    let refused = |line: &str| report::refused(line, exit::REFUSED, options.json, options.status(), voice);
    match Order::of(platform, options, voice) {
        Ok(order) => carry_out(platform, order),
        Err(Refused::Line(line)) => refused(&line),
        Err(Refused::WithHelp(line)) => {
            let code = refused(line);
            voice::line(&platform.help());
            code
        }
    }
}

/// Does what is to be done; returns the exit code.
fn carry_out<P: Platform>(platform: &P, order: Order<P::Http, P::Chain>) -> u8 {
    let Order { signal, target, policy, mut finder, clock, sender, dry_run, style } = order;
    let policy = policy.with_spent(u32::try_from(clock.elapsed()).unwrap_or(u32::MAX));
    let refused = |line: &str| report::refused(line, exit::REFUSED, style.json, style.status, style.voice);
    let machine = match platform.machine(&signal, &target, &policy) {
        Ok(machine) => machine,
        Err(Unprepared::Refused(PrepareError::WaitHandle(why))) => {
            return refused(&format!("Error: Invalid WaitConditionHandle URL specified: {why}"));
        }
        Err(Unprepared::Refused(why)) => return refused(&format!("Error: {why}")),
        Err(Unprepared::Machine(error)) => return fail(&Fault::Machine(error), style),
    };
    if dry_run {
        return show(machine, &mut finder, clock, style);
    }
    let driver = Driver::new(machine, sender, clock).identities(&mut finder);
    match driver.observer(Teller(style.voice, query(style))).run_blocking() {
        Ok(outcome) => report::outcome(&outcome, finder.used(), style),
        Err(fault) => fail(&fault, style),
    }
}

/// Shows the first request. A delivery that ends before it has an outcome, as ever.
fn show<E: Error + 'static, H: Http, C: Chain>(
    machine: impl Machine<Error = E>,
    finder: &mut Finder<H, C>,
    clock: SystemClock,
    style: Style,
) -> u8 {
    match first_attempt(machine, finder, clock, style) {
        Ok(Ok(attempt)) => report::dry_run(&Shown::new(&attempt.request, query(style)), finder.used(), style),
        Ok(Err(outcome)) => report::outcome(&outcome, finder.used(), style),
        Err(fault) => fail(&fault, style),
    }
}

/// Drives the machine by hand to its first request, which is not sent; or to its outcome, where it has none.
fn first_attempt<E, H: Http, C: Chain>(
    mut machine: impl Machine<Error = E>,
    finder: &mut Finder<H, C>,
    clock: SystemClock,
    style: Style,
) -> Result<Result<Attempt, Outcome>, Fault<E>> {
    let mut teller = Teller(style.voice, query(style));
    let mut event = Event::Start;
    loop {
        event = match machine.next(event, clock.now(), clock.elapsed()).map_err(Fault::Machine)? {
            Step::NeedIdentity(request) => {
                finder.find(request).map_or_else(Event::NoIdentity, Event::Identity)
            }
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
