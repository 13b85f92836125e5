//! Systems Manager's parameters: those that stacks have as resources, and those that were given with `--resolve`.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>

use cfn_signal_core::endpoint::Partition;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::super::{Received, Reply, Services, plain};
use super::{THERE_IS, failure};
use crate::account::ACCOUNT_ID;

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    if let Err(error) = request.caller(services, "ssm") {
        return failure(request, error.status(), error.code(), &error.to_string());
    }
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match request.header("x-amz-target").unwrap_or_default() {
        "AmazonSSM.GetParameter" => {
            let name = asked.get("Name").and_then(Value::as_str).unwrap_or_default();
            match parameter(services, name) {
                Some(parameter) => success(&json!({ "Parameter": parameter })),
                None => failure(
                    request,
                    400,
                    "ParameterNotFound",
                    &format!(
                        "No stack here has the parameter {name}; give its value with --resolve {name}=VALUE"
                    ),
                ),
            }
        }
        "AmazonSSM.GetParameters" => {
            let names = asked.get("Names").and_then(Value::as_array).cloned().unwrap_or_default();
            let (mut found, mut invalid) = (Vec::new(), Vec::new());
            for name in names.iter().filter_map(Value::as_str) {
                match parameter(services, name) {
                    Some(parameter) => found.push(parameter),
                    None => invalid.push(name),
                }
            }
            success(&json!({ "Parameters": found, "InvalidParameters": invalid }))
        }
        other => {
            failure(request, 400, "UnsupportedOperation", &format!("{other}: not rehearsed: {THERE_IS}"))
        }
    }
}

fn parameter(services: &Services, name: &str) -> Option<Value> {
    let value = services.account.parameter(name)?;
    let region = &services.account.region;
    let partition = Partition::of(region).name();
    let path = name.strip_prefix('/').unwrap_or(name);
    let arn = format!("arn:{partition}:ssm:{region}:{ACCOUNT_ID}:parameter/{path}");
    Some(
        json!({ "Name": name, "Type": "String", "Value": value, "Version": 1, "DataType": "text", "ARN": arn }),
    )
}

fn success(body: &Value) -> Reply {
    plain(StatusCode::OK, "application/x-amz-json-1.1", body.to_string())
}
