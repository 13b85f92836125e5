//! Between the contract's types, as wasmtime derives them, and the core's.

use cfn_signal_core::delivery as core;
use cfn_signal_core::http::{self, Header};
use cfn_signal_core::identity::{AccessKey, Identity};
use cfn_signal_core::{mirror, sigv4};

use super::bindings::delivery::cfn::signal::types;
use super::bindings::delivery::cfn::sigv4::types as sigv4_types;
use super::bindings::delivery::exports::cfn::signal::delivery;
use super::bindings::signing::cfn::sigv4::types as signing_types;
use super::bindings::signing::exports::cfn::sigv4::signing;

pub(super) fn signing_key(key: &AccessKey) -> signing_types::AccessKey<'_> {
    signing_types::AccessKey {
        id: &key.id,
        secret: key.secret.expose(),
        session_token: key.session_token.as_ref().map(|token| token.expose()),
        expires_at: key.expires_at,
    }
}

fn access_key(key: &AccessKey) -> sigv4_types::AccessKey {
    sigv4_types::AccessKey {
        id: key.id.clone(),
        secret: key.secret.expose().to_owned(),
        session_token: key.session_token.as_ref().map(|token| token.expose().to_owned()),
        expires_at: key.expires_at,
    }
}

fn identity(identity: &Identity) -> types::Identity {
    match identity {
        Identity::AccessKey(key) => types::Identity::AccessKey(access_key(key)),
        Identity::Instance(instance) => types::Identity::InstanceDocument(types::InstanceDocument {
            document: instance.document.expose().to_owned(),
            signature: instance.signature.expose().to_owned(),
        }),
    }
}

pub(super) fn request<'a>(request: &sigv4::Request<'a>, headers: &'a [&'a Header]) -> signing::Request<'a> {
    signing::Request {
        method: request.method,
        uri: request.uri,
        headers,
        payload: match request.payload {
            sigv4::Payload::Bytes(bytes) => signing::Payload::Bytes(bytes),
            sigv4::Payload::Sha256(hash) => signing::Payload::Sha256(hash),
            sigv4::Payload::Unsigned => signing::Payload::Unsigned,
        },
    }
}

pub(super) fn scope<'a>(scope: &sigv4::Scope<'a>) -> signing::Scope<'a> {
    signing::Scope { region: scope.region, service: scope.service, signed_at: scope.signed_at }
}

pub(super) fn placement(placement: sigv4::Placement) -> signing::Placement {
    use signing::Placement as Wit;
    use sigv4::Placement as Core;
    mirror!(placement, Core => Wit { Headers; Query })
}

pub(super) fn path_encoding(encoding: sigv4::PathEncoding) -> signing::PathEncoding {
    use signing::PathEncoding as Wit;
    use sigv4::PathEncoding as Core;
    mirror!(encoding, Core => Wit { Once, Twice })
}

pub(super) fn path_normalization(normalization: sigv4::PathNormalization) -> signing::PathNormalization {
    use signing::PathNormalization as Wit;
    use sigv4::PathNormalization as Core;
    mirror!(normalization, Core => Wit { On, Off })
}

pub(super) fn content_sha256_header(header: sigv4::ContentSha256Header) -> signing::ContentSha256Header {
    use signing::ContentSha256Header as Wit;
    use sigv4::ContentSha256Header as Core;
    mirror!(header, Core => Wit { Omit, Send })
}

pub(super) fn session_token(token: sigv4::SessionToken) -> signing::SessionToken {
    use signing::SessionToken as Wit;
    use sigv4::SessionToken as Core;
    mirror!(token, Core => Wit { Sign, AppendUnsigned })
}

pub(super) fn instructions(signed: signing::SigningInstructions) -> sigv4::SigningInstructions {
    sigv4::SigningInstructions { headers: signed.headers, uri: signed.uri, signature: signed.signature }
}

pub(super) fn explanation(explanation: signing::Explanation) -> sigv4::Explanation {
    sigv4::Explanation {
        canonical_request: explanation.canonical_request,
        string_to_sign: explanation.string_to_sign,
    }
}

pub(super) fn sign_error(error: signing::SignError) -> sigv4::SignError {
    use signing::SignError as Wit;
    use sigv4::SignError as Core;
    mirror!(error, Wit => Core { Expired; InvalidUri, InvalidHeader, InvalidScope, AlreadySigned, Other })
}

