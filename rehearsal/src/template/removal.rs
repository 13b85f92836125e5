//! `DeletionPolicy` and `UpdateReplacePolicy`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>

use super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
};
use crate::model::Removal;

#[cfg(test)]
mod tests;

/// What becomes of a resource, by the attribute `key`.
pub(super) fn policy(resolver: &Resolver<'_>, resource: &Node, key: &str) -> Result<Removal, Fault> {
    let Some(node) = resource.get(key) else { return Ok(Removal::Delete) };
    let Some(node) = resolver.chosen(node)? else { return Ok(Removal::Delete) };
    match resolver.string(node)?.as_str() {
        "Delete" | "Snapshot" => Ok(Removal::Delete),
        "Retain" => Ok(Removal::Retain),
        "RetainExceptOnCreate" if key == "DeletionPolicy" => Ok(Removal::RetainExceptOnCreate),
        other => {
            let except = if key == "DeletionPolicy" { ", RetainExceptOnCreate" } else { "" };
            let problem = format!("{} is no {key}; it is Delete, Retain, Snapshot{except}", quoted(other));
            Err(Fault::invalid(node, problem))
        }
    }
}
