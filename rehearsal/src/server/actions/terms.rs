//! What the actions that make and change stacks are given beside a template and what goes into it.

use super::super::answer::{ApiError, Fields, Node};
use super::super::validation::Validation;
use super::Call;
use crate::account::{RollbackConfiguration, Terms};
use crate::stack::Failing;
use crate::template::Template;

/// Alarms that a rollback may be triggered by.
const MOST_TRIGGERS: usize = 5;

/// Minutes that they may be watched.
const MOST_MINUTES: u32 = 180;

pub(super) fn terms(call: &Call<'_>) -> Result<Terms, ApiError> {
    let failing = Failing { keeps: keeps(call), drops_new: call.parameters.flag("RetainExceptOnCreate") };
    Ok(Terms { role_arn: role_arn(call)?, rollback: rollback(call)?, failing, policy: None })
}

/// Whether what is done stays where the operation fails, `DisableRollback`.
pub(super) fn keeps(call: &Call<'_>) -> bool {
    call.parameters.flag("DisableRollback") || call.parameters.flag("DeploymentConfig.DisableRollback")
}

/// `RoleARN`: there is nobody whose leave it could be made with.
pub(super) fn role_arn(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    let Some(given) = call.get("RoleARN").filter(|it| !it.is_empty()) else { return Ok(None) };
    let mut validation = Validation::default();
    validation.length("roleARN", Some(given), 20, 2048);
    validation.finish()?;
    if !is_role(given) {
        return Err(ApiError::validation(format!("Role {given} is invalid or cannot be assumed")));
    }
    Ok(Some(given.to_owned()))
}

fn is_role(arn: &str) -> bool {
    let resource = arn.strip_prefix("arn:").and_then(|it| it.split_once(":iam::")).map(|(_, it)| it);
    resource.and_then(|it| it.split_once(":role/")).is_some_and(|(_, name)| !name.is_empty())
}

/// Refuses a way of deploying that is not rehearsed.
pub(super) fn check_mode(call: &Call<'_>) -> Result<(), ApiError> {
    let Some(mode) = call.get("DeploymentConfig.Mode") else { return Ok(()) };
    let mut validation = Validation::default();
    validation.one_of("deploymentConfig.mode", Some(mode), &["STANDARD", "EXPRESS"]);
    validation.finish()?;
    if mode == "EXPRESS" {
        let message = "DeploymentConfig.Mode EXPRESS is not rehearsed: it waits for no signal; give STANDARD, or leave it out";
        return Err(ApiError::validation(message));
    }
    Ok(())
}

/// Refuses a template with other types than those that are allowed, `ResourceTypes`.
pub(super) fn check_types(call: &Call<'_>, template: &Template) -> Result<(), ApiError> {
    let Some(allowed) = call.parameters.list("ResourceTypes").filter(|it| !it.is_empty()) else {
        return Ok(());
    };
    let allows = |pattern: &str, kind: &str| match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == pattern,
    };
    match template.resource_types().find(|kind| !allowed.iter().any(|pattern| allows(pattern, kind))) {
        Some(kind) => Err(ApiError::validation(format!(
            "Resource type {kind} is not allowed by parameter ResourceTypes [{}]",
            allowed.join(", ")
        ))),
        None => Ok(()),
    }
}

fn rollback(call: &Call<'_>) -> Result<Option<RollbackConfiguration>, ApiError> {
    const MINUTES: &str = "RollbackConfiguration.MonitoringTimeInMinutes";
    const TRIGGERS: &str = "RollbackConfiguration.RollbackTriggers";
    let given = call.parameters.structures(TRIGGERS);
    if call.get(MINUTES).is_none() && given.is_none() {
        return Ok(None);
    }
    let mut validation = Validation::default();
    let minutes = validation.at_least("rollbackConfiguration.monitoringTimeInMinutes", call.get(MINUTES), 0);
    let mut triggers = Vec::new();
    for (at, it) in given.unwrap_or_default().iter().enumerate() {
        let mut field = |name: &str, shown: &str| {
            let place = format!("rollbackConfiguration.rollbackTriggers.{}.member.{shown}", at + 1);
            validation.required(&place, it.get(name).copied()).to_owned()
        };
        triggers.push((field("Arn", "arn"), field("Type", "type")));
    }
    validation.finish()?;
    if triggers.len() > MOST_TRIGGERS || minutes.is_some_and(|it| it > MOST_MINUTES) {
        return Err(ApiError::validation(format!(
            "RollbackConfiguration takes at most {MOST_TRIGGERS} RollbackTriggers and {MOST_MINUTES} MonitoringTimeInMinutes"
        )));
    }
    Ok(Some(RollbackConfiguration { minutes, triggers }))
}

/// As the API shows it.
pub(super) fn rollback_node(configuration: &RollbackConfiguration) -> Node {
    let trigger = |(arn, kind): &(String, String)| {
        Node::Map(vec![("Arn", Node::text(arn)), ("Type", Node::text(kind))])
    };
    let mut fields = Fields::new();
    if !configuration.triggers.is_empty() {
        fields.push(("RollbackTriggers", Node::List(configuration.triggers.iter().map(trigger).collect())));
    }
    fields.extend(configuration.minutes.map(|it| ("MonitoringTimeInMinutes", Node::Number(it.into()))));
    Node::Map(fields)
}
