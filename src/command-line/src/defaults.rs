//! What the command line leaves open: region, endpoint, unique id, stack and resource.

use std::time::Duration;

use cfn_signal_core::endpoint::{EndpointVariant, Partition};
use cfn_signal_core::uri;
use cfn_signal_instance::environment::variable;

use super::options::Options;
use super::platform::Platform;
use super::voice::Voice;
use cfn_signal_instance::http::Http;
use cfn_signal_instance::imds::{Imds, ImdsError};

/// CloudFormation's limit for a unique id, in characters.
const LONGEST_ID: usize = 64;

fn set(name: &str) -> Option<String> {
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

/// `--region`, the environment's, the instance's, that of the endpoint's host, `us-east-1`.
pub(super) fn region(options: &Options, imds: &Imds<impl Http>, voice: Voice) -> String {
    if options.region.as_deref() == Some("") {
        voice.note("--region is empty: taken as not given");
    }
    let given = options.region.clone().filter(|region| !region.is_empty());
    let hosts = endpoint_url(options).as_deref().and_then(region_of);
    let (region, origin) = if let Some(region) = given {
        (region, "--region")
    } else if let Some(region) = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")) {
        (region, "the environment")
    } else if let Ok(region) = imds.insist(PATIENCE, is_late, Imds::region) {
        (region, "instance metadata")
    } else if let Some(region) = hosts.clone() {
        (region, "the endpoint")
    } else {
        ("us-east-1".to_owned(), "the default")
    };
    tracing::info!(region, origin, "region");
    if let Some(hosts) = hosts.filter(|hosts| *hosts != region) {
        voice.note(&format!(
            "the region is {region} ({origin}) and the endpoint one of {hosts}: the request is signed for {region}"
        ));
    }
    region
}

/// The region in the name of an endpoint's host, which is CloudFormation's own or a VPC endpoint's.
fn region_of(url: &str) -> Option<String> {
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

/// How long what there is a substitute for is waited for at most. A signal to a wrong region, or with a host's name for its id, is
/// taken and never counted.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether a metadata service is there and not ready: where none is, or another cloud's, there is nothing to wait for.
fn is_late(error: &ImdsError) -> bool {
    matches!(error, ImdsError::Status { .. }) && error.is_temporary()
}

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

/// `--id`, the instance's id, the host's name cut to fit.
pub(super) fn unique_id<P: Platform>(
    platform: &P,
    options: &Options,
    needed: bool,
    imds: &Imds<P::Http>,
    voice: Voice,
) -> Result<String, String> {
    match options.id.as_deref() {
        Some("") => voice.note("--id is empty: taken as not given"),
        Some(id) => return Ok(id.to_owned()),
        None => {}
    }
    // A wait condition counts whatever has an id of its own; a group and an instance only the instance's.
    let why = match imds.insist(PATIENCE, |error| needed && is_late(error), Imds::instance_id) {
        Ok(id) => return Ok(id),
        Err(error) => error.to_string(),
    };
    match platform.host_name() {
        Some(name) => {
            tracing::info!(why, "the unique id is the host's name");
            Ok(name.chars().take(LONGEST_ID).collect())
        }
        None => Err(format!("Error: no unique id: {why}, and the host has no name: give --id")),
    }
}

#[cfg(test)]
mod tests;
