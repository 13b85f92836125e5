//! What the actions that make stacks are given.

use std::collections::BTreeMap;

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::{Call, by_url};
use crate::account::{AccountError, CAPABILITIES, EXPAND, Version, refusal};
use crate::template::{Template, TemplateError};
use crate::wording::for_client;

/// Bytes of a `TemplateBody`.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const MAX_TEMPLATE: usize = 51_200;

/// Tags of a stack, and topics that are told of it.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const MOST_TAGS: usize = 50;
const MOST_TOPICS: usize = 5;

/// What messages call the template.
const TEMPLATE: &str = "TemplateBody";

/// The template in the request, if there is one.
pub(super) fn template(call: &Call<'_>) -> Result<Option<Template>, ApiError> {
    let template = match (call.get("TemplateBody"), call.get("TemplateURL")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(ApiError::validation("You cannot specify both Template Body and Template URL."));
        }
        (Some(body), None) => {
            let mut validation = Validation::default();
            validation.size("templateBody", body, 1, MAX_TEMPLATE);
            validation.finish()?;
            Template::parse(body, TEMPLATE).map_err(|error| template_error(&error, body))?
        }
        (None, Some(url)) => {
            let found = by_url::find(call, "TemplateURL", url)?;
            Template::found(&found).map_err(|error| template_error(&error, &found.text))?
        }
    };
    template.check().map_err(|error| template_error(&error, template.text()))?;
    Ok(Some(template))
}

/// The template in the request, which has to be there.
pub(super) fn required_template(call: &Call<'_>) -> Result<Template, ApiError> {
    template(call)?
        .ok_or_else(|| ApiError::validation("Either Template URL or Template Body must be specified."))
}

/// The template in the request, or none where the previous one is to stay.
pub(super) fn new_template(call: &Call<'_>) -> Result<Option<Template>, ApiError> {
    let keeps = call.parameters.flag("UsePreviousTemplate");
    match template(call)? {
        Some(_) if keeps => {
            Err(ApiError::validation("You cannot specify both usePreviousTemplate and Template Body."))
        }
        None if !keeps => {
            Err(ApiError::validation("Either Template URL or Template Body must be specified."))
        }
        template => Ok(template),
    }
}

/// Values for parameters; those of the `previous` version where they are to stay.
pub(super) fn parameters(
    call: &Call<'_>,
    previous: Option<&Version>,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut values = BTreeMap::new();
    for given in call.parameters.structures("Parameters").unwrap_or_default() {
        let key = *given.get("ParameterKey").unwrap_or(&"");
        let keep = given.get("UsePreviousValue").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
        if keep {
            if given.contains_key("ParameterValue") {
                return Err(ApiError::validation(format!(
                    "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and non empty value \
                     for a parameter"
                )));
            }
            let Some(previous) = previous else { return Err(no_previous(key)) };
            match previous.parameters.get(key) {
                Some(value) => values.insert(key.to_owned(), value.clone()),
                // It had its default, which the previous template says.
                None => match previous.template.parameters().iter().find(|it| it.name == key) {
                    Some(parameter) => {
                        parameter.default.clone().and_then(|value| values.insert(key.to_owned(), value))
                    }
                    None => return Err(no_previous(key)),
                },
            };
        } else {
            let value = *given.get("ParameterValue").unwrap_or(&"");
            if values.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(ApiError::validation(format!("Duplicate input parameter key {key}")));
            }
        }
    }
    Ok(values)
}

/// Refuses a parameter that has no value, as the service does: who starts the rehearsal with a template may leave out what
/// only the account knows, a client may not. What a stack has gone without so far it may go on without.
pub(super) fn each_has_a_value(
    call: &Call<'_>,
    template: &Template,
    values: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let given = call.parameters.structures("Parameters").unwrap_or_default();
    let keeps = |name: &str| given.iter().any(|it| it.get("ParameterKey").copied() == Some(name));
    let missing: Vec<&str> = template
        .parameters()
        .iter()
        .filter(|it| it.default.is_none() && !values.contains_key(&it.name) && !keeps(&it.name))
        .map(|it| it.name.as_str())
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(without_values(&missing)) }
}

