//! A rehearsal put together: an account on loopback, and the stack of a template where there is one.

mod conclusion;
mod course;
mod elsewhere;
mod error;
mod material;
mod nested;
mod remarks;
mod report;
mod scaling;
mod senders;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

use crate::account::{
    Account, AccountOptions, CAPABILITIES, Change, Creation, Deployed, Instance, Outlets, Revision,
    UserDataFrom,
};
use crate::clock::ClockKind;
use crate::faults::Plan;
use crate::happening::Happening;
use crate::listen::bind;
use crate::model::{Role, Stack};
use crate::report::Reporter;
use crate::server::{Faults, Limits, Services, serve};
use crate::shelf::Shelf;
use crate::stack::{Fate, OnFailure, STACK_TYPE};
use crate::telling::Happenings;
use crate::template::{MadeUp, Planned, Template, TemplateError};
pub(crate) use conclusion::Conclusion;
use elsewhere::{Elsewhere, leave_elsewhere};
pub use error::SetupError;
pub use report::Report;
pub use scaling::{NotAScaling, ScaleDuring, ScaleError, ScaledTo};
use scaling::{check_scale, check_scaled, scalings};
use senders::Senders;
use values::Values;

/// What to rehearse. Unless told: an account without stacks in `us-east-1`, on any port of 127.0.0.1, in real time.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// The template's file; without one the account is empty.
    pub template: Option<PathBuf>,
    /// The template that the stack has before: the rehearsal is its update.
    pub update_from: Option<PathBuf>,
    /// The stack's name.
    pub stack_name: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// Values for parameters; those of the template that an update is from, unless told otherwise.
    pub parameters: BTreeMap<String, String>,
    /// Files with values, in any of the forms that `--params` takes. Later ones win, and [`Self::parameters`] over all.
    pub parameter_files: Vec<PathBuf>,
    /// The environment of a `samconfig.toml` among them; `default` unless told.
    pub config_env: Option<String>,
    /// Whether values are made up for parameters that have none.
    pub fill: bool,
    /// Values that parameters had before an update.
    pub old_parameters: BTreeMap<String, String>,
    /// Files with such values.
    pub old_parameter_files: Vec<PathBuf>,
    /// What `Fn::GetAtt` gives, by `LogicalId.Attribute`, in every stack; a list is one in JSON.
    pub attributes: BTreeMap<String, String>,
    /// What `Ref` gives for a resource, by its logical id, in every stack.
    pub refs: BTreeMap<String, String>,
    /// What `Fn::ImportValue` gives, by the export's name.
    pub imports: BTreeMap<String, String>,
    /// What dynamic references and the names in SSM-typed parameters stand for, by what follows `resolve:`, such as
    /// `ssm:/app/count`, or by the name alone.
    pub resolve: BTreeMap<String, String>,
    /// How time passes.
    pub clock: ClockKind,
    /// Where to listen; port 0 for any.
    pub listen: SocketAddr,
    /// Groups that had been scaled when the update began: `update_from`'s, or the stack's first through the API.
    pub scaled: Vec<ScaledTo>,
    /// Scaling policies that act during that update.
    pub scale: Vec<ScaleDuring>,
    /// The instances and groups that are rehearsed, by logical id; all of them unless told.
    pub resources: Vec<String>,
    /// Whether instances run their user data, which then has to be known.
    pub runs: bool,
    /// Whether their `cfn-init` works through the template's metadata.
    pub runs_init: bool,
    /// What they run in place of the template's user data.
    pub user_data: Option<Vec<u8>>,
    /// The same for some of them, by logical id, or by path in a nested stack.
    pub user_data_of: BTreeMap<String, Vec<u8>>,
    /// Actions that IAM denies.
    pub denied: Vec<String>,
    /// Faults on demand.
    pub faults: Plan,
    /// The folder in which templates are looked for that nested stacks and clients name by a URL.
    pub template_dir: Option<PathBuf>,
}

impl Options {
    /// What a resource's instances run in place of the template's user data.
    fn given_for(&self, logical_id: &str) -> Option<&[u8]> {
        self.user_data_of.get(logical_id).or(self.user_data.as_ref()).map(Vec::as_slice)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: None,
            update_from: None,
            stack_name: "rehearsal".to_owned(),
            region: "us-east-1".to_owned(),
            parameters: BTreeMap::new(),
            parameter_files: Vec::new(),
            config_env: None,
            fill: false,
            old_parameters: BTreeMap::new(),
            old_parameter_files: Vec::new(),
            attributes: BTreeMap::new(),
            refs: BTreeMap::new(),
            imports: BTreeMap::new(),
            resolve: BTreeMap::new(),
            clock: ClockKind::Real,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            scaled: Vec::new(),
            scale: Vec::new(),
            resources: Vec::new(),
            runs: false,
            runs_init: false,
            user_data: None,
            user_data_of: BTreeMap::new(),
            denied: Vec::new(),
            faults: Plan::default(),
            template_dir: None,
        }
    }
}

