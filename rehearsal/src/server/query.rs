//! The Query API, version 2010-05-15.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html>

use cfn_signal_component::http::Header;

use super::answer::{ApiError, Format, Node, failure, success};
use super::{Received, Reply, Services, describe, signal};
use crate::auth::{AuthError, Caller, Presented};
use crate::ids;

/// The parameters of an action. The last of a name wins.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(request: &Received) -> Self {
        let mut all = Vec::new();
        let mut add = |encoded: &[u8]| {
            all.extend(
                form_urlencoded::parse(encoded).map(|(name, value)| (name.into_owned(), value.into_owned())),
            );
        };
        add(request.query.as_deref().unwrap_or_default().as_bytes());
        if request.method == "POST" {
            add(&request.body);
        }
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// An action at work.
pub(super) struct Call<'a> {
    pub(super) services: &'a Services,
    pub(super) caller: &'a Caller,
    pub(super) parameters: &'a Parameters,
}

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let request_id = ids::uuid();
    let parameters = Parameters::of(request);
    let format = format_of(request, &parameters);
    match perform(services, request, &parameters) {
        Ok((action, result)) => success(format, action, result.as_ref(), &request_id),
        Err(error) => failure(format, &error, &request_id),
    }
}

/// Another region knows nothing of the stack.
pub(super) fn elsewhere(request: &Received) -> Reply {
    let parameters = Parameters::of(request);
    let stack = parameters.get("StackName").unwrap_or_default();
    let error = ApiError::validation(format!("Stack {stack} does not exist"));
    failure(format_of(request, &parameters), &error, &ids::uuid())
}

pub(super) fn format_of(request: &Received, parameters: &Parameters) -> Format {
    let json = parameters.get("ContentType").is_some_and(|it| it.eq_ignore_ascii_case("JSON"))
        || request.header("accept") == Some("application/json");
    if json { Format::Json } else { Format::Xml }
}

fn perform(
    services: &Services,
    request: &Received,
    parameters: &Parameters,
) -> Result<(&'static str, Option<Node>), ApiError> {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Err(ApiError {
            status: 405,
            code: "InvalidAction",
            message: format!("{} is not a method of this API; use GET or POST", request.method),
        });
    }
    let caller = caller(services, request)?;
    let call = Call { services, caller: &caller, parameters };
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
    match action {
        "SignalResource" => signal::signal_resource(&call).map(|()| ("SignalResource", None)),
        "DescribeStackResource" => {
            describe::stack_resource(&call).map(|node| ("DescribeStackResource", Some(node)))
        }
        _ => {
            call.not_by_instance(action)?;
            match action {
                "DescribeStacks" => describe::stacks(&call).map(|node| ("DescribeStacks", Some(node))),
                "DescribeStackEvents" => {
                    describe::stack_events(&call).map(|node| ("DescribeStackEvents", Some(node)))
                }
                "DescribeStackResources" => {
                    describe::stack_resources(&call).map(|node| ("DescribeStackResources", Some(node)))
                }
                other => Err(ApiError {
                    status: 400,
                    code: "InvalidAction",
                    message: format!(
                        "Could not find operation {other} for version 2010-05-15 (in this rehearsal)"
                    ),
                }),
            }
        }
    }
}

fn caller(services: &Services, request: &Received) -> Result<Caller, ApiError> {
    let headers: Vec<Header> = request
        .headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), std::str::from_utf8(value.as_bytes()).ok()?.to_owned()))
        })
        .collect();
    let presented = Presented {
        method: &request.method,
        target: &request.target,
        headers: &headers,
        body: &request.body,
    };
    services.verifier.verify(&presented, request.now()).map_err(|error: AuthError| ApiError {
        status: error.status(),
        code: error.code(),
        message: error.to_string(),
    })
}

impl Call<'_> {
    /// A call with `CFN_V1` is for a stack's own instances, and for two actions.
    fn not_by_instance(&self, action: &str) -> Result<(), ApiError> {
        match self.caller {
            Caller::AccessKey { .. } => Ok(()),
            Caller::Instance { instance_id } => Err(ApiError::denied(format!(
                "Instance {instance_id} is not allowed to call {action} for {}",
                self.parameters.get("StackName").unwrap_or_default()
            ))),
        }
    }

    /// Whether `given` names the stack: its name or its ARN.
    pub(super) fn names_the_stack(&self, given: &str) -> bool {
        self.services.engine.look(|machine, _| given == machine.name() || given == machine.id())
    }

    /// An instance may call for the stack that it is a member of.
    pub(super) fn check_membership(&self, action: &str, stack: &str) -> Result<(), ApiError> {
        let Caller::Instance { instance_id } = self.caller else { return Ok(()) };
        if !self.names_the_stack(stack) {
            return Err(ApiError::denied(format!(
                "Instance {instance_id} is not allowed to call {action} for {stack}"
            )));
        }
        self.services.engine.look(|machine, _| {
            if machine.has_instance(instance_id) {
                Ok(())
            } else {
                // "in" is the service's.
                Err(ApiError::validation(format!(
                    "Instance {instance_id} in not a member of stack {}",
                    machine.id()
                )))
            }
        })
    }
}
