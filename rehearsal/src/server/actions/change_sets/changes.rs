//! What a change set would do, as the API shows it.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html>

use super::super::super::answer::{Fields, Node, push_text};
use crate::account::change_sets::Proposed;
use crate::account::{Context, Part};
use crate::model::CONTENT;
use crate::stack::{Action, Difference, Preview, Replacement};

/// One change, with the `values` of what is changed where somebody asks for them.
pub(super) fn change(proposed: &Proposed, values: bool) -> Node {
    let Proposed { preview, context, below } = proposed;
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
    push_text(&mut fields, "ChangeSetId", below.as_deref());
    let mut scope: Vec<_> = preview.details.iter().map(attribute).collect();
    scope.sort_unstable();
    scope.dedup();
    fields.push(("Scope", Node::List(scope.into_iter().rev().map(Node::text).collect())));
    let details = preview.details.iter().flat_map(|it| details(it, values.then_some(context)));
    fields.push(("Details", Node::List(details.collect())));
    if values {
        let text = |it: &Option<serde_json::Value>| it.as_ref().map(ToString::to_string);
        push_text(&mut fields, "BeforeContext", text(&context.before).as_deref());
        push_text(&mut fields, "AfterContext", text(&context.after).as_deref());
    }
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

/// A difference, or, with its values, each part of it.
fn details(it: &Difference, context: Option<&Context>) -> Vec<Node> {
    let Some(context) = context.filter(|_| !is_automatic(it)) else { return vec![detail(it, None)] };
    let path = match it.property.as_deref() {
        Some(name) => format!("/Properties/{name}"),
        None => "/Metadata".to_owned(),
    };
    context.parts(&path).iter().map(|part| detail(it, Some(part))).collect()
}

fn detail(it: &Difference, part: Option<&Part>) -> Node {
    let recreation = match (it.replaces, &it.cause) {
        (false, _) => "Never",
        (true, None) => "Always",
        (true, Some(_)) => "Conditionally",
    };
    let attribute = attribute(it);
    let mut target = vec![("Attribute", Node::text(attribute))];
    let name = it.property.as_deref().filter(|_| attribute == "Properties" && !is_automatic(it));
    push_text(&mut target, "Name", name);
    target.push(("RequiresRecreation", Node::text(recreation)));
    if let Some(part) = part {
        target.push(("Path", Node::text(&part.path)));
        push_text(&mut target, "BeforeValue", part.before.as_deref());
        push_text(&mut target, "AfterValue", part.after.as_deref());
    }
    let (was, is) = part.map_or((it.was, it.is), |part| (part.before.is_some(), part.after.is_some()));
    let how = match (was, is) {
        (false, _) => "Add",
        (true, false) => "Remove",
        (true, true) => "Modify",
    };
    if !is_automatic(it) {
        target.push(("AttributeChangeType", Node::text(how)));
    }
    let (evaluation, source) = match it.cause {
        _ if is_automatic(it) => ("Dynamic", "Automatic"),
        Some(_) => ("Dynamic", "ResourceReference"),
        None => ("Static", "DirectModification"),
    };
    let mut fields = vec![("Target", Node::Map(target)), ("Evaluation", Node::text(evaluation))];
    fields.push(("ChangeSource", Node::text(source)));
    push_text(&mut fields, "CausingEntity", it.cause.as_deref());
    Node::Map(fields)
}

/// Whether it is a nested stack's template that is another, by the same URL.
fn is_automatic(it: &Difference) -> bool {
    it.property.as_deref() == Some(CONTENT)
}

/// Tags are shown apart from the other properties.
fn attribute(it: &Difference) -> &'static str {
    match it.property.as_deref() {
        Some("Tags") => "Tags",
        Some(_) => "Properties",
        None => "Metadata",
    }
}