/// A wait condition handle of the stack.
#[derive(Clone)]
#[non_exhaustive]
pub struct Handle {
    /// Its name in the template.
    pub logical_id: String,
    /// Its presigned URL: a secret.
    pub url: Secret,
}

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
    /// Its instances whose user data is for Windows.
    pub windows: Vec<String>,
    /// Whether its instances' `cfn-init` works through the template's metadata.
    pub runs_init: bool,
    /// Whether its instances run their user data.
    pub runs: bool,
    /// Who of its template could signal.
    pub senders: Senders,
    /// Events that were there before the rehearsal began.
    pub taken_for_granted: usize,
    /// What it is yet to be updated to.
    revision: Option<Revision>,
}

/// A rehearsal whose services answer and whose stack has not begun.
pub struct Rehearsal {
    /// The account at work.
    pub(crate) account: Arc<Account>,
    /// Faults on demand.
    pub(crate) faults: Arc<Faults>,
    /// What its stacks tell.
    pub(crate) news: Happenings,
    /// Where the API is.
    pub(crate) address: SocketAddr,
    /// The template's stack.
    pub(crate) principal: Option<Principal>,
    /// What is recorded of it.
    pub(crate) reporter: Reporter,
    /// What was made up for parameters.
    pub(crate) filled: Vec<MadeUp>,
    /// What to say of values before anything else.
    pub(crate) remarks: Vec<String>,
}

impl Rehearsal {
    /// Reads the template, listens and answers. To be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SetupError`].
    pub fn prepare(options: &Options) -> Result<Self, SetupError> {
        let load = |path: &Option<PathBuf>| path.as_deref().map(Template::load).transpose();
        let template = load(&options.template)?;
        let before = load(&options.update_from)?;
        let values = values::gather(options, template.as_ref(), before.as_ref())?;
        let bound = bind(options.listen)?;
        let address = bound.address;
        let account_options = AccountOptions {
            region: options.region.clone(),
            clock: options.clock,
            denied: options.denied.clone(),
            supplied: values.supplied.clone(),
        };
        let (account, Outlets { mut news, mut openings }) =
            Account::open(&account_options, shelf(options)?, bound)?;
        let account = account.share();
        account.secrets.spare(values.unsecret.iter().cloned());
        let mut sizes = BTreeMap::new();
        let principal = match (template, before) {
            (None, _) => {
                no_scaling(options)?;
                None
            }
            (Some(template), None) => Some(create(&account, options, &values, template)?),
            (Some(template), Some(before)) => {
                let principal = update(&account, options, &values, template, before)?;
                // How it came to be is taken for granted, but for how large its groups are.
                while let Ok(news) = news.try_recv() {
                    if let Happening::Capacity(size) = news.happening {
                        sizes.insert(size.logical_id.clone(), size);
                    }
                }
                Some(principal)
            }
        };
        account.open_rest()?;
        let mut plan = options.faults.clone();
        plan.begin(account.clock.now());
        let faults = Arc::new(Faults::new(plan));
        let services = Arc::new(Services {
            account: Arc::clone(&account),
            faults: Arc::clone(&faults),
            limits: Limits::default(),
        });
        tokio::spawn(async move {
            while let Some(opening) = openings.recv().await {
                let services = Arc::clone(&services);
                tokio::spawn(serve(opening.bound, services, opening.metadata, opening.closed));
            }
        });
        let mut reporter = Reporter::new().hiding(&account.secrets);
        if let Some(principal) = &principal {
            reporter.planned(&principal.plan);
            principal.deployed.engine.look(|machine, _| {
                let existing: Vec<_> = machine.resources().collect();
                reporter.existing(&principal.deployed.name, &existing);
            });
            sizes.values().for_each(|it| reporter.sized(&principal.deployed.name, it));
        }
        let Values { filled, remarks, .. } = values;
        Ok(Self { account, faults, news, address, principal, reporter, filled, remarks })
    }

    /// The stack begins.
    ///
    /// # Errors
    ///
    /// [`SetupError::Account`] for an update that is refused.
    pub fn begin(&mut self) -> Result<(), SetupError> {
        self.account.activity.stir();
        let Some(principal) = &mut self.principal else { return Ok(()) };
        match principal.revision.take() {
            Some(revision) => self.account.update(&principal.deployed, revision)?,
            None => principal.deployed.engine.start(),
        }
        Ok(())
    }

    /// How the stack ended.
    #[must_use]
    pub fn fate(&self) -> Option<Fate> {
        self.principal.as_ref()?.deployed.engine.fate()
    }

