//! Between the contract's types and the crate's.

use alloc::borrow::ToOwned;

use super::bindings::cfn::signal::types;
use super::bindings::exports::cfn::signal::{delivery, sigv4};
use cfn_signal_core::endpoint::EndpointVariant;
use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};
use cfn_signal_core::secret::Secret;
use cfn_signal_core::{delivery as core_delivery, http, sigv4 as core_sigv4};

impl From<types::AccessKey> for AccessKey {
    fn from(key: types::AccessKey) -> Self {
        Self {
            id: key.id,
            secret: Secret::new(key.secret),
            session_token: key.session_token.map(Secret::new),
            expires_at: key.expires_at,
        }
    }
}

impl From<types::Identity> for Identity {
    fn from(identity: types::Identity) -> Self {
        match identity {
            types::Identity::AccessKey(key) => Self::AccessKey(key.into()),
            types::Identity::Instance(instance) => Self::Instance(InstanceDocument {
                document: Secret::new(instance.document),
                signature: Secret::new(instance.signature),
            }),
        }
    }
}

impl From<types::HttpResponse> for http::Response {
    fn from(response: types::HttpResponse) -> Self {
        Self { status: response.status, headers: response.headers, body: response.body }
    }
}

impl<'a> From<&'a sigv4::Payload> for core_sigv4::Payload<'a> {
    fn from(payload: &'a sigv4::Payload) -> Self {
        match payload {
            sigv4::Payload::Bytes(bytes) => Self::Bytes(bytes),
            sigv4::Payload::Sha256(hash) => Self::Sha256(hash),
            sigv4::Payload::Unsigned => Self::Unsigned,
        }
    }
}

impl From<sigv4::Settings> for core_sigv4::Settings {
    fn from(settings: sigv4::Settings) -> Self {
        Self {
            placement: match settings.placement {
                sigv4::Placement::Headers => core_sigv4::Placement::Headers,
                sigv4::Placement::Query(seconds) => core_sigv4::Placement::Query(seconds),
            },
            path_encoding: match settings.path_encoding {
                sigv4::PathEncoding::Single => core_sigv4::PathEncoding::Single,
                sigv4::PathEncoding::Double => core_sigv4::PathEncoding::Double,
            },
            path_normalization: match settings.path_normalization {
                sigv4::PathNormalization::On => core_sigv4::PathNormalization::On,
                sigv4::PathNormalization::Off => core_sigv4::PathNormalization::Off,
            },
            content_sha256_header: match settings.content_sha256_header {
                sigv4::ContentSha256Header::Omit => core_sigv4::ContentSha256Header::Omit,
                sigv4::ContentSha256Header::Send => core_sigv4::ContentSha256Header::Send,
            },
            session_token: match settings.session_token {
                sigv4::SessionToken::Sign => core_sigv4::SessionToken::Sign,
                sigv4::SessionToken::AppendUnsigned => core_sigv4::SessionToken::AppendUnsigned,
            },
        }
    }
}

