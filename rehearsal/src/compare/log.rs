//! A stack's events as `aws cloudformation describe-stack-events` prints them.

use std::collections::HashSet;

use serde_json::{Deserializer, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::CompareError;
use crate::moment::Moment;
use crate::stack::STACK_TYPE;

/// An event of a stack that was real.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogEvent {
    pub(super) at: Moment,
    pub(super) stack_id: String,
    pub(super) stack_name: String,
    pub(super) logical_id: String,
    pub(super) physical_id: String,
    pub(super) resource_type: String,
    /// As the service writes it: it may be one that a rehearsal does not have.
    pub(super) status: String,
    pub(super) reason: Option<String>,
    /// `CONFIGURATION_COMPLETE` and the like.
    pub(super) detailed: Option<String>,
    /// Whether a hook said it.
    pub(super) of_hook: bool,
}

impl LogEvent {
    /// Whether it is about its stack itself: a nested one has the same type.
    pub(super) fn is_of_stack(&self) -> bool {
        self.resource_type == STACK_TYPE
            && self.logical_id == self.stack_name
            && (self.physical_id.is_empty() || self.physical_id == self.stack_id)
    }
}

/// The events of every page, oldest first, each once.
///
/// # Errors
///
/// [`CompareError`]: it is no JSON, has no events, or one of them is none.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<LogEvent>, CompareError> {
    let mut events = Vec::new();
    for value in values(text, name)? {
        events.push(event(&value, events.len(), name)?);
    }
    let mut seen = HashSet::new();
    events.retain(|(id, _)| id.is_empty() || seen.insert(id.clone()));
    let mut events: Vec<_> = events.into_iter().map(|(_, event)| event).collect();
    // The service gives the newest first, and many within one millisecond.
    if !events.is_sorted_by_key(|it| it.at) {
        events.reverse();
    }
    events.sort_by_key(|it| it.at);
    Ok(events)
}

/// The events as they stand there: of a list, of an object with a list, or an object a line, one page after the other.
///
/// # Errors
///
/// [`CompareError`]: it is no JSON, or has no events.
pub(super) fn values(text: &str, name: &str) -> Result<Vec<Value>, CompareError> {
    let mut all = Vec::new();
    for page in Deserializer::from_str(text.trim_start_matches('\u{feff}')).into_iter::<Value>() {
        let page = page.map_err(|error| CompareError::NotJson { name: name.to_owned(), error })?;
        take(page, &mut all);
    }
    if all.is_empty() {
        return Err(CompareError::NoEvents { name: name.to_owned() });
    }
    Ok(all)
}

fn take(value: Value, all: &mut Vec<Value>) {
    match value {
        Value::Array(many) => many.into_iter().for_each(|it| take(it, all)),
        Value::Object(mut fields) => {
            let pages = ["StackEvents", "OperationEvents"].iter().find_map(|it| fields.remove(*it));
            match pages {
                Some(events) => take(events, all),
                None => all.push(Value::Object(fields)),
            }
        }
        _ => {}
    }
}

fn event(value: &Value, index: usize, name: &str) -> Result<(String, LogEvent), CompareError> {
    let lacks = |field| CompareError::NoEvent { name: name.to_owned(), number: index + 1, field };
    let text = |field: &str| value.get(field).and_then(Value::as_str).filter(|it| !it.is_empty());
    let needed = |field| text(field).map(str::to_owned).ok_or_else(|| lacks(field));
    let optional = |field| text(field).unwrap_or_default().to_owned();
    let stack_id = optional("StackId");
    let stack_name = match text("StackName") {
        Some(name) => name.to_owned(),
        None => name_of(&stack_id).ok_or_else(|| lacks("StackName"))?.to_owned(),
    };
    let event = LogEvent {
        at: value.get("Timestamp").and_then(moment).ok_or_else(|| lacks("Timestamp"))?,
        stack_id,
        stack_name,
        logical_id: needed("LogicalResourceId")?,
        physical_id: optional("PhysicalResourceId"),
        resource_type: needed("ResourceType")?,
        status: needed("ResourceStatus")?,
        reason: text("ResourceStatusReason").map(str::to_owned),
        detailed: text("DetailedStatus").map(str::to_owned),
        of_hook: text("HookType").is_some() || text("HookStatus").is_some(),
    };
    Ok((optional("EventId"), event))
}

/// `web` of `arn:aws:cloudformation:eu-west-1:123456789012:stack/web/…`.
fn name_of(stack_id: &str) -> Option<&str> {
    stack_id.split_once(":stack/")?.1.split('/').next()
}

/// In ISO 8601, or in seconds since 1970.
fn moment(value: &Value) -> Option<Moment> {
    let millis = match value {
        Value::String(text) => OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos() / 1_000_000,
        number => (number.as_f64()? * 1000.0).round() as i128,
    };
    u64::try_from(millis).ok().map(Moment::from_millis)
}
