//! What tests resolve templates against.

use std::collections::BTreeMap;

use super::Inputs;
use crate::template::{Supplied, Template, TemplateError, sections, user_data};

static NO_PARAMETERS: BTreeMap<String, String> = BTreeMap::new();

/// A stack without parameters, whose resources are `id-of-` their logical ids.
pub(in crate::template) fn inputs() -> Inputs<'static> {
    Inputs {
        stack_name: "stack".to_owned(),
        stack_id: "arn:stack".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &NO_PARAMETERS,
        physical_id: &|logical_id, _| format!("id-of-{logical_id}"),
        get_att: &|_, _| None,
        supplied: Supplied::nothing(),
    }
}

/// What a resource runs, or why nobody knows, whatever the stack's plan is.
pub(in crate::template) fn user_data_of(
    template: &Template,
    logical_id: &str,
    inputs: &Inputs<'_>,
) -> Result<Option<Vec<u8>>, TemplateError> {
    let template = template.expanded(inputs)?;
    let resolver = template.resolver(inputs)?;
    let Some(resource) = sections::resource(&template.root, logical_id) else { return Ok(None) };
    user_data::user_data(&resolver, logical_id, resource).map_err(|fault| template.error(fault))
}

/// What `Server` runs, or why nobody knows.
pub(in crate::template) fn user_data(text: &str, inputs: &Inputs<'_>) -> String {
    let data = Template::parse(text, "t").and_then(|template| user_data_of(&template, "Server", inputs));
    match data {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(data)) => String::from_utf8_lossy(&data).into_owned(),
        Err(error) => error.to_string(),
    }
}
