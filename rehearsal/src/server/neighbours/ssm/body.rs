//! What a request holds: JSON, whose members have to be of the types that they are said to have.
//!
//! Source: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use serde_json::Value;

use super::Refusal;

/// The members that are texts, and those that are lists.
const TEXTS: [&str; 10] = [
    "Name",
    "Value",
    "Type",
    "Path",
    "NextToken",
    "Description",
    "Tier",
    "ResourceId",
    "ResourceType",
    "Policies",
];
const LISTS: [&str; 6] = ["Names", "Tags", "TagKeys", "ParameterFilters", "Filters", "Labels"];

/// A request's body: an object in JSON, whose members have the types that they ought to have.
pub(super) fn read(body: &[u8]) -> Result<Value, Refusal> {
    let wrong = |message: String| Err(("SerializationException", message));
    let body = match serde_json::from_slice::<Value>(body) {
        Ok(body) if body.is_object() => body,
        Ok(_) => return wrong("Start of structure or map found where not expected.".to_owned()),
        // As it is logged where it can be told at all.
        Err(error) => return wrong(format!("the body is no JSON: {error}")),
    };
    let kind = |it: &Value| match it {
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) | Value::Null => "a structure",
    };
    for (names, takes, expected) in [
        (TEXTS.as_slice(), Value::is_string as fn(&Value) -> bool, "text"),
        (LISTS.as_slice(), Value::is_array, "a list"),
        (["Overwrite", "WithDecryption", "Recursive"].as_slice(), Value::is_boolean, "a boolean"),
    ] {
        for name in names {
            if let Some(value) = body.get(name).filter(|it| !it.is_null() && !takes(it)) {
                return wrong(format!("{name} is {}, where {expected} is expected", kind(value)));
            }
        }
    }
    Ok(body)
}
