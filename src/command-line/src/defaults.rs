//! What the command line leaves open: region, endpoint, unique id, stack and resource.

use std::cell::Cell;
use std::time::Duration;

use cfn_signal_core::endpoint::{EndpointVariant, Partition};
use cfn_signal_core::uri;
use cfn_signal_instance::environment::variable;

use super::conceal::conceal;
use super::options::Options;
use super::platform::{Hardware, Platform};
use super::voice::Voice;
use cfn_signal_instance::http::Http;
use cfn_signal_instance::imds::{Imds, ImdsError};

/// CloudFormation's limit for a unique id, in characters.
const LONGEST_ID: usize = 64;

/// A variable that is set, and not to nothing.
pub(super) fn set(name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

fn is_true(name: &str) -> bool {
    set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Where a placeholder of a template begins.
const PLACEHOLDER: &str = "${";

/// Whether what was typed is what it should stand for. No name that AWS gives holds a placeholder.
pub(super) fn check_placeholders(options: &Options) -> Result<(), String> {
    let region = || set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
    let typed = options.region.as_deref().is_some_and(|region| !region.is_empty());
    let names = [
        ("--stack", options.stack.clone()),
        ("--resource", options.resource.clone()),
        ("--region", options.region.clone()),
        ("the environment's region", region().filter(|_| !typed)),
        ("the endpoint URL", endpoint_url(options)),
    ];
    for (what, value) in names {
        if value.is_some_and(|value| value.contains(PLACEHOLDER)) {
            return Err(format!(
                "Error: {what} holds a CDK token or a variable of Fn::Sub that was never resolved ({PLACEHOLDER}…): \
                 write it where the template resolves it"
            ));
        }
    }
    Ok(())
}

/// A value, and what has to be said of it where it only stands in for what is not known.
pub(super) struct Known {
    pub value: String,
    /// Such as `--region`.
    pub origin: &'static str,
    pub stands_in: Option<String>,
}

/// `--region`, the environment's, the instance's, that of the endpoint's host, `us-east-1`.
pub(super) fn region(options: &Options, patience: Patience, instance: &Instance<'_, impl Http>) -> Known {
    let voice = instance.voice;
    if options.region.as_deref() == Some("") {
        voice.note("--region is empty: taken as not given");
    }
    let hosts = endpoint_url(options).as_deref().and_then(region_of);
    let mut stands_in = None;
    let (region, origin) = if let Some(given) = given_region(options) {
        given
    } else {
        // The endpoint's is good enough to wait for no other.
        let patience = if hosts.is_some() { Patience::Some } else { patience };
        match (instance.insist(patience, Imds::region), hosts.clone()) {
            (Ok(region), _) => (region, "instance metadata"),
            (Err(_), Some(region)) => (region, "the endpoint"),
            (Err(why), None) => {
                stands_in = Some(format!("the region is us-east-1, the default: {why}: give --region"));
                ("us-east-1".to_owned(), "the default")
            }
        }
    };
    tracing::info!(region = conceal(&region), origin, "region");
    if let Some(hosts) = hosts.filter(|hosts| *hosts != region) {
        voice.note(&format!(
            "the region is {region} ({origin}) and the endpoint one of {hosts}: the request is signed for {region}"
        ));
    }
    Known { value: region, origin, stands_in }
}

/// The region, where somebody has said it, and who.
pub(super) fn given_region(options: &Options) -> Option<(String, &'static str)> {
    let given = options.region.clone().filter(|region| !region.is_empty()).map(|region| (region, "--region"));
    let set =
        || set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")).map(|region| (region, "the environment"));
    given.or_else(set)
}

/// The region in the name of an endpoint's host, which is CloudFormation's own or a VPC endpoint's.
pub(super) fn region_of(url: &str) -> Option<String> {
    let host = uri::split(url.trim()).host()?.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let services = ["cloudformation", "cloudformation-fips"];
    let (_, after) = services.iter().find_map(|service| {
        let (before, after) = host.split_once(&format!("{service}."))?;
        (before.is_empty() || before.ends_with('.')).then_some((before, after))
    })?;
    let (region, rest) = after.split_once('.')?;
    let partition = Partition::of(region);
    let suffix = rest.strip_prefix("vpce.").unwrap_or(rest);
    let known = [partition.dns_suffix(), partition.dual_stack_dns_suffix()].contains(&suffix);
    known.then(|| region.to_owned())
}

/// `--url`, or the environment's endpoint unless that is to be ignored.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
pub(super) fn endpoint_url(options: &Options) -> Option<String> {
    options.url.clone().or_else(|| configured_url("AWS_ENDPOINT_URL_CLOUDFORMATION"))
}

/// A service's endpoint in the environment, by the variable of its own or the one for all.
pub(super) fn configured_url(variable: &str) -> Option<String> {
    if is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        return None;
    }
    set(variable).or_else(|| set("AWS_ENDPOINT_URL"))
}

/// FIPS and dual-stack, by option or environment.
pub(super) fn endpoint_variant(options: &Options) -> EndpointVariant {
    EndpointVariant {
        fips: options.fips || is_true("AWS_USE_FIPS_ENDPOINT"),
        dual_stack: options.dual_stack || is_true("AWS_USE_DUALSTACK_ENDPOINT"),
    }
}

/// How long what the instance knows of itself is waited for. A signal to a wrong region, or with a host's name for its id, is taken
/// and never counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// There is no need to.
    None,
    /// A wait condition counts whatever has an id of its own, but people look for the instance's: one that says that it fails is
    /// waited for a while, and any where the machine is known to be an instance.
    Short {
        /// Whether it is.
        on_ec2: bool,
    },
    /// There are substitutes, and perhaps there is no such service, or another cloud's: only one that says that it fails is
    /// waited for.
    Some,
    /// The signal may be signed by what the same service gives: it is waited for anyway, as long as there is time.
    Whole,
}

