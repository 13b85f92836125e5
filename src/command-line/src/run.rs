//! From options to an outcome.

use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use super::defaults;
use super::exit;
use super::mode::{self, Mode, Refused};
use super::options::Options;
use super::parties::Teller;
use super::platform::{Platform, Unprepared};
use super::redact::{Query, Shown};
use super::report::{self, Style};
use super::voice::{self, Voice};
use cfn_signal_core::deliver::{Clock as _, Driver, Fault, Machine, Observer as _};
use cfn_signal_core::delivery::{
    Attempt, Event, Outcome, Policy, PrepareError, ResourceTarget, Signal, Step, Target,
};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::credential_file::{self, FileError};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::finder::{Chain, Explicit, Finder};
use cfn_signal_instance::http::{Http, Sender};
use cfn_signal_instance::imds::Imds;

/// Signals as `options` say; returns the exit code.
pub(super) fn run(platform: &impl Platform, options: &Options, voice: Voice) -> u8 {
    match signal(platform, options, voice) {
        Ok(code) => code,
        Err(Refused::Line(line)) => {
            report::refused(&line, exit::REFUSED, options.json, options.status(), voice)
        }
        Err(Refused::WithHelp(line)) => {
            let code = report::refused(line, exit::REFUSED, options.json, options.status(), voice);
            voice::line(&platform.help());
            code
        }
    }
}

fn signal<P: Platform>(platform: &P, options: &Options, voice: Voice) -> Result<u8, Refused> {
    let mode = mode::decide(options)?;
    for note in platform.review(options).map_err(Refused::Line)? {
        voice.note(&note);
    }
    // Before anything is asked of anybody: mistakes that show without it.
    let explicit = match mode {
        Mode::WaitHandle(_) => None,
        Mode::Resource { .. } => explicit(platform, options, voice)?,
    };
    defaults::check_id(options).map_err(Refused::Line)?;
    let http = Arc::new(platform.http(options));
    let imds = Rc::new(Imds::from_environment(&variable, Arc::clone(&http)));
    let unique_id = defaults::unique_id(platform, options, &imds, voice).map_err(Refused::Line)?;
    let target = match mode {
        Mode::WaitHandle(handle) => Target::WaitHandle(handle),
        Mode::Resource { stack, logical_id } => resource(options, stack, logical_id, &imds, voice)?,
    };
    let wait_handle = matches!(target, Target::WaitHandle(_));
    let signal = Signal {
        status: options.status(),
        unique_id,
        reason: options.reason.clone().filter(|_| wait_handle),
        data: options.data.clone().filter(|_| wait_handle),
    };
    let policy = policy(options);
    let chain = platform.chain(&http, &imds, &target);
    let mut finder = Finder::new(explicit, options.auth, imds, chain);
    let style = Style {
        json: options.json,
        complete_is_ok: options.complete_is_ok,
        wait_handle,
        status: options.status(),
        voice,
    };
    let mut run = |machine: &mut dyn Machine<Error = P::Error>| {
        if options.dry_run {
            return show(machine, &mut finder, style);
        }
        match go(machine, Sender(Arc::clone(&http)), &mut finder, style) {
            Ok(outcome) => report::outcome(&outcome, finder.used(), style),
            Err(fault) => fail(&fault, style),
        }
    };
    match platform.with_machine(&signal, &target, &policy, &mut run) {
        Ok(code) => Ok(code),
        Err(Unprepared::Invalid(PrepareError::WaitHandle(why))) => {
            Err(Refused::Line(format!("Error: Invalid WaitConditionHandle URL specified: {why}")))
        }
        Err(Unprepared::Invalid(why)) => Err(Refused::Line(format!("Error: {why}"))),
        Err(Unprepared::Machine(error)) => Ok(fail(&Fault::Machine(error), style)),
    }
}

fn go<E, H: Http, C: Chain>(
    machine: &mut dyn Machine<Error = E>,
    transport: Sender<H>,
    finder: &mut Finder<H, C>,
    style: Style,
) -> Result<Outcome, Fault<E>> {
    let driver = Driver::new(machine, transport, SystemClock::start()).identities(finder);
    driver.observer(Teller(style.voice, query(style))).run_blocking()
}

