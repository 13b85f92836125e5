//! `UpdateStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::create::begun;
use super::{Call, given, policy, terms, tokens};
use crate::account::{AccountError, Change, Deployed, Terms, UserDataFrom};
use crate::engine::Kind;
use crate::stack::{STACK_TYPE, Status};
use crate::template::Template;

pub(super) fn update_stack(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    validation.finish()?;
    terms::check_mode(call)?;
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    let stack = call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?;
    if tokens::is_repeated(call, &stack, token.as_deref(), &[Kind::Update], &[Status::UpdateInProgress])? {
        return Ok(begun(&stack));
    }
    let previous = stack.version();
    let template = given::new_template(call)?;
    let parameters = given::parameters(call, Some(&previous))?;
    let whole = template.as_ref().unwrap_or(&previous.template);
    given::each_has_a_value(call, whole, &parameters)?;
    terms::check_types(call, whole)?;
    // What goes is named by the one that it goes from.
    let templates = [whole, &*previous.template];
    let policy = policy::given(call, &templates)?;
    let terms = Terms { policy: policy::during_update(call, &templates)?, ..terms::terms(call)? };
    if terms.failing.keeps {
        check_alone(&stack, whole)?;
    }
    let change = Change {
        parameters,
        tags: given::tags(call)?,
        notification_arns: given::notification_arns(call)?,
        capabilities: given::capabilities(call, whole)?,
        template,
        token: token.clone(),
        terms,
        user_data: UserDataFrom::Template,
    };
    let body = call.get("TemplateBody").unwrap_or_default();
    call.account
        .revise(&stack, change)
        .map_err(AccountError::from)
        .and_then(|revision| call.account.update(&stack, revision))
        .map_err(|error| given::refused(&error, body))?;
    tokens::remember(call, &stack, token.as_deref());
    policy.into_iter().for_each(|it| stack.set_policy(it));
    Ok(begun(&stack))
}

/// Stacks that belong together go back together: there is no leaving one as it failed.
pub(super) fn check_alone(stack: &Deployed, template: &Template) -> Result<(), ApiError> {
    let has = |template: &Template| template.resource_types().any(|it| it == STACK_TYPE);
    if has(template) || has(&stack.version().template) {
        return Err(ApiError::validation(
            "DisableRollback is not rehearsed for an update of a stack that has stacks among its resources",
        ));
    }
    Ok(())
}
