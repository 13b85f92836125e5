//! The policies that make a resource wait.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html>

use std::time::Duration;

use super::{
    duration::{self, digits, iso8601, to_iso8601},
    error::{Fault, quoted},
    functions::Resolver,
    node::{Entry, Node},
    sections,
    sub::{self, Part},
};
use crate::model::{CreationPolicy, Role, Wait};

#[cfg(test)]
mod tests;

const WAIT_CONDITION: &str = "AWS::CloudFormation::WaitCondition";
const WAIT_CONDITION_HANDLE: &str = "AWS::CloudFormation::WaitConditionHandle";
const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// What a resource means for signals.
pub(super) fn role(resolver: &Resolver<'_>, resource: &Entry) -> Result<Role, Fault> {
    let policy = match resource.value.get("CreationPolicy") {
        Some(policy) => resolver.chosen(policy)?,
        None => None,
    };
    match (sections::type_of(&resource.value), policy) {
        (sections::INSTANCE, None) => Ok(Role::Instance { creation_policy: None }),
        (sections::INSTANCE, Some(policy)) => {
            let creation_policy = creation_policy(resolver, policy)?;
            if creation_policy.count > 1 {
                let problem = format!(
                    "a Count of {} on one instance: an instance signals once, so the Count is 1",
                    creation_policy.count
                );
                return Err(Fault::invalid(count_of(policy), problem));
            }
            Ok(Role::Instance { creation_policy: Some(creation_policy) })
        }
        (WAIT_CONDITION, policy) => wait_condition(resolver, resource, policy).map(Role::WaitCondition),
        (GROUP, Some(policy)) => {
            let problem = format!(
                "{} is an Auto Scaling group that waits for signals, and this version does not rehearse groups",
                resource.key
            );
            Err(Fault::unsupported(policy, problem))
        }
        (WAIT_CONDITION_HANDLE, None) => Ok(Role::WaitConditionHandle),
        ("AWS::AppStream::Fleet", Some(_)) | (_, None) => Ok(Role::Other),
        (other, Some(policy)) => {
            let problem = format!(
                "{} takes no CreationPolicy; {}, {GROUP}, {WAIT_CONDITION} and AWS::AppStream::Fleet do",
                quoted(other),
                sections::INSTANCE
            );
            Err(Fault::invalid(policy, problem))
        }
    }
}

fn count_of(policy: &Node) -> &Node {
    policy.get("ResourceSignal").and_then(|signal| signal.get("Count")).unwrap_or(policy)
}

fn creation_policy(resolver: &Resolver<'_>, policy: &Node) -> Result<CreationPolicy, Fault> {
    only(policy, "a CreationPolicy", &["ResourceSignal", "AutoScalingCreationPolicy"])?;
    let signal = match policy.get("ResourceSignal") {
        Some(signal) => resolver.chosen(signal)?,
        None => None,
    };
    let Some(signal) = signal else {
        let problem =
            "a CreationPolicy without ResourceSignal waits for nothing; add ResourceSignal, or remove it";
        return Err(Fault::invalid(policy, problem));
    };
    only(signal, "a ResourceSignal", &["Count", "Timeout"])?;
    Ok(CreationPolicy { count: count(resolver, signal)?, timeout: iso_timeout(resolver, signal)? })
}

fn iso_timeout(resolver: &Resolver<'_>, signal: &Node) -> Result<Duration, Fault> {
    let Some((node, text)) = scalar(resolver, signal, "Timeout")? else {
        return Ok(DEFAULT_TIMEOUT);
    };
    if let Some(timeout) = iso8601(&text) {
        return bounded(node, timeout, &text, "PT12H");
    }
    let hint = match digits(&text) {
        Some(seconds) => format!("for {text} seconds write {}", to_iso8601(Duration::from_secs(seconds))),
        None => "for 15 minutes write PT15M".to_owned(),
    };
    Err(Fault::invalid(
        node,
        format!("{} is no Timeout of a CreationPolicy, PT#H#M#S; {hint}", quoted(&text)),
    ))
}

