//! The `SignalResource` request, as Amazon's helper sends it: a GET with everything in the query.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use super::types::{PrepareError, ResourceTarget, Signal};
use crate::endpoint;
use crate::uri;

/// The request's URI.
pub(super) fn uri(signal: &Signal, target: &ResourceTarget) -> Result<String, PrepareError> {
    if target.stack.is_empty() {
        return Err(PrepareError::Stack("the stack's name is empty".to_owned()));
    }
    if target.logical_id.is_empty() {
        return Err(PrepareError::LogicalId("the resource's logical id is empty".to_owned()));
    }
    let endpoint = endpoint(target)?;
    Ok(format!(
        "{endpoint}?Action=SignalResource&LogicalResourceId={}&StackName={}&UniqueId={}&Status={}\
         &ContentType=JSON&Version=2010-05-15",
        uri::form_encode(&target.logical_id),
        uri::form_encode(&target.stack),
        uri::form_encode(&signal.unique_id),
        signal.status.name(),
    ))
}

/// The URI to sign for `uri`: a `+` in a query is a space to AWS, which a signature spells `%20`.
pub(super) fn to_sign(uri: &str) -> String {
    match uri.split_once('?') {
        Some((before, query)) => format!("{before}?{}", query.replace('+', "%20")),
        None => uri.to_owned(),
    }
}

/// The endpoint with a path that ends in `/`. The region is signed even where a URL replaces its endpoint.
pub(super) fn endpoint(target: &ResourceTarget) -> Result<String, PrepareError> {
    let regional = endpoint::url(&target.region, target.endpoint_variant)
        .map_err(|error| PrepareError::Region(error.to_string()))?;
    let base = match &target.endpoint_url {
        Some(url) => custom(url)?,
        None => regional,
    };
    Ok(if base.ends_with("/") { base } else { base + "/" })
}

/// An endpoint that replaces the region's.
fn custom(url: &str) -> Result<String, PrepareError> {
    let refuse = |why: &str| PrepareError::EndpointUrl(format!("the endpoint URL {why}"));
    let url = url.trim();
    let absolute = uri::requote(url).ok_or_else(|| refuse("is not an http or https URL"))?;
    let parts = uri::split(url);
    if parts.query.is_some() || parts.fragment.is_some() {
        return Err(refuse("has a query or a fragment, which an endpoint cannot have"));
    }
    if uri::has_userinfo(url) {
        return Err(refuse("holds a user name: the request is signed, not logged in"));
    }
    Ok(uri::without_default_port(absolute))
}

#[cfg(test)]
mod tests;