fn without_values(names: &[impl AsRef<str>]) -> ApiError {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    ApiError::validation(format!("Parameters: [{}] must have values", names.join(", ")))
}

/// Tags; none where the request does not say.
pub(super) fn tags(call: &Call<'_>) -> Result<Option<Vec<(String, String)>>, ApiError> {
    let Some(given) = call.parameters.structures("Tags") else { return Ok(None) };
    let mut validation = Validation::default();
    validation.at_most("tags", given.len(), MOST_TAGS);
    let mut tags = Vec::new();
    for (at, tag) in given.iter().enumerate() {
        let number = at + 1;
        let key = validation.length(&format!("tags.{number}.member.key"), tag.get("Key").copied(), 1, 128);
        let value =
            validation.length(&format!("tags.{number}.member.value"), tag.get("Value").copied(), 0, 256);
        tags.push((key.to_owned(), value.to_owned()));
    }
    validation.finish()?;
    if tags.iter().any(|(key, _)| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(ApiError::validation("aws: prefixed tag key names are not allowed for external use."));
    }
    Ok(Some(tags))
}

/// Topics that would be told; none where the request does not say.
pub(super) fn notification_arns(call: &Call<'_>) -> Result<Option<Vec<String>>, ApiError> {
    let Some(given) = call.parameters.list("NotificationARNs") else { return Ok(None) };
    let mut validation = Validation::default();
    validation.at_most("notificationARNs", given.len(), MOST_TOPICS);
    validation.finish()?;
    Ok(Some(given.into_iter().map(str::to_owned).collect()))
}

/// Leave given for the account's permissions, which the template may need.
pub(super) fn capabilities(call: &Call<'_>, template: &Template) -> Result<Vec<String>, ApiError> {
    let given = call.parameters.list("Capabilities").unwrap_or_default();
    let mut validation = Validation::default();
    for capability in &given {
        validation.one_of("capabilities", Some(capability), &CAPABILITIES);
    }
    validation.finish()?;
    // What macros make of a template is looked at in a change set before anything is done: no leave is needed for that.
    let looks = call.parameters.get("Action") == Some("CreateChangeSet");
    let enough: Vec<&str> = given.iter().copied().chain(looks.then_some(EXPAND)).collect();
    if let Some(message) = refusal(template, &enough) {
        return Err(ApiError { status: 400, code: "InsufficientCapabilitiesException", message });
    }
    Ok(given.into_iter().map(str::to_owned).collect())
}

/// A refusal of the account's.
pub(super) fn refused(error: &AccountError, body: &str) -> ApiError {
    let code = match error {
        AccountError::Taken { .. } => "AlreadyExistsException",
        AccountError::Full => "LimitExceededException",
        AccountError::Template(error) => return template_error(error, body),
        AccountError::Unfetched(_) | AccountError::Update(_) | AccountError::Delete(_) => "ValidationError",
    };
    ApiError { status: 400, code, message: error.to_string() }
}

/// What is wrong with a template: in the service's words where they are known, with the place where it is.
pub(super) fn template_error(error: &TemplateError, body: &str) -> ApiError {
    let message = match error {
        TemplateError::Syntax { at, problem } => {
            let format = if body.trim_start().starts_with('{') { "JSON" } else { "YAML" };
            let place = at.place;
            format!(
                "Template format error: {format} not well-formed. (line {}, column {}): {problem}",
                place.line, place.column
            )
        }
        TemplateError::MissingParameters { names, .. } => return without_values(names),
        TemplateError::UnknownParameters { unknown, .. } => {
            format!("Parameters: [{}] do not exist in the template", unknown.join(", "))
        }
        TemplateError::Invalid { message: Some(message), .. } => message.clone(),
        TemplateError::Invalid { at, problem, .. } => {
            let place = at.place;
            format!("Template format error: {problem} (line {}, column {})", place.line, place.column)
        }
        // The command's options are nothing that a client has.
        _ => format!("This rehearsal cannot take the template: {}", for_client(&error.to_string())),
    };
    ApiError::validation(message)
}

fn no_previous(key: &str) -> ApiError {
    ApiError::validation(format!(
        "Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter key not in the \
         previous template"
    ))
}
