//! Between the contract's types and the core's. What wit-bindgen derives prints its fields, secrets too, so nothing formats one.

use cfn_signal_core::endpoint::EndpointVariant;
use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};
use cfn_signal_core::secret::Secret;
use cfn_signal_core::{delivery as core, http, mirror, sigv4};

use crate::bindings::cfn::signal::types;
use crate::bindings::cfn::sigv4::types as sigv4_types;
use crate::bindings::exports::cfn::signal::delivery;
use crate::bindings::exports::cfn::sigv4::signing;

impl From<sigv4_types::AccessKey> for AccessKey {
    fn from(key: sigv4_types::AccessKey) -> Self {
        Self {
            id: key.id,
            secret: Secret::new(key.secret),
            session_token: key.session_token.map(Secret::new),
            expires_at: key.expires_at,
        }
    }
}

impl From<types::InstanceDocument> for InstanceDocument {
    fn from(instance: types::InstanceDocument) -> Self {
        Self { document: Secret::new(instance.document), signature: Secret::new(instance.signature) }
    }
}

impl From<types::Identity> for Identity {
    fn from(identity: types::Identity) -> Self {
        match identity {
            types::Identity::AccessKey(key) => Self::AccessKey(key.into()),
            types::Identity::InstanceDocument(instance) => Self::Instance(instance.into()),
        }
    }
}

impl From<types::CredentialsError> for core::CredentialsError {
    fn from(error: types::CredentialsError) -> Self {
        use types::CredentialsError as Wit;
        mirror!(error, Wit => Self { ; Temporary, Permanent })
    }
}

impl From<core::IdentityRequest> for types::IdentityRequest {
    fn from(request: core::IdentityRequest) -> Self {
        use core::Freshness as Core;
        use types::Freshness as Wit;
        Self {
            freshness: mirror!(request.freshness, Core => Wit { Cached, Renewed }),
            timeout: request.timeout,
        }
    }
}

impl From<types::HttpResponse> for http::Response {
    fn from(response: types::HttpResponse) -> Self {
        Self { status: response.status_code, headers: response.headers, body: response.body }
    }
}

impl<'a> From<&'a signing::Request> for sigv4::Request<'a> {
    fn from(request: &'a signing::Request) -> Self {
        Self {
            method: &request.method,
            uri: &request.uri,
            headers: &request.headers,
            payload: match &request.payload {
                signing::Payload::Bytes(bytes) => sigv4::Payload::Bytes(bytes),
                signing::Payload::Sha256(hash) => sigv4::Payload::Sha256(hash),
                signing::Payload::Unsigned => sigv4::Payload::Unsigned,
            },
        }
    }
}

impl<'a> From<&'a signing::Scope> for sigv4::Scope<'a> {
    fn from(scope: &'a signing::Scope) -> Self {
        Self { region: &scope.region, service: &scope.service, signed_at: scope.signed_at }
    }
}

impl From<signing::Placement> for sigv4::Placement {
    fn from(placement: signing::Placement) -> Self {
        use signing::Placement as Wit;
        mirror!(placement, Wit => Self { Headers; Query })
    }
}

impl From<signing::PathEncoding> for sigv4::PathEncoding {
    fn from(encoding: signing::PathEncoding) -> Self {
        use signing::PathEncoding as Wit;
        mirror!(encoding, Wit => Self { Once, Twice })
    }
}

impl From<signing::PathNormalization> for sigv4::PathNormalization {
    fn from(normalization: signing::PathNormalization) -> Self {
        use signing::PathNormalization as Wit;
        mirror!(normalization, Wit => Self { On, Off })
    }
}

impl From<signing::ContentSha256Header> for sigv4::ContentSha256Header {
    fn from(header: signing::ContentSha256Header) -> Self {
        use signing::ContentSha256Header as Wit;
        mirror!(header, Wit => Self { Omit, Send })
    }
}

impl From<signing::SessionToken> for sigv4::SessionToken {
    fn from(token: signing::SessionToken) -> Self {
        use signing::SessionToken as Wit;
        mirror!(token, Wit => Self { Sign, AppendUnsigned })
    }
}

