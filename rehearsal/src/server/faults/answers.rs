//! What comes in place of an answer, in each service's own words.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use std::time::{Duration, UNIX_EPOCH};

use hyper::StatusCode;
use hyper::header::{DATE, HeaderValue};

use super::connections::Cut;
use super::instance_id;
use crate::auth::Principal;
use crate::faults::{Caller, Encounter, Fault, ImdsMode, Service};
use crate::ids;
use crate::moment::Moment;
use crate::server::answer::{ApiError, failure};
use crate::server::parameters::Parameters;
use crate::server::query::format_of;
use crate::server::{Received, Reply, Services, handles, metadata, plain};
use cfn_signal_core::endpoint::Partition;

/// `None` where the fault lets the service answer.
pub(super) fn answer(
    fault: Fault,
    services: &Services,
    request: &Received,
    encounter: &Encounter<'_>,
) -> Option<Reply> {
    if matches!(fault, Fault::Reset | Fault::Imds(ImdsMode::HopLimited)) {
        return Some(none());
    }
    match encounter.service {
        Service::Api { action } => {
            let error = api(fault, services, request, action, encounter.caller)?;
            let parameters = Parameters::of(request);
            Some(failure(format_of(request, &parameters), &error, &ids::uuid()))
        }
        Service::Handle => bucket(fault),
        Service::Imds { token } => instance(fault, token),
        Service::Connection => None,
    }
}

/// No answer: the connection is reset.
pub(in super::super) fn none() -> Reply {
    let mut reply = plain(StatusCode::OK, "text/plain", "");
    reply.extensions_mut().insert(Cut);
    reply
}

/// An answer of a service whose clock shows `moment`.
///
/// Source: RFC 9110, section 6.6.1.
pub(super) fn dated(mut reply: Reply, moment: Moment) -> Reply {
    let date = UNIX_EPOCH
        .checked_add(Duration::from_millis(moment.as_millis()))
        .map(httpdate::fmt_http_date)
        .and_then(|date| HeaderValue::from_str(&date).ok());
    if let Some(date) = date {
        reply.headers_mut().insert(DATE, date);
    }
    reply
}

fn api(
    fault: Fault,
    services: &Services,
    request: &Received,
    action: &str,
    caller: Caller<'_>,
) -> Option<ApiError> {
    let error = |status: u16, code: &'static str, message: &str| {
        Some(ApiError { status, code, message: message.to_owned() })
    };
    match fault {
        Fault::Throttling => error(400, "Throttling", "Rate exceeded"),
        Fault::InternalFailure => error(
            500,
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        ),
        Fault::ServiceUnavailable => error(
            503,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        ),
        Fault::Unpropagated => {
            error(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        }
        Fault::ExpiredToken => {
            error(403, "ExpiredToken", "The security token included in the request is expired")
        }
        Fault::Denied => error(403, "AccessDenied", &denial(services, request, action, caller)),
        Fault::NotMember => {
            let authorization = request.header("authorization").unwrap_or_default();
            let instance = authorization.trim().strip_prefix("CFN_V1 ").and_then(instance_id);
            let parameters = Parameters::of(request);
            let name = parameters.get("StackName").unwrap_or_default();
            let stack = services.account.find(name).map_or_else(|| name.to_owned(), |stack| stack.id.clone());
            // "in" is the service's.
            let message =
                format!("Instance {} in not a member of stack {stack}", instance.unwrap_or_default());
            error(400, "ValidationError", &message)
        }
        _ => None,
    }
}

/// IAM's refusal, with the names that the request gives.
fn denial(services: &Services, request: &Received, action: &str, caller: Caller<'_>) -> String {
    let parameters = Parameters::of(request);
    let stack = parameters.get("StackName").unwrap_or("*");
    let (region, account_id) = (&services.account.region, &services.account.account_id);
    let partition = Partition::of(region).name();
    let user = match caller {
        Caller::AccessKey { id, .. } => services.account.verifier.principal(id),
        _ => None,
    };
    let user = user.unwrap_or(Principal::User { name: "rehearsal".to_owned() }).arn(partition, account_id);
    let resource = if stack.starts_with("arn:") {
        stack.to_owned()
    } else {
        format!("arn:{partition}:cloudformation:{region}:{account_id}:stack/{stack}/*")
    };
    format!("User: {user} is not authorized to perform: cloudformation:{action} on resource: {resource}")
}

fn bucket(fault: Fault) -> Option<Reply> {
    let (status, code, message) = match fault {
        Fault::Throttling | Fault::ServiceUnavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "SlowDown", "Please reduce your request rate.")
        }
        Fault::InternalFailure => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "We encountered an internal error. Please try again.",
        ),
        Fault::ExpiredHandle => (StatusCode::FORBIDDEN, "AccessDenied", "Request has expired"),
        _ => return None,
    };
    Some(handles::refusal(status, code, message))
}

fn instance(fault: Fault, token: bool) -> Option<Reply> {
    let (status, title) = match fault {
        Fault::InternalFailure => (StatusCode::INTERNAL_SERVER_ERROR, "500 - Internal Server Error"),
        Fault::ServiceUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "503 - Service Unavailable"),
        Fault::Imds(ImdsMode::Off) => (StatusCode::FORBIDDEN, "403 - Forbidden"),
        Fault::Imds(ImdsMode::V1) if token => (StatusCode::NOT_FOUND, "404 - Not Found"),
        _ => return None,
    };
    Some(metadata::page(status, title))
}
