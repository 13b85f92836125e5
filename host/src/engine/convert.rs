//! Between the contract's types, as wasmtime derives them, and the core's.

use cfn_signal_core::delivery as core;
use cfn_signal_core::endpoint::EndpointVariant;
use cfn_signal_core::http;
use cfn_signal_core::identity::{AccessKey, Identity};
use cfn_signal_core::sigv4 as core_sigv4;

use super::Signed;
use super::bindings::cfn::signal::types;
use super::bindings::exports::cfn::signal::{delivery, sigv4};

pub(super) fn access_key(key: &AccessKey) -> types::AccessKey {
    types::AccessKey {
        id: key.id.clone(),
        secret: key.secret.expose().to_owned(),
        session_token: key.session_token.as_ref().map(|token| token.expose().to_owned()),
        expires_at: key.expires_at,
    }
}

fn identity(identity: &Identity) -> types::Identity {
    match identity {
        Identity::AccessKey(key) => types::Identity::AccessKey(access_key(key)),
        Identity::Instance(instance) => types::Identity::Instance(types::InstanceDocument {
            document: instance.document.expose().to_owned(),
            signature: instance.signature.expose().to_owned(),
        }),
    }
}

pub(super) fn request(request: &core_sigv4::Request<'_>) -> sigv4::Request {
    sigv4::Request {
        method: request.method.to_owned(),
        uri: request.uri.to_owned(),
        headers: request.headers.to_vec(),
        payload: match request.payload {
            core_sigv4::Payload::Bytes(bytes) => sigv4::Payload::Bytes(bytes.to_vec()),
            core_sigv4::Payload::Sha256(hash) => sigv4::Payload::Sha256(hash.to_owned()),
            core_sigv4::Payload::Unsigned => sigv4::Payload::Unsigned,
        },
    }
}

pub(super) fn scope(scope: &core_sigv4::Scope<'_>) -> sigv4::Scope {
    sigv4::Scope {
        region: scope.region.to_owned(),
        service: scope.service.to_owned(),
        signed_at: scope.signed_at,
    }
}

pub(super) fn settings(settings: &core_sigv4::Settings) -> sigv4::Settings {
    sigv4::Settings {
        placement: match settings.placement {
            core_sigv4::Placement::Headers => sigv4::Placement::Headers,
            core_sigv4::Placement::Query(seconds) => sigv4::Placement::Query(seconds),
        },
        path_encoding: match settings.path_encoding {
            core_sigv4::PathEncoding::Single => sigv4::PathEncoding::Single,
            core_sigv4::PathEncoding::Double => sigv4::PathEncoding::Double,
        },
        path_normalization: match settings.path_normalization {
            core_sigv4::PathNormalization::On => sigv4::PathNormalization::On,
            core_sigv4::PathNormalization::Off => sigv4::PathNormalization::Off,
        },
        content_sha256_header: match settings.content_sha256_header {
            core_sigv4::ContentSha256Header::Omit => sigv4::ContentSha256Header::Omit,
            core_sigv4::ContentSha256Header::Send => sigv4::ContentSha256Header::Send,
        },
        session_token: match settings.session_token {
            core_sigv4::SessionToken::Sign => sigv4::SessionToken::Sign,
            core_sigv4::SessionToken::AppendUnsigned => sigv4::SessionToken::AppendUnsigned,
        },
    }
}

pub(super) fn signed(signed: sigv4::Signed) -> Signed {
    Signed {
        headers: signed.headers,
        uri: signed.uri,
        signature: signed.signature,
        canonical_request: signed.canonical_request,
        string_to_sign: signed.string_to_sign,
    }
}

pub(super) fn sign_error(error: sigv4::SignError) -> core_sigv4::SignError {
    match error {
        sigv4::SignError::InvalidUri(why) => core_sigv4::SignError::InvalidUri(why),
        sigv4::SignError::InvalidHeader(why) => core_sigv4::SignError::InvalidHeader(why),
        sigv4::SignError::InvalidScope(why) => core_sigv4::SignError::InvalidScope(why),
        sigv4::SignError::AlreadySigned(why) => core_sigv4::SignError::AlreadySigned(why),
        sigv4::SignError::Expired => core_sigv4::SignError::Expired,
        sigv4::SignError::Other(why) => core_sigv4::SignError::Other(why),
    }
}

pub(super) fn signal(signal: &core::Signal) -> delivery::Signal {
    delivery::Signal {
        status: match signal.status {
            core::Status::Success => delivery::Status::Success,
            core::Status::Failure => delivery::Status::Failure,
        },
        unique_id: signal.unique_id.clone(),
        reason: signal.reason.clone(),
        data: signal.data.clone(),
    }
}

