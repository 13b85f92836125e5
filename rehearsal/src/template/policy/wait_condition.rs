//! Wait conditions.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html>

use std::time::Duration;

use super::{
    super::{
        error::{Fault, quoted},
        functions::Resolver,
        node::{Entry, Node},
        sections,
        sub::{self, Part},
    },
    WAIT_CONDITION_HANDLE,
    creation::creation_policy,
    fields::{bounded, only, scalar, whole},
    ignored, properties,
};
use crate::duration::{self, iso8601};
use crate::model::Wait;
use crate::number::digits;

/// Source: <https://github.com/aws-cloudformation/cfn-lint/issues/1105>
const TOO_LONG: &str = "Value for Timeout property must be less than 43200";

pub(super) fn role(resolver: &Resolver<'_>, resource: &Entry, policy: Option<&Node>) -> Result<Wait, Fault> {
    const PROPERTIES: [&str; 3] = ["Handle", "Timeout", "Count"];

    let properties = properties(resolver, &resource.value)?;
    if let Some(properties) = properties {
        only(properties, "a wait condition", &PROPERTIES)?;
    }
    let property = |name: &str| properties.and_then(|properties| properties.get(name));
    if let Some(policy) = policy {
        let given = PROPERTIES.into_iter().find_map(|name| Some((name, property(name)?)));
        match (creation_policy(resolver, policy)?, given) {
            (Some(signals), None) => return Ok(Wait::Signals(signals)),
            (Some(signals), Some((name, node))) => {
                ignored::overrules(resolver, node, name);
                return Ok(Wait::Signals(signals));
            }
            // There is nothing to wait for.
            (None, None) => {
                let timeout = Duration::ZERO;
                return Ok(Wait::Signals(crate::model::CreationPolicy { count: 0, timeout }));
            }
            (None, Some(_)) => {}
        }
    }
    let (Some(properties), Some(handle)) = (properties, property("Handle")) else {
        let problem = "a wait condition needs either a Handle or a CreationPolicy, or nobody can signal it";
        return Err(Fault::invalid(properties.unwrap_or(&resource.value), problem));
    };
    Ok(Wait::Handle {
        handle: handle_of(resolver, handle)?,
        count: whole(resolver, properties, "Count", "signals")?.map_or(1, |(_, count)| count),
        timeout: resolver.refused_later(seconds(resolver, properties)?)?.unwrap_or_default(),
    })
}

/// The handle that a wait condition refers to.
fn handle_of(resolver: &Resolver<'_>, node: &Node) -> Result<String, Fault> {
    const FORM: &str =
        "a Handle is a Ref to an AWS::CloudFormation::WaitConditionHandle of the same template";

    let handle = resolver.chosen(node)?.ok_or_else(|| Fault::invalid(node, FORM))?;
    let logical_id = match handle.function() {
        Some(("Ref", name)) => name.text(),
        Some(("Fn::Sub", text)) => match sub::parts(text.text().unwrap_or_default()).as_slice() {
            [Part::Variable { name, .. }] => Some(*name),
            _ => None,
        },
        _ => None,
    };
    let Some(logical_id) = logical_id.filter(|name| !resolver.is_value(name)) else {
        return Err(Fault::invalid(handle, FORM));
    };
    match sections::type_of(resolver.created(handle, logical_id)?) {
        WAIT_CONDITION_HANDLE => Ok(logical_id.to_owned()),
        other => Err(Fault::invalid(handle, format!("{FORM}; {logical_id} is {}", quoted(other)))),
    }
}

/// What it waits at most; what is no such time is refused once CloudFormation comes to it.
fn seconds(resolver: &Resolver<'_>, properties: &Node) -> Result<Result<Duration, Fault>, Fault> {
    let Some((node, text)) = scalar(resolver, properties, "Timeout")? else {
        return Err(Fault::invalid(properties, "a wait condition with a Handle needs a Timeout, in seconds"));
    };
    if let Some(seconds) = digits(&text) {
        let timeout = Duration::from_secs(seconds);
        let bounded = bounded(node, "Timeout", timeout, &text, duration::MAX, "43200 seconds");
        return Ok(bounded.map_err(|fault| fault.in_words(TOO_LONG)));
    }
    let hint =
        iso8601(&text).map(|timeout| format!("; for {text} write {}", timeout.as_secs())).unwrap_or_default();
    let problem = format!("{} is no Timeout of a wait condition, a number of seconds{hint}", quoted(&text));
    Ok(Err(Fault::invalid(node, problem)))
}
