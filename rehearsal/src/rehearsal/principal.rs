//! The stack that a rehearsal is about: created, or taken as created and to be updated.

use std::collections::BTreeMap;
use std::sync::Arc;

use cfn_signal_core::secret::Secret;

use super::conclusion::empty_groups;
use super::others::{Others, leave_to_others};
use super::scaling::{check_scale, check_scaled, scalings};
use super::senders::Senders;
use super::values::Values;
use super::{Handle, Options, ScaleError, SetupError, remarks};
use crate::account::{
    Account, CAPABILITIES, Change, Creation, Deployed, Instance, Revision, Terms, UserDataFrom,
};
use crate::model::{Role, Stack};
use crate::report::{empty_group, summarise};
use crate::stack::{Fate, OnFailure, STACK_TYPE};
use crate::template::{Planned, Template, TemplateError};

/// The stack that the rehearsal is about.
pub(crate) struct Principal {
    /// The stack at work.
    pub deployed: Arc<Deployed>,
    /// As planned from the template.
    pub plan: Stack,
    /// Its single instances, whose metadata answers before they are launched.
    pub instances: Vec<Instance>,
    /// Waits by handle.
    pub handles: Vec<Handle>,
    /// Resources with a policy that is not rehearsed, because another resource was chosen.
    pub left_out: Vec<String>,
    /// What is to be said of it beside its history: what of it is taken otherwise than it reads, what counts as created because nothing that runs here could signal it,
    /// what waits for nobody, what an update leaves as it is.
    pub remarks: Vec<String>,
    /// Whether stacks below it have instances.
    pub launches_below: bool,
    /// Whether its instances' `cfn-init` works through the template's metadata.
    pub runs_init: bool,
    /// Whether its instances run their user data.
    pub runs: bool,
    /// Who of its template could signal.
    pub senders: Senders,
    /// Events that were there before the rehearsal began.
    pub taken_for_granted: usize,
    /// What it is yet to be updated to.
    pub(super) revision: Option<Revision>,
}

pub(super) fn create(
    account: &Account,
    options: &Options,
    values: &Values,
    template: Template,
) -> Result<Principal, SetupError> {
    let mut draft = account.draft(creation(options, template, values.parameters.clone()))?;
    let (left_out, Others { told: mut remarks, windows }) = choose(&mut draft.planned, options)?;
    check_user_data(&draft.planned, options, || draft.check_user_data())?;
    draft.windows = windows;
    remarks.extend(remarks::of(&draft.planned, options));
    let plan = draft.planned.stack.clone();
    // What runs user data comes to an end without an update; what serves may still be sent one.
    if options.runs && !options.runs_all {
        no_scaling(options)?;
    }
    check_scaled(&options.scaled, &plan)?;
    check_scale(&options.scale, &plan)?;
    let senders = Senders::of(&draft.planned, |id| options.given_for(id));
    let launches_below = options.runs && options.resources.is_empty() && account.launches_below(&draft);
    let deployed = account.deploy(draft)?;
    let before_update = options.scaled.iter().map(|it| (it.group.clone(), it.instances));
    deployed.scale_before_update(before_update.collect());
    deployed.engine.scale_during_update(scalings(&options.scale));
    let instances = account.announce(&deployed, &plan);
    let handles = handles(&plan);
    Ok(Principal {
        deployed,
        plan,
        instances,
        handles,
        left_out,
        remarks,
        launches_below,
        runs_init: options.runs_init,
        runs: options.runs,
        senders,
        taken_for_granted: 0,
        revision: None,
    })
}

/// A stack that is taken as created from `before`, every signal received, and is to be updated.
pub(super) fn update(
    account: &Account,
    options: &Options,
    values: &Values,
    template: Template,
    before: Template,
) -> Result<Principal, SetupError> {
    let draft = account.draft(creation(options, before, values.old_parameters.clone()))?;
    check_scaled(&options.scaled, &draft.planned.stack)?;
    let before = remarks::Launched::of(&draft.planned);
    let empty = empty_groups(&draft.planned.stack);
    let deployed = account.deploy(draft)?;
    deployed.engine.start();
    account.satisfy();
    if let Some(error) = account.take_unknown(&deployed.id) {
        return Err(error.into());
    }
    if deployed.engine.fate() != Some(Fate::Complete) {
        let template = options.update_from.as_ref().map(|it| it.display().to_string()).unwrap_or_default();
        return Err(SetupError::NotCreated { template, why: not_created(&deployed, &empty) });
    }
    for it in &options.scaled {
        deployed.engine.scale(&it.group, it.instances);
    }
    let change = Change {
        template: Some(template),
        parameters: values.parameters.clone(),
        tags: None,
        notification_arns: None,
        capabilities: capabilities(),
        token: None,
        terms: Terms::default(),
        user_data: user_data(options),
    };
    let mut revision = account.revise(&deployed, change)?;
    let (left_out, Others { told: mut remarks, windows }) = choose(&mut revision.planned, options)?;
    revision.version.windows = windows;
    remarks.extend(remarks::of(&revision.planned, options));
    remarks.extend(remarks::of_update(&before, &revision.planned));
    check_user_data(&revision.planned, options, || revision.check_user_data(&deployed))?;
    let launches_below =
        options.runs && options.resources.is_empty() && account.launches_below_update(&deployed, &revision);
    let plan = revision.planned.stack.clone();
    check_scale(&options.scale, &plan)?;
    deployed.engine.scale_during_update(scalings(&options.scale));
    let senders = Senders::of(&revision.planned, |id| options.given_for(id));
    let handles = handles(&plan);
    let taken_for_granted = deployed.engine.look(|_, history| history.len());
    let instances = Vec::new();
    let revision = Some(revision);
    Ok(Principal {
        deployed,
        plan,
        instances,
        handles,
        left_out,
        remarks,
        launches_below,
        runs_init: options.runs_init,
        runs: options.runs,
        senders,
        taken_for_granted,
        revision,
    })
}

