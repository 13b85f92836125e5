//! What a change set would do, as the API shows it.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>

use super::super::super::answer::{Fields, Node, push_text};
use crate::stack::{Action, Difference, Preview, Replacement};

pub(super) fn change(preview: &Preview) -> Node {
    let mut fields = Fields::new();
    push_text(&mut fields, "PolicyAction", policy_action(preview));
    let action = match preview.action {
        Action::Add => "Add",
        Action::Modify => "Modify",
        Action::Remove => "Remove",
    };
    fields.push(("Action", Node::text(action)));
    fields.push(("LogicalResourceId", Node::text(&preview.logical_id)));
    push_text(&mut fields, "PhysicalResourceId", preview.physical_id.as_deref());
    fields.push(("ResourceType", Node::text(&preview.resource_type)));
    let replacement = preview.replacement.map(|it| match it {
        Replacement::True => "True",
        Replacement::False => "False",
        Replacement::Conditional => "Conditional",
    });
    push_text(&mut fields, "Replacement", replacement);
    let mut scope: Vec<_> = preview.details.iter().map(attribute).collect();
    scope.sort_unstable();
    scope.dedup();
    fields.push(("Scope", Node::List(scope.into_iter().rev().map(Node::text).collect())));
    fields.push(("Details", Node::List(preview.details.iter().map(detail).collect())));
    Node::Map(vec![("Type", Node::text("Resource")), ("ResourceChange", Node::Map(fields))])
}

/// What becomes of the resource that goes, where one goes for certain.
fn policy_action(preview: &Preview) -> Option<&'static str> {
    match (preview.action, preview.replacement, preview.stays) {
        (Action::Remove, _, false) => Some("Delete"),
        (Action::Remove, _, true) => Some("Retain"),
        (_, Some(Replacement::True), false) => Some("ReplaceAndDelete"),
        (_, Some(Replacement::True), true) => Some("ReplaceAndRetain"),
        _ => None,
    }
}

fn detail(it: &Difference) -> Node {
    let recreation = match (it.replaces, &it.cause) {
        (false, _) => "Never",
        (true, None) => "Always",
        (true, Some(_)) => "Conditionally",
    };
    let mut target = vec![("Attribute", Node::text(attribute(it)))];
    push_text(&mut target, "Name", it.property.as_deref());
    target.push(("RequiresRecreation", Node::text(recreation)));
    let how = match (it.was, it.is) {
        (false, _) => "Add",
        (true, false) => "Remove",
        (true, true) => "Modify",
    };
    target.push(("AttributeChangeType", Node::text(how)));
    let (evaluation, source) = match it.cause {
        Some(_) => ("Dynamic", "ResourceReference"),
        None => ("Static", "DirectModification"),
    };
    let mut fields = vec![("Target", Node::Map(target)), ("Evaluation", Node::text(evaluation))];
    fields.push(("ChangeSource", Node::text(source)));
    push_text(&mut fields, "CausingEntity", it.cause.as_deref());
    Node::Map(fields)
}

/// Tags are shown apart from the other properties.
fn attribute(it: &Difference) -> &'static str {
    match it.property.as_deref() {
        Some("Tags") => "Tags",
        Some(_) => "Properties",
        None => "Metadata",
    }
}