pub(super) fn signal(signal: &core::Signal) -> delivery::Signal {
    use core::Status as Core;
    use delivery::Status as Wit;
    delivery::Signal {
        status: mirror!(signal.status, Core => Wit { Success, Failure }),
        unique_id: signal.unique_id.clone(),
        reason: signal.reason.clone(),
        data: signal.data.clone(),
    }
}

pub(super) fn target(target: &core::Target) -> delivery::Target {
    match target {
        core::Target::Resource(resource) => delivery::Target::StackResource(delivery::StackResource {
            stack: resource.stack.clone(),
            logical_id: resource.logical_id.clone(),
            region: resource.region.clone(),
        }),
        core::Target::WaitHandle(url) => delivery::Target::WaitHandle(url.expose().to_owned()),
    }
}

pub(super) fn endpoint_variant(
    variant: cfn_signal_core::endpoint::EndpointVariant,
) -> delivery::EndpointVariant {
    let mut flags = delivery::EndpointVariant::empty();
    if variant.fips {
        flags |= delivery::EndpointVariant::FIPS;
    }
    if variant.dual_stack {
        flags |= delivery::EndpointVariant::DUAL_STACK;
    }
    flags
}

pub(super) fn prepare_error(error: delivery::PrepareError) -> core::PrepareError {
    use core::PrepareError as Core;
    use delivery::PrepareError as Wit;
    mirror!(error, Wit => Core {
        ; WaitHandle, Stack, LogicalId, UniqueId, Region, EndpointUrl, TooLarge, Other
    })
}

/// `None` for an event that this version of the contract does not have.
pub(super) fn event(event: core::Event) -> Option<delivery::Event> {
    Some(match event {
        core::Event::Start => delivery::Event::Start,
        core::Event::Identity(found) => delivery::Event::Identity(identity(&found)),
        core::Event::NoIdentity(error) => delivery::Event::NoIdentity(match error {
            core::CredentialsError::Temporary(why) => types::CredentialsError::Temporary(why),
            other => types::CredentialsError::Permanent(other.why().to_owned()),
        }),
        core::Event::Response(response) => delivery::Event::Response(types::HttpResponse {
            status_code: response.status,
            headers: response.headers,
            body: response.body,
        }),
        core::Event::Failed(error) => delivery::Event::Failed(transport_error(error)),
        core::Event::Waited => delivery::Event::Waited,
        _ => return None,
    })
}

fn transport_error(error: core::TransportError) -> delivery::TransportError {
    use core::TransportError as Core;
    use delivery::TransportError as Wit;
    mirror!(error, Core => Wit {
        ConnectTimeout, Timeout; Dns, Refused, Tls, Certificate, Proxy, Reset, Other; _ => Wit::Other(None)
    })
}

pub(super) fn step(step: delivery::Step) -> core::Step {
    match step {
        delivery::Step::NeedIdentity(request) => {
            use core::Freshness as Core;
            use types::Freshness as Wit;
            let freshness = mirror!(request.freshness, Wit => Core { Cached, Renewed });
            core::Step::NeedIdentity(core::IdentityRequest::new(freshness, request.timeout))
        }
        delivery::Step::Send(attempt) => {
            let types::HttpRequest { method, uri, headers, body } = attempt.request;
            let request = http::Request { method, uri, headers, body };
            core::Step::Send(core::Attempt::new(request, attempt.connect_timeout, attempt.timeout))
        }
        delivery::Step::Wait(pause) => {
            core::Step::Wait(core::Pause::new(pause.duration, pause.remaining, pause.reason))
        }
        delivery::Step::Done(end) => core::Step::Done(outcome(end)),
    }
}

fn outcome(outcome: delivery::Outcome) -> core::Outcome {
    use core::OutcomeKind as Core;
    use delivery::OutcomeKind as Wit;
    let kind = mirror!(outcome.kind, Wit => Core {
        Delivered, AlreadyComplete, AlreadySignalled, WrongResource, NotMember, Denied, Credentials, Throttled,
        Rejected, Unreachable, ExpiredUrl, Deadline, Misused
    });
    core::Outcome::new(kind, outcome.message)
        .with_status_code(outcome.status_code)
        .with_code(outcome.code)
        .with_request_id(outcome.request_id)
        .with_attempts(outcome.attempts)
}