/// The instance's metadata, and who is told that it is waited for.
pub(super) struct Instance<'a, H> {
    pub imds: &'a Imds<H>,
    pub voice: Voice,
    told: Cell<bool>,
}

impl<'a, H: Http> Instance<'a, H> {
    pub(super) fn new(imds: &'a Imds<H>, voice: Voice) -> Self {
        Self { imds, voice, told: Cell::new(false) }
    }

    /// `ask`, as long as it is worth it.
    fn insist(
        &self,
        patience: Patience,
        ask: impl Fn(&Imds<H>) -> Result<String, ImdsError>,
    ) -> Result<String, ImdsError> {
        const LONGEST: Duration = Duration::from_secs(30);
        const SHORT: Duration = Duration::from_secs(10);
        let imds = self.imds;
        match patience {
            Patience::None => ask(imds),
            Patience::Short { on_ec2 } => {
                let worth = |error: &ImdsError| is_alive(error) || (on_ec2 && imds.may_yet_come(error));
                imds.insist(SHORT, |error| self.waits(worth(error), error), ask)
            }
            Patience::Some => imds.insist(LONGEST, is_failing, ask),
            Patience::Whole => self.wait(ask, |error| imds.may_yet_come(error)),
        }
    }

    /// `ask`, as long as it is `worth` it and there is time.
    pub(super) fn wait(
        &self,
        ask: impl Fn(&Imds<H>) -> Result<String, ImdsError>,
        worth: impl Fn(&ImdsError) -> bool,
    ) -> Result<String, ImdsError> {
        self.imds.insist(Duration::MAX, |error| self.waits(worth(error), error), ask)
    }

    /// Says so, the first time.
    fn waits(&self, worth: bool, error: &ImdsError) -> bool {
        if worth && !self.told.replace(true) {
            self.voice.note(&format!("waiting for the instance's metadata: {error}"));
        }
        worth
    }
}

fn is_failing(error: &ImdsError) -> bool {
    matches!(error, ImdsError::Status { .. }) && error.is_temporary()
}

/// Whether a service answers that has not begun to work, or cannot now.
fn is_alive(error: &ImdsError) -> bool {
    let no_tokens_yet = matches!(
        error,
        ImdsError::Unauthorized | ImdsError::TokenRefused | ImdsError::Status { status: 401, .. }
    );
    is_failing(error) || no_tokens_yet
}

/// Where an id comes from that is no instance's.
const HOST_NAME: &str = "the host's name";

/// Whether an id that is given fits.
pub(super) fn check_id(options: &Options) -> Result<(), String> {
    let length = options.id.as_deref().unwrap_or_default().chars().count();
    if length > LONGEST_ID {
        return Err(format!(
            "Error: the unique id has {length} characters, and CloudFormation takes {LONGEST_ID}"
        ));
    }
    Ok(())
}

/// `--id`, the instance's id by its metadata or its hardware, the host's name cut to fit.
pub(super) fn unique_id<P: Platform>(
    platform: &P,
    options: &Options,
    patience: Patience,
    instance: &Instance<'_, P::Http>,
) -> Result<Known, String> {
    let known = |value, origin| Ok(Known { value, origin, stands_in: None });
    match options.id.as_deref() {
        Some("") => instance.voice.note("--id is empty: taken as not given"),
        Some(id) => return known(id.to_owned(), "--id"),
        None => {}
    }
    let counts_any = matches!(patience, Patience::Short { .. });
    let hardware = platform.hardware();
    let patience = match (&hardware, patience) {
        (Hardware::Instance(_), _) => Patience::None,
        (Hardware::Ec2, Patience::Short { .. }) => Patience::Short { on_ec2: true },
        (_, patience) => patience,
    };
    let why = match (instance.insist(patience, Imds::instance_id), hardware) {
        (Ok(id), _) => return known(id, "instance metadata"),
        (Err(error), Hardware::Instance(id)) if error != ImdsError::Disabled => {
            tracing::info!(id, why = %error, "the unique id is what the hardware says of the instance");
            return known(id, "the hardware");
        }
        (Err(error), _) => error.to_string(),
    };
    match platform.host_name() {
        Some(name) => {
            let value: String = name.chars().take(LONGEST_ID).collect();
            if counts_any {
                tracing::info!(why, "the unique id is the host's name");
                return known(value, HOST_NAME);
            }
            let stands_in = Some(format!("the unique id is the host's name, {value}: {why}: give --id"));
            Ok(Known { value, origin: HOST_NAME, stands_in })
        }
        None => Err(format!("Error: no unique id: {why}, and the host has no name: give --id")),
    }
}

#[cfg(test)]
mod tests;
