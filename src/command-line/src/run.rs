//! From options to an outcome.

use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::defaults;
use super::exit;
use super::mode::{self, Mode, Refused};
use super::options::Options;
use super::parties::{Teller, Withholder};
use super::platform::{Platform, Unprepared};
use super::redact::{Query, Shown};
use super::report::{self, Style};
use super::voice::{self, Voice};
use cfn_signal_core::deliver::{Fault, Machine, Parties, Transport, deliver};
use cfn_signal_core::delivery::{Invalid, Outcome, Policy, ResourceTarget, Signal, Target};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::credential_file::{self, FileError};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::finder::{Chain, Explicit, Finder};
use cfn_signal_instance::http::{Http, Sender};
use cfn_signal_instance::imds::{Endpoint, Imds};

/// Signals as `options` say; returns the exit code.
pub(super) fn run(platform: &impl Platform, options: &Options, voice: Voice) -> u8 {
    match signal(platform, options, voice) {
        Ok(code) => code,
        Err(Refused::Line(line)) => {
            report::refused(&line, exit::REFUSED, options.json, options.status, voice)
        }
        Err(Refused::WithHelp(line)) => {
            let code = report::refused(line, exit::REFUSED, options.json, options.status, voice);
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
    let imds = Rc::new(Imds::new(Endpoint::from_environment(&variable), Arc::clone(&http)));
    let unique_id = defaults::unique_id(platform, options, &imds, voice).map_err(Refused::Line)?;
    let target = match mode {
        Mode::WaitHandle(handle) => Target::WaitHandle(handle),
        Mode::Resource { stack, logical_id } => resource(options, stack, logical_id, &imds, voice)?,
    };
    let wait_handle = matches!(target, Target::WaitHandle(_));
    let signal = Signal {
        status: options.status,
        unique_id,
        reason: options.reason.clone().filter(|_| wait_handle),
        data: options.data.clone().filter(|_| wait_handle),
    };
    let policy = policy(options);
    let chain = platform.chain(&http, &imds, &target);
    let mut finder = Finder::new(explicit, options.auth, imds, chain);
    let mut sender = Sender(http);
    let style = Style {
        json: options.json,
        complete_is_ok: options.complete_is_ok,
        wait_handle,
        status: options.status,
        voice,
    };
    let mut run = |machine: &mut dyn Machine<Error = P::Error>| {
        if options.dry_run {
            return show(machine, &mut finder, policy, style);
        }
        match go(machine, &mut sender, &mut finder, policy, style) {
            Ok(outcome) => report::outcome(&outcome, finder.used(), style),
            Err(fault) => fail(&fault, style),
        }
    };
    match platform.with_machine(&signal, &target, &policy, &mut run) {
        Ok(code) => Ok(code),
        Err(Unprepared::Invalid(Invalid::WaitHandle(why))) => {
            Err(Refused::Line(format!("Error: Invalid WaitConditionHandle URL specified: {why}")))
        }
        Err(Unprepared::Invalid(why)) => Err(Refused::Line(format!("Error: {why}"))),
        Err(Unprepared::Machine(error)) => Ok(fail(&Fault::Machine(error), style)),
    }
}

fn go<E, H: Http, C: Chain>(
    machine: &mut dyn Machine<Error = E>,
    transport: &mut dyn Transport,
    finder: &mut Finder<H, C>,
    policy: Policy,
    style: Style,
) -> Result<Outcome, Fault<E>> {
    let mut clock = SystemClock::start();
    let mut observer = Teller(style.voice, query(style));
    let mut parties =
        Parties { machine, transport, identities: finder, clock: &mut clock, observer: &mut observer };
    deliver(&mut parties, policy.deadline)
}

/// Shows the first request. A delivery that ends before it has an outcome, as ever.
fn show<E: Display, H: Http, C: Chain>(
    machine: &mut dyn Machine<Error = E>,
    finder: &mut Finder<H, C>,
    policy: Policy,
    style: Style,
) -> u8 {
    let mut withholder = Withholder::default();
    match (go(machine, &mut withholder, finder, policy, style), withholder.0) {
        (_, Some(request)) => report::dry_run(&Shown::new(&request, query(style)), finder.used(), style),
        (Ok(outcome), None) => report::outcome(&outcome, finder.used(), style),
        (Err(fault), None) => fail(&fault, style),
    }
}

fn fail<E: Display>(fault: &Fault<E>, style: Style) -> u8 {
    let code = match fault {
        Fault::Misconfigured(_) => exit::REFUSED,
        Fault::Machine(_) | Fault::Withheld => exit::INTERNAL,
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
    Ok(Target::Resource(ResourceTarget {
        stack,
        logical_id,
        region: defaults::region(options, imds, voice),
        endpoint_variant: defaults::endpoint_variant(options),
        endpoint_url: defaults::endpoint_url(options),
    }))
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
    Policy {
        max_attempts: options.max_attempts,
        deadline: milliseconds(options.deadline),
        base_delay: default.base_delay.min(max_delay),
        max_delay,
        ..default
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
