//! Values of an update policy that are no values.

use super::super::{functions::Resolver, node::Node, sections};

/// Those of an update policy, by their names.
const UPDATE: [&str; 7] = [
    "IgnoreUnmodifiedGroupSizeProperties",
    "MaxBatchSize",
    "MinActiveInstancesPercent",
    "MinInstancesInService",
    "MinSuccessfulInstancesPercent",
    "PauseTime",
    "WaitOnResourceSignals",
];

/// Whether a value of an update policy is a `Ref` to a resource, with which CloudFormation creates a stack. What an update
/// makes of it nobody has told: here it is as if it were not given.
///
/// Source: <https://github.com/aws-cloudformation/cfn-lint/pull/4675>
pub(super) fn is_left_out(resolver: &Resolver<'_>, key: &str, node: &Node) -> bool {
    let name = match node.function() {
        Some(("Ref", name)) if UPDATE.contains(&key) => name.text().unwrap_or_default(),
        _ => return false,
    };
    let is_resource = !resolver.is_value(name) && sections::resource(resolver.root, name).is_some();
    if is_resource {
        let text =
            format!("{key} refers to the resource {name}, which is no value of it; it counts as not given");
        resolver.note(node, text);
    }
    is_resource
}
