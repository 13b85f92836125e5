//! The actions of the API.

mod by_url;
mod change_sets;
mod create;
mod delete;
mod describe;
mod events;
mod exports;
mod given;
mod list;
mod paging;
mod policy;
mod protection;
mod resources;
mod rollback;
mod signal;
mod taken;
mod templates;
mod terms;
mod tokens;
mod update;

use std::sync::Arc;

use super::answer::{ApiError, Node};
use super::parameters::Parameters;
use crate::account::{Account, Deployed};
use crate::auth::Caller;
use crate::stack::SignalError;
use cfn_signal_core::endpoint::Partition;

/// What an action gives; some give nothing.
pub(super) type Answer = Option<Node>;

/// An action at work.
pub(super) struct Call<'a> {
    pub(super) account: &'a Account,
    pub(super) caller: &'a Caller,
    pub(super) parameters: &'a Parameters,
}

/// What there is, for the answer to what there is not.
const ACTIONS: &str = "CreateStack, UpdateStack, CancelUpdateStack, ContinueUpdateRollback, RollbackStack, DeleteStack, CreateChangeSet, \
    DescribeChangeSet, ListChangeSets, ExecuteChangeSet, DeleteChangeSet, UpdateTerminationProtection, SetStackPolicy, \
    GetStackPolicy, DescribeStacks, DescribeStackEvents, DescribeEvents, DescribeStackResource, DescribeStackResources, \
    ListStackResources, ListStacks, ListExports, ListImports, SignalResource, GetTemplate, GetTemplateSummary and \
    ValidateTemplate";

/// Why there is nothing to be said of a family of actions.
fn never(action: &str) -> Option<&'static str> {
    let families = [
        (
            "Drift",
            "nothing drifts in a rehearsal: there are no resources that could be changed behind a stack's back",
        ),
        ("StackSet", "a rehearsal has one account and one region, so no stack sets"),
        ("StackInstance", "a rehearsal has one account and one region, so no stack sets"),
        ("GeneratedTemplate", "a rehearsal has no resources outside of stacks to make a template from"),
        ("ResourceScan", "a rehearsal has no resources outside of stacks to make a template from"),
        ("Publisher", "a rehearsal has no registry, and so nobody who publishes to it"),
        (
            "HandlerProgress",
            "a rehearsal has no registry, and so no handlers: every type of resource is complete at once",
        ),
        ("Hook", "a rehearsal has no registry, and so no hooks"),
        (
            "StackRefactor",
            "resources stay in the stack that made them: a rehearsal moves none between stacks",
        ),
        ("OrganizationsAccess", "a rehearsal has one account, and so no organization"),
        ("AccountLimits", "a rehearsal's account has as many stacks as memory has room for"),
        ("Type", "a rehearsal has no registry: every type of resource is complete at once"),
        (
            "Listener",
            "a rehearsal has no queues for the command hooks of cfn-hup; its hooks for changed metadata work",
        ),
    ];
    families.into_iter().find(|(part, _)| action.contains(part)).map(|(_, why)| why)
}

/// Does what `action` says.
pub(super) fn perform(call: &Call<'_>, action: &str) -> Result<Answer, ApiError> {
    call.check_permission(action)?;
    if action.contains("Listener") {
        return Err(unknown(action));
    }
    // An instance may call these two for its own stack with its identity alone.
    match action {
        "SignalResource" => return signal::signal_resource(call).map(|()| None),
        "DescribeStackResource" => return resources::one(call).map(Some),
        _ => call.not_by_instance(action)?,
    }
    taken::check(call, action)?;
    match action {
        "CreateStack" => create::create_stack(call).map(Some),
        "UpdateStack" => update::update_stack(call).map(Some),
        "CreateChangeSet" => change_sets::create(call).map(Some),
        "DescribeChangeSet" => change_sets::describe(call).map(Some),
        "ListChangeSets" => change_sets::list(call).map(Some),
        "ExecuteChangeSet" => change_sets::execute(call).map(|()| Some(Node::Map(Vec::new()))),
        "DeleteChangeSet" => change_sets::delete(call).map(|()| Some(Node::Map(Vec::new()))),
        "CancelUpdateStack" => rollback::cancel_update(call).map(|()| None),
        "ContinueUpdateRollback" => rollback::continue_rollback(call).map(|()| Some(Node::Map(Vec::new()))),
        "RollbackStack" => rollback::roll_back(call).map(Some),
        "DeleteStack" => delete::delete_stack(call).map(|()| None),
        "UpdateTerminationProtection" => protection::update(call).map(Some),
        "DescribeStacks" => describe::stacks(call).map(Some),
        "DescribeStackEvents" => events::stack_events(call).map(Some),
        "DescribeEvents" => events::operation_events(call).map(Some),
        "DescribeStackResources" => resources::described(call).map(Some),
        "ListStackResources" => resources::listed(call).map(Some),
        "ListExports" => exports::exports(call).map(Some),
        "ListImports" => exports::imports(call).map(Some),
        "SetStackPolicy" => policy::set(call).map(|()| None),
        "GetStackPolicy" => policy::get(call).map(Some),
        "ListStacks" => list::stacks(call).map(Some),
        "GetTemplate" => templates::get(call).map(Some),
        "GetTemplateSummary" => templates::summary(call).map(Some),
        "ValidateTemplate" => templates::validate(call).map(Some),
        other => Err(unknown(other)),
    }
}

