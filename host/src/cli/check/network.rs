//! The way to AWS.

use std::time::Duration;

use cfn_signal_core::causes;
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::{TransportError, describe};
use cfn_signal_core::endpoint::Partition;
use cfn_signal_core::http::Request;
use cfn_signal_core::uri;
use ureq::http::Uri;

use super::finding::{Finding, Level};
use super::survey::Survey;

/// What a request's date may be off without being refused, in milliseconds.
const TOLERATED: u64 = 240_000;

/// The host and port of a URL.
pub(super) fn host(url: &str) -> String {
    uri::split(url).host().unwrap_or_default().to_owned()
}

/// What to do where nobody answers.
pub(super) fn advice(error: &SendError) -> &'static str {
    let SendError::Failed(error) = error else {
        return "mend the setting that is named";
    };
    match error {
        TransportError::Dns(_) => {
            "check the region, the VPC's DNS (enableDnsSupport), and its endpoints' private names"
        }
        TransportError::Refused(_) | TransportError::ConnectTimeout | TransportError::Timeout => {
            "a private subnet needs a NAT gateway, a proxy (--https-proxy) or a VPC endpoint; check security groups and network ACLs"
        }
        TransportError::Tls(_) | TransportError::Certificate(_) => {
            "trust the certificate's authority (--ca-bundle FILE), or install the system's certificates (ca-certificates)"
        }
        TransportError::Proxy(_) => "check the proxy, its user name and password, and what it lets through",
        _ => "check the network between, and the proxy",
    }
}

/// Which proxy is used for what.
pub(super) fn proxy(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "proxy";
    let proxies = &survey.look.http().settings().proxies;
    let mut lines = Vec::new();
    for (what, url) in [("API", api(survey)), ("wait conditions", bucket(survey))] {
        let Some(uri) = url.and_then(|url| url.parse::<Uri>().ok()) else { continue };
        match proxies.named(&uri) {
            Ok(Some(proxy)) => lines.push(format!("{what}: {proxy}")),
            Ok(None) => lines.push(format!("{what}: none")),
            Err(error) => {
                return Finding::bad(
                    CHECK,
                    Level::Failed,
                    error.to_string(),
                    "give the proxy's address, or --no-proxy",
                );
            }
        }
    }
    lines.push("metadata: never one".to_owned());
    Finding::ok(CHECK, lines.join("; "))
}

/// Whose certificates are trusted, and whether they served.
pub(super) fn certificates(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "certificates";
    let api = api(survey).unwrap_or_default();
    if let Some(error @ SendError::Failed(TransportError::Tls(_) | TransportError::Certificate(_))) =
        &survey.unreachable
    {
        return Finding::bad(CHECK, Level::Failed, error.to_string(), advice(error));
    }
    match survey.look.http().settings().roots.summary() {
        Err(error) => Finding::bad(
            CHECK,
            if api.starts_with("https:") { Level::Failed } else { Level::Warning },
            causes::line(&error),
            "--ca-bundle FILE, or mend what the variable names",
        ),
        Ok((count, place)) => {
            let shaken = if api.starts_with("https:") && survey.unreachable.is_none() {
                format!(", and that of {} is trusted", host(&api))
            } else {
                String::new()
            };
            Finding::ok(CHECK, format!("{count} authorities, of {place}{shaken}"))
        }
    }
}

/// Whether a wait condition could be signalled: its handles are addressed to a bucket of the region.
pub(super) fn wait_bucket(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "wait-bucket";
    let Some(url) = bucket(survey) else {
        return Finding::ok(CHECK, "not looked at: the endpoint is not AWS's own");
    };
    if let Some(finding) = survey.out_of_time(CHECK) {
        return finding;
    }
    let request =
        Request { method: "HEAD".to_owned(), uri: url.clone(), headers: Vec::new(), body: Vec::new() };
    let level = if survey.is_wait_condition() { Level::Failed } else { Level::Warning };
    match survey.ask(&request) {
        Ok((response, _)) if response.status == 407 => {
            let fix = "give the proxy's user name and password";
            Finding::bad(CHECK, level, "the proxy on the way refuses: it answers 407", fix)
        }
        Ok((response, _)) => Finding::ok(CHECK, format!("{} answers {}", host(&url), response.status)),
        Err(error) => Finding::bad(CHECK, level, error.to_string(), advice(&error)),
    }
}

/// How far this machine's clock is from AWS's.
pub(super) fn clock(survey: &mut Survey<'_>) -> Finding {
    const CHECK: &str = "clock";
    let fix = "set it: chronyd with Amazon's time service. Signals are dated by AWS's clock, but certificates are judged by this one";
    let Some(skew) = survey.skew else {
        return Finding::bad(
            CHECK,
            Level::Warning,
            "not known: AWS has not said what time it is",
            "mend the way to AWS first",
        );
    };
    let off = humantime::format_duration(Duration::from_secs(skew.unsigned_abs() / 1_000));
    if skew.unsigned_abs() <= TOLERATED {
        return Finding::ok(CHECK, format!("{off} from AWS's"));
    }
    let side = if skew > 0 { "behind" } else { "ahead of" };
    Finding::bad(CHECK, Level::Warning, format!("{off} {side} AWS's"), fix)
}

fn api(survey: &Survey<'_>) -> Option<String> {
    describe::endpoint(&survey.target).ok()
}

/// Where a handle's URL leads, without what is secret in it; or would in this region.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html>
fn bucket(survey: &Survey<'_>) -> Option<String> {
    if let Some(handle) = &survey.options.handle {
        let url = describe::wait_handle(handle).ok()?;
        let parts = uri::split(url.expose());
        return Some(format!("{}://{}/", parts.scheme?, parts.host()?));
    }
    if let Some(url) = survey.look.configured_url("AWS_ENDPOINT_URL_S3") {
        return Some(url);
    }
    let region = &survey.target.region;
    let suffix = Partition::of(region).dns_suffix();
    survey
        .look
        .is_endpoint_of_aws()
        .then(|| format!("https://cloudformation-waitcondition-{region}.s3.{region}.{suffix}/"))
}