impl From<sigv4::SigningInstructions> for signing::SigningInstructions {
    fn from(instructions: sigv4::SigningInstructions) -> Self {
        Self { headers: instructions.headers, uri: instructions.uri, signature: instructions.signature }
    }
}

impl From<sigv4::Explanation> for signing::Explanation {
    fn from(explanation: sigv4::Explanation) -> Self {
        Self { canonical_request: explanation.canonical_request, string_to_sign: explanation.string_to_sign }
    }
}

impl From<sigv4::SignError> for signing::SignError {
    fn from(error: sigv4::SignError) -> Self {
        use sigv4::SignError as Core;
        mirror!(error, Core => Self {
            Expired; InvalidUri, InvalidHeader, InvalidScope, AlreadySigned, Other; _ => Self::Other(None)
        })
    }
}

impl From<delivery::Signal> for core::Signal {
    fn from(signal: delivery::Signal) -> Self {
        use core::Status as Core;
        use delivery::Status as Wit;
        Self {
            status: mirror!(signal.status, Wit => Core { Success, Failure }),
            unique_id: signal.unique_id,
            reason: signal.reason,
            data: signal.data,
        }
    }
}

impl From<delivery::EndpointVariant> for EndpointVariant {
    fn from(variant: delivery::EndpointVariant) -> Self {
        Self {
            fips: variant.contains(delivery::EndpointVariant::FIPS),
            dual_stack: variant.contains(delivery::EndpointVariant::DUAL_STACK),
        }
    }
}

impl From<core::PrepareError> for delivery::PrepareError {
    fn from(error: core::PrepareError) -> Self {
        use core::PrepareError as Core;
        mirror!(error, Core => Self {
            ; WaitHandle, Stack, LogicalId, UniqueId, Region, EndpointUrl, TooLarge, Other; _ => Self::Other(None)
        })
    }
}

impl From<delivery::TransportError> for core::TransportError {
    fn from(error: delivery::TransportError) -> Self {
        use delivery::TransportError as Wit;
        mirror!(error, Wit => Self { ConnectTimeout, Timeout; Dns, Refused, Tls, Certificate, Proxy, Reset, Other })
    }
}

impl From<delivery::Event> for core::Event {
    fn from(event: delivery::Event) -> Self {
        use delivery::Event as Wit;
        mirror!(event, Wit => Self { Start, Waited; Identity, NoIdentity, Response, Failed })
    }
}

impl From<core::Attempt> for delivery::Attempt {
    fn from(attempt: core::Attempt) -> Self {
        let http::Request { method, uri, headers, body } = attempt.request;
        Self {
            request: types::HttpRequest { method, uri, headers, body },
            connect_timeout: attempt.connect_timeout,
            timeout: attempt.timeout,
        }
    }
}

impl From<core::Pause> for delivery::Pause {
    fn from(pause: core::Pause) -> Self {
        Self { duration: pause.duration, remaining: pause.remaining, reason: pause.reason }
    }
}

impl From<core::Step> for delivery::Step {
    fn from(step: core::Step) -> Self {
        use core::Step as Core;
        mirror!(step, Core => Self {
            ; NeedIdentity, Send, Wait, Done; _ => unreachable!("the core and its world are of one version")
        })
    }
}

impl From<core::Outcome> for delivery::Outcome {
    fn from(outcome: core::Outcome) -> Self {
        use core::OutcomeKind as Core;
        use delivery::OutcomeKind as Wit;
        Self {
            kind: mirror!(outcome.kind, Core => Wit {
                Delivered, AlreadyComplete, AlreadySignalled, WrongResource, NotMember, Denied, Credentials, Throttled,
                Rejected, Unreachable, ExpiredUrl, Deadline, Misused
                ; ; _ => unreachable!("the core and its world are of one version")
            }),
            status_code: outcome.status_code,
            code: outcome.code,
            request_id: outcome.request_id,
            message: outcome.message,
            attempts: outcome.attempts,
        }
    }
}