/// Why a stack is not complete that has every signal it could have.
fn not_created(deployed: &Deployed, empty: &[String]) -> String {
    if let Some((failed, reason)) = deployed.engine.look(|_, history| summarise(history)?.failure) {
        return format!("{failed}: {reason}");
    }
    let waiting = deployed.engine.waiting();
    let Some(it) = waiting.first() else { return "it waits for a nested stack".to_owned() };
    if empty.contains(&it.logical_id) {
        return empty_group(&it.logical_id);
    }
    format!("{} has {} of {} signal(s), and nobody could send more", it.logical_id, it.received, it.expected)
}

/// Nobody can have scaled what is not updated.
pub(super) fn no_scaling(options: &Options) -> Result<(), ScaleError> {
    let given = [("--scaled", options.scaled.is_empty()), ("--scale", options.scale.is_empty())];
    match given.into_iter().find(|(_, none)| !none) {
        Some((option, _)) => Err(ScaleError::NoUpdate { option }),
        None => Ok(()),
    }
}

/// Leaves out of a plan what is not rehearsed, and gives the logical ids of what was left out, and what is to be said of
/// what nothing here could signal.
fn choose(planned: &mut Planned, options: &Options) -> Result<(Vec<String>, Others), SetupError> {
    let left_out = planned.choose(&options.resources)?;
    let mut for_clients = Vec::new();
    for given in options.user_data_of.keys() {
        match planned.check(given) {
            // Clients make stacks too, and what theirs have nobody knows yet.
            Err(TemplateError::NotThere { .. }) if options.runs_all => for_clients.push(format!(
                "--user-data {given}: the template has no {given}, so the file is for those of stacks that clients make"
            )),
            other => other?,
        }
    }
    // What serves may be sent the signals of others.
    let mut others = match options.runs && !options.runs_all {
        true => leave_to_others(planned, options)?,
        false => Others::default(),
    };
    others.told.extend(for_clients);
    Ok((left_out, others))
}

/// Whether what is to run can be known `later`, once nested stacks are complete. What has none was looked at already.
fn check_user_data(
    planned: &Planned,
    options: &Options,
    later: impl FnOnce() -> Result<(), TemplateError>,
) -> Result<(), TemplateError> {
    let given = options.user_data.is_some() || !options.user_data_of.is_empty();
    if options.runs && !options.runs_all && !given && waits_for_nested(planned, options) {
        later()
    } else {
        Ok(())
    }
}

/// Whether nested stacks may give what user data has in it.
pub(super) fn waits_for_nested(planned: &Planned, options: &Options) -> bool {
    options.resources.is_empty() && planned.stack.resources.iter().any(|it| it.resource_type == STACK_TYPE)
}

fn creation(options: &Options, template: Template, parameters: BTreeMap<String, String>) -> Creation {
    Creation {
        name: options.stack_name.clone(),
        template,
        parameters,
        tags: Vec::new(),
        notification_arns: Vec::new(),
        capabilities: capabilities(),
        termination_protection: false,
        on_failure: OnFailure::Rollback,
        terms: Terms::default(),
        timeout_minutes: None,
        token: None,
        user_data: user_data(options),
        // Besides the resource that was chosen everything counts as created.
        plays_nested: options.resources.is_empty(),
        by_client: false,
    }
}

/// Whoever rehearses a file gives all leave there is.
fn capabilities() -> Vec<String> {
    CAPABILITIES.map(str::to_owned).to_vec()
}

pub(super) fn user_data(options: &Options) -> UserDataFrom {
    if options.user_data.is_none() && options.user_data_of.is_empty() {
        return UserDataFrom::Template;
    }
    UserDataFrom::Given {
        all: options.user_data.as_deref().map(Arc::from),
        of: options.user_data_of.iter().map(|(id, data)| (id.clone(), data.as_slice().into())).collect(),
    }
}

fn handles(plan: &Stack) -> Vec<Handle> {
    plan.resources
        .iter()
        .filter(|resource| resource.role == Role::WaitConditionHandle)
        .map(|resource| Handle {
            logical_id: resource.logical_id.clone(),
            url: Secret::new(resource.physical_id.clone()),
        })
        .collect()
}
