//! `DeletionPolicy` and `UpdateReplacePolicy`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>

use super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Entry,
};
use crate::model::Removal;

#[cfg(test)]
mod tests;

/// What the attribute `key` may be; nothing where it is another.
pub(super) fn words(key: &str) -> &'static [&'static str] {
    match key {
        "DeletionPolicy" => &["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"],
        "UpdateReplacePolicy" => &["Delete", "Retain", "Snapshot"],
        _ => &[],
    }
}

/// What becomes of a resource, by the attribute `key`.
pub(super) fn policy(resolver: &Resolver<'_>, resource: &Entry, key: &str) -> Result<Removal, Fault> {
    let Some(node) = resource.value.get(key) else { return Ok(Removal::Delete) };
    let Some(node) = resolver.chosen(node)? else { return Ok(Removal::Delete) };
    match resolver.string(node)?.as_str() {
        "Delete" | "Snapshot" => Ok(Removal::Delete),
        "Retain" => Ok(Removal::Retain),
        "RetainExceptOnCreate" if key == "DeletionPolicy" => Ok(Removal::RetainExceptOnCreate),
        other => {
            let problem = format!("{} is no {key}; it is {}", quoted(other), words(key).join(", "));
            let logical_id = &resource.key;
            let message =
                format!("Template format error: Unrecognized {key} {other} for resource {logical_id}");
            Err(Fault::invalid(node, problem).in_words(message))
        }
    }
}
