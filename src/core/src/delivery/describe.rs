//! What can be known of a signal's way before one is sent: where its requests go, who answers there, and what
//! CloudFormation says of the resource (`DescribeStackResource`), asked as whoever would sign the signal.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html>

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

use super::classify::{self, Meaning, Service};
use super::error_response;
use super::identity::CfnV1;
use super::origin;
use super::resource_request;
use super::scrub::said_of;
use super::skew::Skew;
use super::types::{OutcomeKind, PrepareError, ResourceTarget};
use super::wait_handle;
use crate::http::{Request, Response};
use crate::identity::{AccessKey, Identity};
use crate::secret::Secret;
use crate::{sigv4, uri, xml};

/// An answer, as far as it says something of whoever gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// AWS gave it, or whoever stands for it in a test.
    pub is_aws: bool,
    /// Its clock minus this machine's, in milliseconds.
    pub skew: Option<i64>,
    /// What a signal that is answered so comes to, if it is not a success.
    pub outcome: Option<OutcomeKind>,
    /// Its status, and AWS's code and words; without secrets.
    pub text: String,
}

/// A resource, as CloudFormation describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// Such as `AWS::EC2::Instance`.
    pub kind: String,
    /// Such as `CREATE_IN_PROGRESS`.
    pub status: String,
}

/// Where a signal to `target` goes, with a path that ends in `/`.
///
/// # Errors
///
/// When region or endpoint are none.
pub fn endpoint(target: &ResourceTarget) -> Result<String, PrepareError> {
    resource_request::endpoint(target)
}

/// The URL that `handle` is, or holds in base64.
///
/// # Errors
///
/// When it is none.
pub fn wait_handle(handle: &Secret) -> Result<Secret, PrepareError> {
    wait_handle::url(handle)
}

/// Asks for the resource. Signed as `identity` at `signed_at` (Unix seconds), or not at all.
///
/// # Errors
///
/// When the target is none, or the key cannot sign.
pub fn request(
    target: &ResourceTarget,
    identity: Option<&Identity>,
    signed_at: u64,
) -> Result<Request, PrepareError> {
    let endpoint = endpoint(target)?;
    let uri = format!(
        "{endpoint}?Action=DescribeStackResource&LogicalResourceId={}&StackName={}&Version=2010-05-15",
        uri::percent_encode(&target.logical_id),
        uri::percent_encode(&target.stack),
    );
    let headers = match identity {
        None => vec![],
        Some(Identity::Instance(document)) => {
            vec![("authorization".to_owned(), CfnV1::new(document).header_value())]
        }
        Some(Identity::AccessKey(key)) => {
            let scope = sigv4::Scope { region: &target.region, service: "cloudformation", signed_at };
            let draft = sigv4::Request {
                method: "GET",
                uri: &uri,
                headers: &[],
                payload: sigv4::Payload::Bytes(&[]),
            };
            // Whether it has expired is for AWS to say: this machine's clock may be wrong.
            let key = AccessKey { expires_at: None, ..key.clone() };
            let settings = sigv4::SigningSettings::default();
            sigv4::sign(&draft, &key, &scope, &settings, &mut sigv4::SigningKeys::default())
                .map_err(|error| PrepareError::Other(Some(error.to_string())))?
                .headers
        }
    };
    Ok(Request { method: "GET".to_owned(), uri, headers, body: vec![] })
}

/// What `response` to `request` says, received at `now` (Unix milliseconds) after `took` milliseconds.
#[must_use]
pub fn remark(request: &Request, response: &Response, now: u64, took: u64) -> Remark {
    let error = error_response::parse(&response.body);
    let verdict = classify::classify(Service::CloudFormation, response.status, error.as_ref(), || {
        origin::worth(response, &request.uri)
    });
    let outcome = match verdict.meaning {
        Meaning::Delivered => None,
        Meaning::Moved => Some(OutcomeKind::Rejected),
        Meaning::AlreadySignalled => Some(OutcomeKind::AlreadySignalled),
        Meaning::Expired => Some(OutcomeKind::Credentials),
        Meaning::Patient(kind)
        | Meaning::Propagating(kind)
        | Meaning::Lasting(kind)
        | Meaning::Misdated(kind)
        | Meaning::Final(kind) => Some(kind),
    };
    // The question's own names are no secrets.
    let uri = request.uri.split('?').next().unwrap_or_default().to_owned();
    let signed = Request { uri, ..request.clone() };
    let mut text = response.status.to_string();
    if let Some(error) = &error {
        text = format!("{text} {}", said_of(&signed, &error.code));
        let message = said_of(&signed, error.message.trim().trim_end_matches('.'));
        if !message.is_empty() {
            text = format!("{text}: {message}");
        }
    }
    Remark {
        is_aws: origin::is_aws(response, error.as_ref()),
        skew: Skew::measure(response, now, took).map(Skew::milliseconds),
        outcome,
        text,
    }
}

/// The resource in an answer to [`request`], if it is in it.
#[must_use]
pub fn described(response: &Response) -> Option<Described> {
    let text = String::from_utf8_lossy(&response.body);
    let mut found = Described::default();
    xml::elements(text.trim_start_matches('\u{feff}').trim_start(), |parent, name, held| {
        match (parent, name) {
            ("StackResourceDetail", "ResourceType") => held.trim().clone_into(&mut found.kind),
            ("StackResourceDetail", "ResourceStatus") => held.trim().clone_into(&mut found.status),
            _ => {}
        }
    });
    (!found.kind.is_empty() && !found.status.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests;
