//! `GetTemplate`, `GetTemplateSummary` and `ValidateTemplate`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html>

use std::sync::Arc;

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::{Call, change_sets, given};
use crate::account::Deployed;
use crate::template::{Parameter, Template};

pub(super) fn get(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    // A change set's ARN says whose it is.
    let is_named = call.get("ChangeSetName").is_none_or(|it| !it.starts_with("arn:"));
    if is_named || call.get("StackName").is_some() {
        validation.stack_name(call.get("StackName"));
    }
    let given = call.get("StackName").unwrap_or_default();
    if let Some(stage) = call.get("TemplateStage") {
        validation.one_of("templateStage", Some(stage), &["Original", "Processed"]);
    }
    validation.finish()?;
    let text = match (call.get("ChangeSetName"), call.get("TemplateStage")) {
        (Some(name), _) => change_sets::found(call, name)?.1.version.template.text().to_owned(),
        (None, Some("Processed")) => find(call, given)?.processed_template(),
        (None, _) => find(call, given)?.version().template.text().to_owned(),
    };
    let stages = ["Original", "Processed"].map(Node::text).to_vec();
    Ok(Node::Map(vec![("TemplateBody", Node::Text(text)), ("StagesAvailable", Node::List(stages))]))
}

pub(super) fn validate(call: &Call<'_>) -> Result<Node, ApiError> {
    let template = given::required_template(call)?;
    let parameter = |it: &Parameter| {
        let mut fields = vec![("ParameterKey", Node::text(&it.name))];
        push_text(&mut fields, "DefaultValue", it.default.as_deref());
        fields.push(("NoEcho", Node::Flag(it.no_echo)));
        push_text(&mut fields, "Description", it.description.as_deref());
        Node::Map(fields)
    };
    let mut fields = vec![("Parameters", Node::List(template.parameters().iter().map(parameter).collect()))];
    push_text(&mut fields, "Description", template.description());
    push_capabilities(&mut fields, &template);
    push_transforms(&mut fields, &template);
    Ok(Node::Map(fields))
}

/// Of a template, or of a stack's.
pub(super) fn summary(call: &Call<'_>) -> Result<Node, ApiError> {
    let template = match call.get("StackName") {
        Some(name) => find(call, name)?.version().template,
        None => Arc::new(given::required_template(call)?),
    };
    let parameter = |it: &Parameter| {
        let mut fields = vec![("ParameterKey", Node::text(&it.name))];
        push_text(&mut fields, "DefaultValue", it.default.as_deref());
        fields.push(("ParameterType", Node::text(&it.parameter_type)));
        fields.push(("NoEcho", Node::Flag(it.no_echo)));
        push_text(&mut fields, "Description", it.description.as_deref());
        let allowed = it.allowed_values.iter().map(Node::text).collect();
        fields.push(("ParameterConstraints", Node::Map(vec![("AllowedValues", Node::List(allowed))])));
        Node::Map(fields)
    };
    let mut fields = vec![("Parameters", Node::List(template.parameters().iter().map(parameter).collect()))];
    push_text(&mut fields, "Description", template.description());
    push_capabilities(&mut fields, &template);
    let mut types: Vec<_> = template.resource_types().collect();
    types.sort_unstable();
    types.dedup();
    fields.push(("ResourceTypes", Node::List(types.into_iter().map(Node::text).collect())));
    fields.push(("Version", Node::text("2010-09-09")));
    push_text(&mut fields, "Metadata", template.metadata().as_deref());
    push_transforms(&mut fields, &template);
    Ok(Node::Map(fields))
}

fn find(call: &Call<'_>, given: &str) -> Result<Arc<Deployed>, ApiError> {
    call.find(given).ok_or_else(|| ApiError::validation(format!("Stack with id {given} does not exist")))
}

fn push_transforms(fields: &mut Fields, template: &Template) {
    let names = template.transforms();
    if !names.is_empty() {
        fields.push(("DeclaredTransforms", Node::List(names.into_iter().map(Node::text).collect())));
    }
}

/// Leave that is needed: for the account's permissions, and for macros.
fn push_capabilities(fields: &mut Fields, template: &Template) {
    let (needed, expands) = (template.capability(), template.uses_macros());
    let names = needed.iter().map(|it| it.name).chain(expands.then_some("CAPABILITY_AUTO_EXPAND"));
    let names: Vec<_> = names.map(Node::text).collect();
    if names.is_empty() {
        return;
    }
    fields.push(("Capabilities", Node::List(names)));
    let of_resources = needed.map(|it| it.resource_types);
    let list = of_resources.unwrap_or_else(|| template.transforms().into_iter().map(str::to_owned).collect());
    let reason = format!("The following resource(s) require capabilities: [{}]", list.join(", "));
    fields.push(("CapabilitiesReason", Node::Text(reason)));
}