pub(super) fn target(target: &core::Target) -> delivery::Target {
    match target {
        core::Target::Resource(resource) => delivery::Target::Resource(delivery::ResourceTarget {
            stack: resource.stack.clone(),
            logical_id: resource.logical_id.clone(),
            region: resource.region.clone(),
            endpoint_variant: match resource.endpoint_variant {
                EndpointVariant::Standard => delivery::EndpointVariant::Standard,
                EndpointVariant::Fips => delivery::EndpointVariant::Fips,
                EndpointVariant::DualStack => delivery::EndpointVariant::DualStack,
                EndpointVariant::FipsDualStack => delivery::EndpointVariant::FipsDualStack,
            },
            endpoint_url: resource.endpoint_url.clone(),
        }),
        core::Target::WaitHandle(url) => delivery::Target::WaitHandle(url.expose().to_owned()),
    }
}

pub(super) fn policy(policy: &core::Policy) -> delivery::Policy {
    delivery::Policy {
        max_attempts: policy.max_attempts,
        deadline: policy.deadline,
        attempt_timeout: policy.attempt_timeout,
        base_delay: policy.base_delay,
        max_delay: policy.max_delay,
    }
}

pub(super) fn invalid(invalid: delivery::Invalid) -> core::Invalid {
    match invalid {
        delivery::Invalid::WaitHandle(why) => core::Invalid::WaitHandle(why),
        delivery::Invalid::Stack(why) => core::Invalid::Stack(why),
        delivery::Invalid::LogicalId(why) => core::Invalid::LogicalId(why),
        delivery::Invalid::UniqueId(why) => core::Invalid::UniqueId(why),
        delivery::Invalid::Region(why) => core::Invalid::Region(why),
        delivery::Invalid::EndpointUrl(why) => core::Invalid::EndpointUrl(why),
        delivery::Invalid::TooLarge(size) => core::Invalid::TooLarge(size),
        delivery::Invalid::Other(why) => core::Invalid::Other(why),
    }
}

pub(super) fn event(event: core::Event) -> delivery::Event {
    match event {
        core::Event::Start => delivery::Event::Start,
        core::Event::Identity(found) => delivery::Event::Identity(identity(&found)),
        core::Event::NoIdentity(why) => delivery::Event::NoIdentity(why),
        core::Event::Response(response) => delivery::Event::Response(types::HttpResponse {
            status: response.status,
            headers: response.headers,
            body: response.body,
        }),
        core::Event::Failed(error) => delivery::Event::Failed(match error {
            core::TransportError::Dns(why) => delivery::TransportError::Dns(why),
            core::TransportError::Refused(why) => delivery::TransportError::Refused(why),
            core::TransportError::Timeout => delivery::TransportError::Timeout,
            core::TransportError::Tls(why) => delivery::TransportError::Tls(why),
            core::TransportError::Proxy(why) => delivery::TransportError::Proxy(why),
            core::TransportError::Other(why) => delivery::TransportError::Other(why),
        }),
        core::Event::Waited => delivery::Event::Waited,
    }
}

pub(super) fn step(step: delivery::Step) -> core::Step {
    match step {
        delivery::Step::NeedIdentity(delivery::Freshness::Cached) => {
            core::Step::NeedIdentity(core::Freshness::Cached)
        }
        delivery::Step::NeedIdentity(delivery::Freshness::Renewed) => {
            core::Step::NeedIdentity(core::Freshness::Renewed)
        }
        delivery::Step::Send(send) => core::Step::Send(core::Send {
            request: http::Request {
                method: send.request.method,
                uri: send.request.uri,
                headers: send.request.headers,
                body: send.request.body,
            },
            timeout: send.timeout,
        }),
        delivery::Step::Wait(milliseconds) => core::Step::Wait(milliseconds),
        delivery::Step::Done(end) => core::Step::Done(outcome(end)),
    }
}

fn outcome(outcome: delivery::Outcome) -> core::Outcome {
    use core::OutcomeKind as Core;
    use delivery::OutcomeKind as Wit;
    core::Outcome {
        kind: match outcome.kind {
            Wit::Delivered => Core::Delivered,
            Wit::AlreadyComplete => Core::AlreadyComplete,
            Wit::AlreadySignalled => Core::AlreadySignalled,
            Wit::WrongResource => Core::WrongResource,
            Wit::NotMember => Core::NotMember,
            Wit::Denied => Core::Denied,
            Wit::Credentials => Core::Credentials,
            Wit::Throttled => Core::Throttled,
            Wit::Rejected => Core::Rejected,
            Wit::Unreachable => Core::Unreachable,
            Wit::ExpiredUrl => Core::ExpiredUrl,
            Wit::Deadline => Core::Deadline,
        },
        http_status: outcome.http_status,
        code: outcome.code,
        request_id: outcome.request_id,
        message: outcome.message,
        attempts: outcome.attempts,
    }
}