    /// A key that the API accepts.
    #[must_use]
    pub fn access_key(&self) -> &AccessKey {
        &self.account.key
    }

    /// The stack's single instances, and where each has its metadata.
    #[must_use]
    pub fn instances(&self) -> &[Instance] {
        self.principal.as_ref().map_or(&[], |it| &it.instances)
    }

    /// The stack's wait condition handles.
    #[must_use]
    pub fn handles(&self) -> &[Handle] {
        self.principal.as_ref().map_or(&[], |it| &it.handles)
    }

    /// The URL of the API.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn shelf(options: &Options) -> Result<Shelf, SetupError> {
    let Some(path) = &options.template_dir else { return Ok(Shelf::default()) };
    Shelf::open(path)
        .map_err(|error| SetupError::TemplateDirectory { path: path.display().to_string(), error })
}

fn create(
    account: &Account,
    options: &Options,
    values: &Values,
    template: Template,
) -> Result<Principal, SetupError> {
    let mut draft = account.draft(creation(options, template, values.parameters.clone()))?;
    let (left_out, Elsewhere { told: mut remarks, windows }) = choose(&mut draft.planned, options)?;
    check_user_data(&draft.planned, options, || draft.check_user_data())?;
    remarks.extend(remarks::of(&draft.planned, options));
    let plan = draft.planned.stack.clone();
    // What runs user data comes to an end without an update; what serves may still be sent one.
    if options.runs {
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
        windows,
        runs_init: options.runs_init,
        runs: options.runs,
        senders,
        taken_for_granted: 0,
        revision: None,
    })
}

/// A stack that is taken as created from `before`, every signal received, and is to be updated.
fn update(
    account: &Account,
    options: &Options,
    values: &Values,
    template: Template,
    before: Template,
) -> Result<Principal, SetupError> {
    let draft = account.draft(creation(options, before, values.old_parameters.clone()))?;
    check_scaled(&options.scaled, &draft.planned.stack)?;
    let before = remarks::Launched::of(&draft.planned);
    let deployed = account.deploy(draft)?;
    deployed.engine.start();
    account.satisfy();
    if let Some(error) = account.take_unknown(&deployed.id) {
        return Err(error.into());
    }
    if deployed.engine.fate() != Some(Fate::Complete) {
        let template = options.update_from.as_ref().map(|it| it.display().to_string()).unwrap_or_default();
        return Err(SetupError::NotCreated { template });
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
        user_data: user_data(options),
    };
    let mut revision = account.revise(&deployed, change)?;
    let (left_out, Elsewhere { told: mut remarks, windows }) = choose(&mut revision.planned, options)?;
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
        windows,
        runs_init: options.runs_init,
        runs: options.runs,
        senders,
        taken_for_granted,
        revision,
    })
}

/// Nobody can have scaled what is not updated.
fn no_scaling(options: &Options) -> Result<(), ScaleError> {
    let given = [("--scaled", options.scaled.is_empty()), ("--scale", options.scale.is_empty())];
    match given.into_iter().find(|(_, none)| !none) {
        Some((option, _)) => Err(ScaleError::NoUpdate { option }),
        None => Ok(()),
    }
}

/// Leaves out of a plan what is not rehearsed, and gives the logical ids of what was left out, and what is to be said of
/// what nothing here could signal.
fn choose(planned: &mut Planned, options: &Options) -> Result<(Vec<String>, Elsewhere), SetupError> {
    let left_out = planned.choose(&options.resources)?;
    options.user_data_of.keys().try_for_each(|given| planned.check(given))?;
    let elsewhere = if options.runs { leave_elsewhere(planned, options)? } else { Elsewhere::default() };
    Ok((left_out, elsewhere))
}

/// Whether what is to run can be known `later`, once nested stacks are complete. What has none was looked at already.
fn check_user_data(
    planned: &Planned,
    options: &Options,
    later: impl FnOnce() -> Result<(), TemplateError>,
) -> Result<(), TemplateError> {
    let given = options.user_data.is_some() || !options.user_data_of.is_empty();
    if options.runs && !given && waits_for_nested(planned, options) { later() } else { Ok(()) }
}

/// Whether nested stacks may give what user data has in it.
fn waits_for_nested(planned: &Planned, options: &Options) -> bool {
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
        timeout_minutes: None,
        token: None,
        user_data: user_data(options),
        // Besides the resource that was chosen everything counts as created.
        plays_nested: options.resources.is_empty(),
    }
}

/// Whoever rehearses a file gives all leave there is.
fn capabilities() -> Vec<String> {
    CAPABILITIES.map(str::to_owned).to_vec()
}

fn user_data(options: &Options) -> UserDataFrom {
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

#[cfg(test)]
mod tests;