fn wait_condition(resolver: &Resolver<'_>, resource: &Entry, policy: Option<&Node>) -> Result<Wait, Fault> {
    const PROPERTIES: [&str; 3] = ["Handle", "Timeout", "Count"];

    let properties = match resource.value.get("Properties") {
        Some(properties) => resolver.chosen(properties)?,
        None => None,
    };
    if let Some(properties) = properties {
        only(properties, "a wait condition", &PROPERTIES)?;
    }
    let property = |name: &str| properties.and_then(|properties| properties.get(name));
    if let Some(policy) = policy {
        if let Some(name) = PROPERTIES.into_iter().find(|name| property(name).is_some()) {
            let problem = format!(
                "a wait condition has either a Handle or a CreationPolicy; with its CreationPolicy it takes no {name}"
            );
            return Err(Fault::invalid(property(name).unwrap_or(policy), problem));
        }
        return creation_policy(resolver, policy).map(Wait::Signals);
    }
    let (Some(properties), Some(handle)) = (properties, property("Handle")) else {
        let problem = "a wait condition needs either a Handle or a CreationPolicy, or nobody can signal it";
        return Err(Fault::invalid(properties.unwrap_or(&resource.value), problem));
    };
    Ok(Wait::Handle {
        handle: handle_of(resolver, handle)?,
        count: count(resolver, properties)?,
        timeout: seconds(resolver, properties)?,
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

fn seconds(resolver: &Resolver<'_>, properties: &Node) -> Result<Duration, Fault> {
    let Some((node, text)) = scalar(resolver, properties, "Timeout")? else {
        return Err(Fault::invalid(properties, "a wait condition with a Handle needs a Timeout, in seconds"));
    };
    if let Some(seconds) = digits(&text) {
        return bounded(node, Duration::from_secs(seconds), &text, "43200 seconds");
    }
    let hint =
        iso8601(&text).map(|timeout| format!("; for {text} write {}", timeout.as_secs())).unwrap_or_default();
    Err(Fault::invalid(
        node,
        format!("{} is no Timeout of a wait condition, a number of seconds{hint}", quoted(&text)),
    ))
}

fn bounded(node: &Node, timeout: Duration, written: &str, most: &str) -> Result<Duration, Fault> {
    if timeout > duration::MAX {
        let problem =
            format!("a Timeout of {written} is more than CloudFormation waits, which is 12 hours: {most}");
        return Err(Fault::invalid(node, problem));
    }
    Ok(timeout)
}

fn count(resolver: &Resolver<'_>, parent: &Node) -> Result<u32, Fault> {
    let Some((node, text)) = scalar(resolver, parent, "Count")? else {
        return Ok(1);
    };
    let count = digits(&text).and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| {
        Fault::invalid(node, format!("{} is no Count, a whole number of signals", quoted(&text)))
    })
}

/// A value that is given, with its node; none where it is not, or is `AWS::NoValue`.
fn scalar<'n>(
    resolver: &Resolver<'_>,
    parent: &'n Node,
    key: &str,
) -> Result<Option<(&'n Node, String)>, Fault> {
    let node = match parent.get(key) {
        Some(node) => resolver.chosen(node)?,
        None => None,
    };
    node.map(|node| resolver.string(node).map(|text| (node, text))).transpose()
}

/// Refuses what is not a map of these keys.
fn only(node: &Node, what: &str, keys: &[&str]) -> Result<(), Fault> {
    if !node.is_map() || node.function().is_some() {
        return Err(Fault::invalid(
            node,
            format!("{what} is a map of {}; this is {}", keys.join(", "), node.described()),
        ));
    }
    match node.entries().iter().find(|entry| !keys.contains(&entry.key.as_str())) {
        Some(entry) => {
            let problem = format!("{what} has no {}; it has {}", quoted(&entry.key), keys.join(", "));
            Err(Fault::invalid(&entry.value, problem).at(entry.place))
        }
        None => Ok(()),
    }
}
