//! What is to be sent, whoever signs it and wherever a redirect leads.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::classify::Service;
use super::identity::CfnV1;
use super::types::{PrepareError, Signal, Target};
use super::{resource_request, signal, wait_body, wait_handle};
use crate::http::{Header, Request, header};
use crate::identity::{AccessKey, Identity};
use crate::secret::Secret;
use crate::sigv4::{self, Authorization, Payload, Scope, SignError, SigningKeys};

/// CloudFormation's name in a credential scope.
const SERVICE: &str = "cloudformation";

/// A signal and its target, checked.
pub(super) enum Plan {
    Resource { uri: String, region: String },
    WaitHandle { uri: Secret, body: Vec<u8> },
}

impl Plan {
    pub(super) fn new(signal: &Signal, target: &Target) -> Result<Self, PrepareError> {
        signal::check(signal)?;
        match target {
            Target::Resource(resource) => Ok(Self::Resource {
                uri: resource_request::uri(signal, resource)?,
                region: resource.region.clone(),
            }),
            Target::WaitHandle(handle) => {
                Ok(Self::WaitHandle { uri: wait_handle::url(handle)?, body: wait_body::body(signal)? })
            }
        }
    }

    /// Where the first request goes.
    pub(super) fn uri(&self) -> &str {
        match self {
            Self::Resource { uri, .. } => uri,
            Self::WaitHandle { uri, .. } => uri.expose(),
        }
    }

    /// Who answers.
    pub(super) fn service(&self) -> Service {
        match self {
            Self::Resource { .. } => Service::CloudFormation,
            Self::WaitHandle { .. } => Service::WaitHandle,
        }
    }

    /// The request to `uri` as `identity`, signed at `signed_at` (Unix seconds). A wait handle's URL is signed already.
    pub(super) fn request(
        &self,
        uri: &str,
        identity: Option<&Identity>,
        signed_at: u64,
        keys: &mut SigningKeys,
    ) -> Result<Request, SignError> {
        let mut headers = Vec::new();
        let (method, body) = match self {
            Self::WaitHandle { body, .. } => {
                // Present and empty: the URL was signed for an empty content type.
                headers.push(header("content-type", ""));
                headers.push(header("accept", "*/*"));
                ("PUT", body.clone())
            }
            Self::Resource { region, .. } => {
                headers.push(header("accept", "application/json"));
                match identity {
                    Some(Identity::AccessKey(key)) => {
                        let scope = Scope { region, service: SERVICE, signed_at };
                        headers.append(&mut signature(uri, &headers, key, &scope, keys)?);
                    }
                    Some(Identity::Instance(instance)) => {
                        headers.push(header("authorization", &CfnV1::new(instance).header_value()));
                    }
                    None => {}
                }
                ("GET", Vec::new())
            }
        };
        Ok(Request { method: method.to_owned(), uri: uri.to_owned(), headers, body })
    }
}

/// The headers that a signature adds, `Authorization` in the original's spelling: no space after the first comma.
fn signature(
    uri: &str,
    headers: &[Header],
    key: &AccessKey,
    scope: &Scope<'_>,
    keys: &mut SigningKeys,
) -> Result<Vec<Header>, SignError> {
    let uri = resource_request::to_sign(uri);
    let request = sigv4::Request { method: "GET", uri: &uri, headers, payload: Payload::Bytes(b"") };
    // Whether the key has expired was decided before, by a clock that is perhaps righter than this one.
    let (mut added, parts) = sigv4::authorize(&request, key, scope, keys)?;
    let Authorization { credential, signed_headers, signature } = parts;
    let authorization = format!(
        "{} Credential={credential},SignedHeaders={signed_headers}, Signature={signature}",
        sigv4::ALGORITHM
    );
    added.push(header("authorization", &authorization));
    Ok(added)
}

#[cfg(test)]
mod tests;
