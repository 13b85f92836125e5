//! The services beside CloudFormation that a deployment calls: just enough of STS, of Systems Manager's parameters, of S3,
//! and of what EC2 knows of networks. Whom a request is for is told by the name that it is signed under; every signature
//! is verified.

mod ec2;
mod network;
mod protocol;
mod s3;
mod ssm;
mod sts;

use hyper::StatusCode;

use super::parameters::Parameters;
use super::{Received, Reply, Services};
use crate::auth::{CLOUDFORMATION, S3};
use crate::hosts::Service;
use protocol::Protocol;

/// What there is, for whoever asks for something else.
const THERE_IS: &str = "a rehearsal is for deployments of stacks: it has CloudFormation, and of what is beside it STS \
                        GetCallerIdentity and AssumeRole, SSM parameters, S3 buckets and their objects, and of EC2 the \
                        zones and one made-up default VPC";

/// The answer to a request that is signed for another service than CloudFormation.
pub(super) fn answer(services: &Services, request: &Received) -> Option<Reply> {
    let Some(name) = request.signing_name() else { return unsigned(services, request) };
    match name.as_str() {
        // Where the wrong service is named for one of CloudFormation's requests, that is what is wrong with it.
        CLOUDFORMATION => None,
        S3 => Some(s3::answer(services, request)),
        _ if request.path == "/" && Parameters::of(request).get("Version") == Some("2010-05-15") => None,
        "sts" => Some(sts::answer(services, request)),
        "ssm" => Some(ssm::answer(services, request)),
        "ec2" => Some(ec2::answer(services, request)),
        other => Some(refused(services, request, other)),
    }
}

/// The answer of the service that a request was made to by its name.
pub(super) fn named(services: &Services, service: &Service, request: &Received) -> Reply {
    match service {
        Service::Sts { .. } => sts::answer(services, request),
        Service::Ssm => ssm::answer(services, request),
        Service::Ec2 => ec2::answer(services, request),
        _ => s3::answer(services, request),
    }
}

/// The answer to a request whose body was not read, as `status` says: it is too long, took too long or was cut. None where
/// nobody signed it: it is for no service.
pub(super) fn unread(request: &Received, status: StatusCode, length: Option<u64>) -> Option<Reply> {
    let name = request.signing_name()?;
    if name == S3 {
        return Some(s3::unread(status, length));
    }
    let (query, json, message) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            "RequestEntityTooLarge",
            "RequestEntityTooLargeException",
            "Request body is too long: no request of this service is longer than 2 MiB",
        ),
        StatusCode::REQUEST_TIMEOUT => {
            ("RequestTimeout", "RequestTimeoutException", "The body of the request took too long")
        }
        _ => (
            "MalformedInput",
            "SerializationException",
            "The body ended before the length that its Content-Length says",
        ),
    };
    let protocol = Protocol::of(request, &name);
    Some(protocol.failure(status.as_u16(), if protocol.is_xml() { query } else { json }, message))
}

/// What nobody signed is refused by the service that it must be for.
fn unsigned(services: &Services, request: &Received) -> Option<Reply> {
    let bucket = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if services.account.buckets().contains_key(bucket) {
        return Some(s3::answer(services, request));
    }
    let protocol = Protocol::of(request, "");
    (protocol.is_json() || protocol == Protocol::Cbor).then(|| refused(services, request, ""))
}

/// Any other service's.
fn refused(services: &Services, request: &Received, service: &str) -> Reply {
    let protocol = Protocol::of(request, service);
    if let Err(error) = request.caller(services, service) {
        return protocol.auth_failure(&error);
    }
    let what = request.header("x-amz-target").map(str::to_owned);
    let what = what.or_else(|| Parameters::of(request).get("Action").map(str::to_owned));
    let what = what.unwrap_or_else(|| format!("{} {}", request.method, request.path));
    protocol.failure(400, "UnsupportedOperation", &format!("{what}: not rehearsed ({service}): {THERE_IS}"))
}

/// Text in XML.
fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