impl From<core_sigv4::Settings> for sigv4::Settings {
    fn from(settings: core_sigv4::Settings) -> Self {
        Self {
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
}

impl From<core_sigv4::Signed> for sigv4::Signed {
    fn from(signed: core_sigv4::Signed) -> Self {
        Self {
            signature: signed.signature().to_owned(),
            headers: signed.headers,
            uri: signed.uri,
            canonical_request: signed.canonical_request,
            string_to_sign: signed.string_to_sign,
        }
    }
}

impl From<core_sigv4::SignError> for sigv4::SignError {
    fn from(error: core_sigv4::SignError) -> Self {
        match error {
            core_sigv4::SignError::InvalidUri(why) => Self::InvalidUri(why),
            core_sigv4::SignError::InvalidHeader(why) => Self::InvalidHeader(why),
            core_sigv4::SignError::InvalidScope(why) => Self::InvalidScope(why),
            core_sigv4::SignError::AlreadySigned(why) => Self::AlreadySigned(why),
            core_sigv4::SignError::Expired => Self::Expired,
            core_sigv4::SignError::Other(why) => Self::Other(why),
        }
    }
}

impl From<delivery::Signal> for core_delivery::Signal {
    fn from(signal: delivery::Signal) -> Self {
        Self {
            status: match signal.status {
                delivery::Status::Success => core_delivery::Status::Success,
                delivery::Status::Failure => core_delivery::Status::Failure,
            },
            unique_id: signal.unique_id,
            reason: signal.reason,
            data: signal.data,
        }
    }
}

impl From<delivery::Target> for core_delivery::Target {
    fn from(target: delivery::Target) -> Self {
        match target {
            delivery::Target::Resource(resource) => Self::Resource(core_delivery::ResourceTarget {
                stack: resource.stack,
                logical_id: resource.logical_id,
                region: resource.region,
                endpoint_variant: match resource.endpoint_variant {
                    delivery::EndpointVariant::Standard => EndpointVariant::Standard,
                    delivery::EndpointVariant::Fips => EndpointVariant::Fips,
                    delivery::EndpointVariant::DualStack => EndpointVariant::DualStack,
                    delivery::EndpointVariant::FipsDualStack => EndpointVariant::FipsDualStack,
                },
                endpoint_url: resource.endpoint_url,
            }),
            delivery::Target::WaitHandle(url) => Self::WaitHandle(Secret::new(url)),
        }
    }
}

impl From<delivery::Policy> for core_delivery::Policy {
    fn from(policy: delivery::Policy) -> Self {
        Self {
            max_attempts: policy.max_attempts,
            deadline: policy.deadline,
            attempt_timeout: policy.attempt_timeout,
            base_delay: policy.base_delay,
            max_delay: policy.max_delay,
        }
    }
}

impl From<core_delivery::Policy> for delivery::Policy {
    fn from(policy: core_delivery::Policy) -> Self {
        Self {
            max_attempts: policy.max_attempts,
            deadline: policy.deadline,
            attempt_timeout: policy.attempt_timeout,
            base_delay: policy.base_delay,
            max_delay: policy.max_delay,
        }
    }
}

impl From<core_delivery::Invalid> for delivery::Invalid {
    fn from(invalid: core_delivery::Invalid) -> Self {
        match invalid {
            core_delivery::Invalid::WaitHandle(why) => Self::WaitHandle(why),
            core_delivery::Invalid::Stack(why) => Self::Stack(why),
            core_delivery::Invalid::LogicalId(why) => Self::LogicalId(why),
            core_delivery::Invalid::UniqueId(why) => Self::UniqueId(why),
            core_delivery::Invalid::Region(why) => Self::Region(why),
            core_delivery::Invalid::EndpointUrl(why) => Self::EndpointUrl(why),
            core_delivery::Invalid::TooLarge(size) => Self::TooLarge(size),
            core_delivery::Invalid::Other(why) => Self::Other(why),
        }
    }
}

impl From<delivery::TransportError> for core_delivery::TransportError {
    fn from(error: delivery::TransportError) -> Self {
        match error {
            delivery::TransportError::Dns(why) => Self::Dns(why),
            delivery::TransportError::Refused(why) => Self::Refused(why),
            delivery::TransportError::Timeout => Self::Timeout,
            delivery::TransportError::Tls(why) => Self::Tls(why),
            delivery::TransportError::Proxy(why) => Self::Proxy(why),
            delivery::TransportError::Other(why) => Self::Other(why),
        }
    }
}

impl From<delivery::Event> for core_delivery::Event {
    fn from(event: delivery::Event) -> Self {
        match event {
            delivery::Event::Start => Self::Start,
            delivery::Event::Identity(identity) => Self::Identity(identity.into()),
            delivery::Event::NoIdentity(why) => Self::NoIdentity(why),
            delivery::Event::Response(response) => Self::Response(response.into()),
            delivery::Event::Failed(error) => Self::Failed(error.into()),
            delivery::Event::Waited => Self::Waited,
        }
    }
}

impl From<core_delivery::Freshness> for types::Freshness {
    fn from(freshness: core_delivery::Freshness) -> Self {
        match freshness {
            core_delivery::Freshness::Cached => Self::Cached,
            core_delivery::Freshness::Renewed => Self::Renewed,
        }
    }
}

impl From<core_delivery::Step> for delivery::Step {
    fn from(step: core_delivery::Step) -> Self {
        match step {
            core_delivery::Step::NeedIdentity(freshness) => Self::NeedIdentity(freshness.into()),
            core_delivery::Step::Send(send) => Self::Send(delivery::Send {
                request: types::HttpRequest {
                    method: send.request.method,
                    uri: send.request.uri,
                    headers: send.request.headers,
                    body: send.request.body,
                },
                timeout: send.timeout,
            }),
            core_delivery::Step::Wait(milliseconds) => Self::Wait(milliseconds),
            core_delivery::Step::Done(outcome) => Self::Done(outcome.into()),
        }
    }
}

impl From<core_delivery::Outcome> for delivery::Outcome {
    fn from(outcome: core_delivery::Outcome) -> Self {
        use core_delivery::OutcomeKind as Core;
        use delivery::OutcomeKind as Wit;
        Self {
            kind: match outcome.kind {
                Core::Delivered => Wit::Delivered,
                Core::AlreadyComplete => Wit::AlreadyComplete,
                Core::AlreadySignalled => Wit::AlreadySignalled,
                Core::WrongResource => Wit::WrongResource,
                Core::NotMember => Wit::NotMember,
                Core::Denied => Wit::Denied,
                Core::Credentials => Wit::Credentials,
                Core::Throttled => Wit::Throttled,
                Core::Rejected => Wit::Rejected,
                Core::Unreachable => Wit::Unreachable,
                Core::ExpiredUrl => Wit::ExpiredUrl,
                Core::Deadline => Wit::Deadline,
            },
            http_status: outcome.http_status,
            code: outcome.code,
            request_id: outcome.request_id,
            message: outcome.message,
            attempts: outcome.attempts,
        }
    }
}