/// Shows the first request. A delivery that ends before it has an outcome, as ever.
fn show<E: Display, H: Http, C: Chain>(
    machine: &mut dyn Machine<Error = E>,
    finder: &mut Finder<H, C>,
    style: Style,
) -> u8 {
    match first_attempt(machine, finder, style) {
        Ok(Ok(attempt)) => report::dry_run(&Shown::new(&attempt.request, query(style)), finder.used(), style),
        Ok(Err(outcome)) => report::outcome(&outcome, finder.used(), style),
        Err(fault) => fail(&fault, style),
    }
}

/// Drives the machine by hand to its first request, which is not sent; or to its outcome, where it has none.
fn first_attempt<E, H: Http, C: Chain>(
    machine: &mut dyn Machine<Error = E>,
    finder: &mut Finder<H, C>,
    style: Style,
) -> Result<Result<Attempt, Outcome>, Fault<E>> {
    let clock = SystemClock::start();
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

fn fail<E: Display>(fault: &Fault<E>, style: Style) -> u8 {
    let code = match fault {
        Fault::Misconfigured(_) => exit::REFUSED,
        _ => exit::INTERNAL,
    };
    report::refused(&format!("Error: {fault}"), code, style.json, style.status, style.voice)
}

fn query(style: Style) -> Query {
    if style.wait_handle { Query::Presigned } else { Query::Parameters }
}

fn resource(
    options: &Options,
    stack: Option<String>,
    logical_id: Option<String>,
    imds: &Imds<impl Http>,
    voice: Voice,
) -> Result<Target, Refused> {
    let dropped = [("--reason", &options.reason), ("--data", &options.data)];
    for (option, value) in dropped {
        if value.is_some() {
            voice.note(&format!(
                "{option} is not sent: a resource signal has no such field, only a wait condition's has"
            ));
        }
    }
    let (stack, logical_id) = defaults::discover(stack, logical_id, imds).map_err(Refused::Line)?;
    let region = defaults::region(options, imds, voice);
    let mut resource = ResourceTarget::new(stack, logical_id, region)
        .with_endpoint_variant(defaults::endpoint_variant(options));
    resource.endpoint_url = defaults::endpoint_url(options);
    Ok(Target::Resource(resource))
}

/// What the command line says of credentials: a file before a role before keys.
fn explicit(platform: &impl Platform, options: &Options, voice: Voice) -> Result<Option<Explicit>, Refused> {
    if let Some(path) = &options.credential_file {
        return credential_file::read(path)
            .map(|key| Some(Explicit::Keys(key, "--credential-file")))
            .map_err(|error| {
                let advice = match &error {
                    FileError::NotFound(path) => platform.about_missing_file(path),
                    _ => None,
                };
                let advice = advice.map(|advice| format!(": {advice}")).unwrap_or_default();
                Refused::Line(format!("Error retrieving credentials from file: {error}{advice}"))
            });
    }
    if let Some(name) = &options.role {
        return Ok(Some(Explicit::Role(name.clone())));
    }
    match (&options.access_key, &options.secret_key) {
        (Some(id), Some(secret)) => {
            let key =
                AccessKey { id: id.clone(), secret: secret.clone(), session_token: None, expires_at: None };
            Ok(Some(Explicit::Keys(key, "the command line")))
        }
        (Some(_), None) => Err(Refused::Line("Error: --access-key needs --secret-key".to_owned())),
        (None, Some(_)) => {
            voice.note("--secret-key without --access-key is not used");
            Ok(None)
        }
        (None, None) => Ok(None),
    }
}

fn policy(options: &Options) -> Policy {
    let default = Policy::default();
    let max_delay = milliseconds(options.max_delay);
    default
        .with_max_attempts(options.max_attempts)
        .with_deadline(milliseconds(options.deadline))
        .with_base_delay(default.base_delay.min(max_delay))
        .with_max_delay(max_delay)
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
