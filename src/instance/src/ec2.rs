//! An instance's tags, from EC2's own API: for instances that do not offer them in their metadata.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html>

mod answer;
mod error;

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use cfn_signal_core::deliver::Clock as _;
use cfn_signal_core::delivery::{CredentialsError, said_of};
use cfn_signal_core::endpoint::{EndpointError, EndpointVariant};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::{endpoint, sigv4, uri};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::clock::SystemClock;
use super::http::{Http, RequestLimits, Route};
use super::lacking::Lacking;
use super::seed;

pub use error::TagsError;

use answer::Answer;
use error::Prospect;

/// For a connection, and for everything.
const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(10);
/// The longest wait before the second try, and before any.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// Left for the last try, by a wait that would last longer.
const LAST_TRY: Duration = Duration::from_millis(1_500);
/// How far from EC2's clock this machine's may be, in seconds: requests are taken for five minutes.
const SKEW: i64 = 240;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// EC2's URL; see [`url`].
    pub endpoint: String,
    /// The instance's region.
    pub region: &'a str,
    /// The instance's id.
    pub instance: &'a str,
    /// The tags' keys.
    pub keys: &'a [&'a str],
}

/// The URL of EC2 in `region`.
///
/// Source: EC2's endpoint rule set, as published with botocore (<https://github.com/boto/botocore/tree/develop/botocore/data>).
///
/// # Errors
///
/// [`EndpointError::InvalidRegion`] where `region` cannot be part of a host's name.
pub fn url(region: &str, variant: EndpointVariant) -> Result<String, EndpointError> {
    // The rules are those of CloudFormation.
    let sibling = endpoint::url(region, variant)?;
    Ok(sibling.replacen("cloudformation", "ec2", 1))
}

/// The tags' values, in the order of the keys; asks until they are there, for `patience` at most, or until they are
/// `known_elsewhere`. `key` finds whom to sign as, within a time.
///
/// # Errors
///
/// As [`TagsError`] says, the last one.
pub fn tags<H: Http>(
    http: &H,
    question: &Question<'_>,
    mut key: impl FnMut(Duration) -> Result<AccessKey, CredentialsError>,
    known_elsewhere: impl Fn() -> bool,
    patience: Duration,
) -> Result<Vec<String>, TagsError> {
    let started = Instant::now();
    let left = || patience.saturating_sub(started.elapsed());
    let (lacking, mut offset, mut longest) = (Lacking::default(), 0, FIRST_PAUSE);
    loop {
        let error = match ask(http, question, &mut key, &mut offset, left()) {
            Ok(values) => return Ok(values),
            Err(error) => error,
        };
        let worth = match error.prospect() {
            Prospect::Passing => true,
            Prospect::Early => lacking.may_yet_come(Instant::now()),
            Prospect::Lasting => false,
        };
        let pause = jitter(longest).min(left().saturating_sub(LAST_TRY));
        if !worth || pause.is_zero() {
            return Err(error);
        }
        tracing::info!(%error, seconds = pause.as_secs_f32(), "EC2 is asked again");
        sleep(pause);
        if known_elsewhere() {
            return Err(error);
        }
        longest = LONGEST_PAUSE.min(longest * 2);
    }
}

/// From half of `longest` on: machines that boot together do not ask together.
fn jitter(longest: Duration) -> Duration {
    let share = u32::try_from(seed() % 512).unwrap_or_default();
    longest / 2 + longest / 1024 * share
}

