//! `GetTemplate`, `GetTemplateSummary` and `ValidateTemplate`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html>

use std::sync::Arc;

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::{Call, given};
use crate::account::Deployed;
use crate::template::{Parameter, Template};

pub(super) fn get(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    if let Some(stage) = call.get("TemplateStage") {
        validation.one_of("templateStage", Some(stage), &["Original", "Processed"]);
    }
    validation.finish()?;
    let stack = find(call, given)?;
    let stages = ["Original", "Processed"].map(Node::text).to_vec();
    Ok(Node::Map(vec![
        ("TemplateBody", Node::text(stack.version().template.text())),
        ("StagesAvailable", Node::List(stages)),
    ]))
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
    Ok(Node::Map(fields))
}

fn find(call: &Call<'_>, given: &str) -> Result<Arc<Deployed>, ApiError> {
    call.find(given).ok_or_else(|| ApiError::validation(format!("Stack with id {given} does not exist")))
}

fn push_capabilities(fields: &mut Fields, template: &Template) {
    let Some(needed) = template.capability() else { return };
    fields.push(("Capabilities", Node::List(vec![Node::text(needed.name)])));
    let reason =
        format!("The following resource(s) require capabilities: [{}]", needed.resource_types.join(", "));
    fields.push(("CapabilitiesReason", Node::Text(reason)));
}