fn unknown(action: &str) -> ApiError {
    let message = match never(action) {
        Some(why) => format!("{action}: {why}"),
        None => {
            format!("Could not find operation {action} for version 2010-05-15 (this rehearsal has {ACTIONS})")
        }
    };
    ApiError { status: 400, code: "InvalidAction", message }
}

impl Call<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// IAM, played: what it denies it denies to everybody who calls with a key.
    fn check_permission(&self, action: &str) -> Result<(), ApiError> {
        let Caller::AccessKey { principal } = self.caller else { return Ok(()) };
        if !self.account.denied.iter().any(|denied| denied == action) {
            return Ok(());
        }
        let (region, account_id) = (&self.account.region, &self.account.account_id);
        let partition = Partition::of(region).name();
        let resource = match self.get("StackName") {
            Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
            Some(name) => format!("arn:{partition}:cloudformation:{region}:{account_id}:stack/{name}/*"),
            None => format!("arn:{partition}:cloudformation:{region}:{account_id}:stack/*/*"),
        };
        Err(ApiError::denied(format!(
            "User: {} is not authorized to perform: cloudformation:{action} on resource: {resource}",
            principal.arn(partition, account_id)
        )))
    }

    /// A call with `CFN_V1` is for a stack's own instances, and for two actions.
    fn not_by_instance(&self, action: &str) -> Result<(), ApiError> {
        match self.caller {
            Caller::AccessKey { .. } => Ok(()),
            Caller::Instance { instance_id } => {
                Err(not_allowed(instance_id, action, self.get("StackName").unwrap_or_default()))
            }
        }
    }

    /// The stack named, where it has begun.
    pub(super) fn find(&self, name_or_id: &str) -> Option<Arc<Deployed>> {
        self.account.find(name_or_id).filter(|stack| stack.status().is_some())
    }

    /// An instance may call for the stack that it is a member of.
    pub(super) fn check_membership(
        &self,
        action: &str,
        given: &str,
        stack: Option<&Deployed>,
    ) -> Result<(), ApiError> {
        let Caller::Instance { instance_id } = self.caller else { return Ok(()) };
        // An instance of another stack is told so; one that nobody knows yet may become a member.
        let elsewhere = || {
            self.account.all().iter().any(|other| {
                stack.is_none_or(|stack| stack.id != other.id)
                    && other.engine.look(|machine, _| machine.has_instance(instance_id))
            })
        };
        let Some(stack) = stack else { return Err(not_allowed(instance_id, action, given)) };
        if stack.engine.look(|machine, _| machine.has_instance(instance_id)) {
            return Ok(());
        }
        if elsewhere() {
            return Err(not_allowed(instance_id, action, given));
        }
        // A stack that waits no more will not come to know it.
        if action == "SignalResource"
            && let Some(status) = stack.status().filter(|status| !status.takes_signals())
        {
            let refusal = SignalError::StackState { stack_id: stack.id.clone(), status };
            return Err(ApiError::validation(refusal.to_string()));
        }
        // "in" is the service's.
        Err(ApiError::validation(format!("Instance {instance_id} in not a member of stack {}", stack.id)))
    }
}

fn not_allowed(instance_id: &str, action: &str, stack: &str) -> ApiError {
    ApiError::denied(format!("Instance {instance_id} is not allowed to call {action} for {stack}"))
}
