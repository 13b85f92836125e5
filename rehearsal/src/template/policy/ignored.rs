//! Policies that CloudFormation takes and does not follow.

use super::super::{functions::Resolver, node::Node};

/// Tells that a creation policy has nothing to wait for.
pub(super) fn waits_for_nothing(resolver: &Resolver<'_>, policy: &Node) {
    resolver.note(policy, "this CreationPolicy has no ResourceSignal, so it waits for nothing");
}

/// Tells that a type takes no creation policy.
pub(super) fn takes_none(resolver: &Resolver<'_>, policy: &Node, resource_type: &str) {
    let text = format!(
        "{resource_type} takes no CreationPolicy, so CloudFormation ignores it: the resource waits for nothing"
    );
    resolver.note(policy, text);
}

/// Tells that a wait condition's handle counts for nothing.
pub(super) fn overrules(resolver: &Resolver<'_>, handle: &Node, property: &str) {
    let text = format!(
        "a wait condition with a CreationPolicy is signalled by its logical id; its {property} counts for nothing"
    );
    resolver.note(handle, text);
}

/// Tells that what a module holds is not known here.
pub(super) fn module(resolver: &Resolver<'_>, resource: &Node) {
    let text =
        "a module: what it holds is not rehearsed, and it counts as created; give its resources in its place";
    resolver.note(resource, text);
}