fn ask<H: Http>(
    http: &H,
    question: &Question<'_>,
    key: &mut impl FnMut(Duration) -> Result<AccessKey, CredentialsError>,
    offset: &mut i64,
    left: Duration,
) -> Result<Vec<String>, TagsError> {
    let asked = Instant::now();
    let key = key(left).map_err(TagsError::Credentials)?;
    let now = i64::try_from(SystemClock::start().now() / 1_000).unwrap_or(i64::MAX);
    let request = request(question, key, now.saturating_add(*offset))?;
    let left = left.saturating_sub(asked.elapsed());
    let limits =
        RequestLimits { connect: CONNECT.min(left), total: TOTAL.min(left), route: Route::Configured };
    let response = http.send(&request, limits).map_err(TagsError::Unreachable)?;
    let answer = Answer::read(&String::from_utf8_lossy(&response.body));
    if response.status == 200 {
        let tags = answer.tags.ok_or(TagsError::Unreadable)?;
        return question.keys.iter().map(|key| value(&tags, key, question.instance)).collect();
    }
    // A wrong clock makes a wrong signature: the answer says what time it is, if it is EC2's. A proxy's clock is not.
    let is_ec2s = !answer.request_id.is_empty() || response.header("x-amzn-requestid").is_some();
    if is_ec2s
        && let Some(skew) = date(&response).map(|date| date.saturating_sub(now))
        && (skew - *offset).abs() > SKEW
    {
        *offset = skew;
    }
    let said = |text: &str| said_of(&request, text);
    Err(TagsError::Refused {
        status: response.status,
        code: said(&answer.code),
        message: said(
            answer.message.split("Encoded authorization failure").next().unwrap_or_default().trim_end(),
        ),
    })
}

fn value(tags: &[(String, String)], key: &str, instance: &str) -> Result<String, TagsError> {
    let found = tags.iter().find(|(name, value)| name == key && !value.is_empty());
    found
        .map(|(_, value)| value.clone())
        .ok_or_else(|| TagsError::Untagged { key: key.to_owned(), instance: instance.to_owned() })
}

fn date(response: &Response) -> Option<i64> {
    let (_, value) = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
    OffsetDateTime::parse(value.trim(), &Rfc2822).ok().map(OffsetDateTime::unix_timestamp)
}

fn request(question: &Question<'_>, key: AccessKey, signed_at: i64) -> Result<Request, TagsError> {
    let mut body = String::from("Action=DescribeTags&Version=2016-11-15");
    let mut filter = |number: usize, name: &str, values: &[&str]| {
        let _never_fails = write!(body, "&Filter.{number}.Name={name}");
        for (value, index) in values.iter().zip(1..) {
            let value = uri::percent_encode(value);
            let _never_fails = write!(body, "&Filter.{number}.Value.{index}={value}");
        }
    };
    filter(1, "resource-id", &[question.instance]);
    filter(2, "key", question.keys);
    let endpoint = question.endpoint.trim();
    let mut url = uri::requote(endpoint).ok_or(TagsError::Endpoint("is not an http or https URL"))?;
    let parts = uri::split(endpoint);
    if parts.query.is_some() || parts.fragment.is_some() {
        return Err(TagsError::Endpoint("has a query or a fragment, which an endpoint cannot have"));
    }
    if parts.authority.is_some_and(|authority| authority.contains('@')) {
        return Err(TagsError::Endpoint("holds a user name: the request is signed, not logged in"));
    }
    if !url.ends_with('/') {
        url.push('/');
    }
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
    let scope = sigv4::Scope {
        region: question.region,
        service: "ec2",
        signed_at: u64::try_from(signed_at).unwrap_or_default(),
    };
    let payload = sigv4::Payload::Bytes(body.as_bytes());
    let draft = sigv4::Request { method: "POST", uri: &url, headers: &headers, payload };
    // Whether they have expired is for EC2 to say: this machine's clock may be wrong.
    let key = AccessKey { expires_at: None, ..key };
    let settings = sigv4::SigningSettings::default();
    let signed = sigv4::sign(&draft, &key, &scope, &settings, &mut sigv4::SigningKeys::default())
        .map_err(TagsError::Unsigned)?;
    headers.extend(signed.headers);
    Ok(Request { method: "POST".to_owned(), uri: url, headers, body: body.into_bytes() })
}

#[cfg(test)]
mod tests;
