//! The Query API, version 2010-05-15.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html>

use super::actions::{self, Call};
use super::answer::{ApiError, Format, failure, success};
use super::parameters::Parameters;
use super::{Received, Reply, Services};
use crate::account::Stray;
use crate::auth::{AuthError, CLOUDFORMATION, Caller};
use crate::ids;

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let request_id = ids::uuid();
    let parameters = Parameters::of(request);
    let format = format_of(request, &parameters);
    match perform(services, request, &parameters) {
        Ok((action, result)) => success(format, action, result.as_ref(), &request_id),
        Err(error) => {
            stray(services, &parameters, &error, false);
            failure(format, &error, &request_id)
        }
    }
}

/// Remembers a signal that was refused, for the advice: what its stack refused itself is told there again.
fn stray(services: &Services, parameters: &Parameters, error: &ApiError, elsewhere: bool) {
    let text = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
    if parameters.get("Action") == Some("SignalResource") {
        services.account.strays.add(Stray {
            stack: text("StackName"),
            logical_id: text("LogicalResourceId"),
            unique_id: text("UniqueId"),
            refusal: format!("{}: {}", error.code, error.message),
            elsewhere,
        });
    }
}

/// Another region knows nothing of the stack.
pub(super) fn elsewhere(services: &Services, request: &Received) -> Reply {
    let parameters = Parameters::of(request);
    let stack = parameters.get("StackName").unwrap_or_default();
    let error = ApiError::validation(format!("Stack {stack} does not exist"));
    stray(services, &parameters, &error, true);
    failure(format_of(request, &parameters), &error, &ids::uuid())
}

pub(super) fn format_of(request: &Received, parameters: &Parameters) -> Format {
    let json = parameters.get("ContentType").is_some_and(|it| it.eq_ignore_ascii_case("JSON"))
        || request.header("accept") == Some("application/json");
    if json { Format::Json } else { Format::Xml }
}

fn perform<'a>(
    services: &Services,
    request: &Received,
    parameters: &'a Parameters,
) -> Result<(&'a str, actions::Answer), ApiError> {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Err(ApiError {
            status: 405,
            code: "InvalidAction",
            message: format!("{} is not a method of this API; use GET or POST", request.method),
        });
    }
    let caller = caller(services, request)?;
    let action = parameters.get("Action").filter(|action| !action.is_empty()).ok_or_else(|| ApiError {
        status: 400,
        code: "MissingAction",
        message: "The request is missing an action or a required parameter.".to_owned(),
    })?;
    let version = parameters.get("Version").unwrap_or("NO_VERSION_SPECIFIED");
    if version != "2010-05-15" {
        let message = format!("Could not find operation {action} for version {version}");
        return Err(ApiError { status: 400, code: "InvalidAction", message });
    }
    let call = Call { account: &services.account, caller: &caller, parameters };
    actions::perform(&call, action).map(|answer| (action, answer))
}

fn caller(services: &Services, request: &Received) -> Result<Caller, ApiError> {
    request.caller(services, CLOUDFORMATION).map_err(|error: AuthError| ApiError {
        status: error.status(),
        code: error.code(),
        message: error.to_string(),
    })
}
