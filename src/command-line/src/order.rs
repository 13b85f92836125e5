//! From what was typed to what is to be done.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_core::deliver::Clock as _;
use cfn_signal_core::delivery::{Policy, ResourceTarget, Signal, Target};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::credential_file::{self, FileError};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::finder::{Chain, Explicit, Finder};
use cfn_signal_instance::http::{Http, Sender};
use cfn_signal_instance::imds::Imds;

use super::defaults::{self, Instance, Patience};
use super::discover::{Discovered, Search};
use super::itself::Substitutes;
use super::mode::{self, Mode, Refused};
use super::options::Options;
use super::platform::Platform;
use super::report::Style;
use super::signer::{self, Signer};
use super::voice::Voice;

/// What is to be done: nothing of what was typed is looked at again.
pub(super) struct Order<H, C> {
    pub signal: Signal,
    pub target: Target,
    /// What in these two stands in for what is not known.
    pub substitutes: Substitutes,
    pub policy: Policy,
    /// Who is signed as.
    pub finder: Finder<H, C>,
    /// Runs since the command began: the deadline does.
    pub clock: SystemClock,
    /// Who sends.
    pub sender: Sender<H>,
    /// Show the request, and send nothing.
    pub dry_run: bool,
    /// How it is told.
    pub style: Style,
}

impl<H: Http, C: Chain> Order<H, C> {
    /// Decides what `options` leave open, which may mean to ask the instance.
    pub(super) fn of<P: Platform<Http = H, Chain = C>>(
        platform: &P,
        options: &Options,
        voice: Voice,
    ) -> Result<Self, Refused> {
        let clock = SystemClock::start();
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
        if let Mode::Resource { .. } = mode {
            defaults::check_placeholders(options).map_err(Refused::Line)?;
        }
        let http = Arc::new(platform.http(options));
        let imds = Rc::new(Imds::from_environment(&variable, Arc::clone(&http)));
        let patience = if options.dry_run { DRY_RUN.min(options.deadline) } else { options.deadline };
        let left = || patience.saturating_sub(Duration::from_millis(clock.elapsed()));
        // Nothing can be sent without: it is waited for until there would be no time to.
        imds.within(signer::all_but_sending(left()));
        let instance = Instance::new(&imds, voice);
        let found = match mode {
            Mode::WaitHandle(handle) => Found::WaitHandle(handle),
            Mode::Resource { stack, logical_id } => {
                let explicit = explicit.as_ref();
                let (http, imds, instance) = (&http, &imds, &instance);
                let search = Search { platform, options, explicit, http, imds, instance };
                Found::Resource(search.run(stack, logical_id).map_err(Refused::Line)?)
            }
        };
        let (target, unique_id, substitutes) = match found {
            Found::WaitHandle(handle) => {
                imds.within(left() / 3);
                let patience = Patience::Short { on_ec2: false };
                let id =
                    defaults::unique_id(platform, options, patience, &instance).map_err(Refused::Line)?;
                (Target::WaitHandle(handle), id.value, Substitutes::default())
            }
            Found::Resource(found) => {
                let signer = Signer::of(options, explicit.as_ref());
                imds.within(signer.share(left()));
                let patience = signer.patience();
                let id =
                    defaults::unique_id(platform, options, patience, &instance).map_err(Refused::Line)?;
                let (target, region) = resource(options, found, patience, &instance);
                (target, id.value, Substitutes { id: id.stands_in, region, told: false })
            }
        };
        let wait_handle = matches!(target, Target::WaitHandle(_));
        let status = options.status();
        let chain = platform.chain(&http, &imds, &target);
        Ok(Self {
            signal: Signal {
                status,
                unique_id,
                reason: options.reason.clone().filter(|_| wait_handle),
                data: options.data.clone().filter(|_| wait_handle),
            },
            target,
            substitutes,
            policy: policy(options),
            finder: Finder::new(explicit, options.auth, imds, chain),
            clock,
            sender: Sender(http),
            dry_run: options.dry_run,
            style: Style {
                json: options.json,
                complete_is_ok: options.complete_is_ok,
                wait_handle,
                status,
                voice,
            },
        })
    }
}

/// Whom to signal, but for the region, perhaps.
enum Found {
    WaitHandle(Secret),
    Resource(Discovered),
}

/// What a dry run waits for whatever may yet come.
const DRY_RUN: Duration = Duration::from_secs(5);

/// The target, and what has to be said of its region.
fn resource(
    options: &Options,
    found: Discovered,
    patience: Patience,
    instance: &Instance<'_, impl Http>,
) -> (Target, Option<String>) {
    let dropped = [("--reason", &options.reason), ("--data", &options.data)];
    for (option, value) in dropped {
        if value.is_some() {
            instance.voice.note(&format!(
                "{option} is not sent: a resource signal has no such field, only a wait condition's has"
            ));
        }
    }
    let region = found.region.unwrap_or_else(|| defaults::region(options, patience, instance));
    let mut resource = ResourceTarget::new(found.stack, found.logical_id, region.value)
        .with_endpoint_variant(defaults::endpoint_variant(options));
    resource.endpoint_url = defaults::endpoint_url(options);
    (Target::Resource(resource), region.stands_in)
}

/// What the command line says of credentials: a file before a role before keys.
pub(super) fn explicit(
    platform: &impl Platform,
    options: &Options,
    voice: Voice,
) -> Result<Option<Explicit>, Refused> {
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
        .with_max_attempts(options.max_attempts.unwrap_or(default.max_attempts))
        .with_deadline(milliseconds(options.deadline))
        .with_base_delay(default.base_delay.min(max_delay))
        .with_max_delay(max_delay)
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
