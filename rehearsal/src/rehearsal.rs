//! A rehearsal put together: an account on loopback, and the stack of a template where there is one.

mod conclusion;
mod course;
mod error;
mod nested;
mod report;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

use crate::account::{
    Account, AccountOptions, Change, Creation, Deployed, Instance, Outlets, Revision, UserDataFrom,
};
use crate::clock::ClockKind;
use crate::faults::Plan;
use crate::listen::bind;
use crate::model::{Role, Stack};
use crate::report::Reporter;
use crate::server::{Faults, Limits, Services, serve};
use crate::shelf::Shelf;
use crate::stack::{Fate, OnFailure, STACK_TYPE};
use crate::telling::Happenings;
use crate::template::{Planned, Template, TemplateError};
pub(crate) use conclusion::Conclusion;
pub use error::SetupError;
pub use report::Report;

/// What to rehearse. Unless told: an account without stacks in `us-east-1`, on any port of 127.0.0.1, in real time.
#[derive(Clone, Debug)]
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
    /// Values for parameters.
    pub parameters: BTreeMap<String, String>,
    /// How time passes.
    pub clock: ClockKind,
    /// Where to listen; port 0 for any.
    pub listen: SocketAddr,
    /// The instance or group that is rehearsed; all of them unless told.
    pub resource: Option<String>,
    /// Whether instances run their user data, which then has to be known.
    pub runs: bool,
    /// What they run in place of the template's user data.
    pub user_data: Option<Vec<u8>>,
    /// Actions that IAM denies.
    pub denied: Vec<String>,
    /// Faults on demand.
    pub faults: Plan,
    /// The folder in which templates are looked for that nested stacks and clients name by a URL.
    pub template_dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: None,
            update_from: None,
            stack_name: "rehearsal".to_owned(),
            region: "us-east-1".to_owned(),
            parameters: BTreeMap::new(),
            clock: ClockKind::Real,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            resource: None,
            runs: false,
            user_data: None,
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
        let bound = bind(options.listen)?;
        let address = bound.address;
        let account_options = AccountOptions {
            region: options.region.clone(),
            clock: options.clock,
            denied: options.denied.clone(),
        };
        let (account, Outlets { mut news, mut openings }) =
            Account::open(&account_options, shelf(options)?, bound)?;
        let account = account.share();
        let principal = match (template, before) {
            (None, _) => None,
            (Some(template), None) => Some(create(&account, options, template)?),
            (Some(template), Some(before)) => {
                let principal = update(&account, options, template, before)?;
                // How it came to be is taken for granted.
                while news.try_recv().is_ok() {}
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
        let mut reporter = Reporter::new();
        if let Some(principal) = &principal {
            reporter.planned(&principal.plan);
        }
        Ok(Self { account, faults, news, address, principal, reporter })
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

fn create(account: &Account, options: &Options, template: Template) -> Result<Principal, SetupError> {
    let mut draft = account.draft(creation(options, template, options.parameters.clone()))?;
    let left_out = choose(&mut draft.planned, options)?;
    check_user_data(&draft.planned, options, || draft.check_user_data())?;
    let plan = draft.planned.stack.clone();
    let deployed = account.deploy(draft)?;
    let instances = account.announce(&deployed, &plan);
    let handles = handles(&plan);
    Ok(Principal { deployed, plan, instances, handles, left_out, taken_for_granted: 0, revision: None })
}

/// A stack that is taken as created from `before`, every signal received, and is to be updated.
fn update(
    account: &Account,
    options: &Options,
    template: Template,
    before: Template,
) -> Result<Principal, SetupError> {
    let declared = |name: &String| before.parameters().iter().any(|it| it.name == *name);
    let parameters =
        options.parameters.iter().filter(|(name, _)| declared(name)).map(|(k, v)| (k.clone(), v.clone()));
    let parameters = parameters.collect();
    let deployed = account.deploy(account.draft(creation(options, before, parameters))?)?;
    deployed.engine.start();
    account.satisfy();
    if deployed.engine.fate() != Some(Fate::Complete) {
        let template = options.update_from.as_ref().map(|it| it.display().to_string()).unwrap_or_default();
        return Err(SetupError::NotCreated { template });
    }
    let change = Change {
        template: Some(template),
        parameters: options.parameters.clone(),
        tags: None,
        notification_arns: None,
        capabilities: Vec::new(),
        token: None,
        user_data: user_data(options),
    };
    let mut revision = account.revise(&deployed, change)?;
    let left_out = choose(&mut revision.planned, options)?;
    check_user_data(&revision.planned, options, || revision.check_user_data(&deployed))?;
    let plan = revision.planned.stack.clone();
    let handles = handles(&plan);
    let taken_for_granted = deployed.engine.look(|_, history| history.len());
    let instances = Vec::new();
    let revision = Some(revision);
    Ok(Principal { deployed, plan, instances, handles, left_out, taken_for_granted, revision })
}

/// Leaves out of a plan what is not rehearsed, and gives the logical ids of what was left out.
fn choose(planned: &mut Planned, options: &Options) -> Result<Vec<String>, TemplateError> {
    let chosen = options.resource.as_deref();
    let left_out = match chosen {
        Some(chosen) => planned.choose(chosen)?,
        None => Vec::new(),
    };
    Ok(left_out)
}

/// Whether what is to run can be known: now, or `later`, once nested stacks are complete.
fn check_user_data(
    planned: &Planned,
    options: &Options,
    later: impl FnOnce() -> Result<(), TemplateError>,
) -> Result<(), TemplateError> {
    if !options.runs || options.user_data.is_some() {
        return Ok(());
    }
    let chosen = options.resource.as_deref();
    let has_nested = planned.stack.resources.iter().any(|it| it.resource_type == STACK_TYPE);
    if has_nested && chosen.is_none() { later() } else { planned.check_user_data(chosen) }
}

fn creation(options: &Options, template: Template, parameters: BTreeMap<String, String>) -> Creation {
    Creation {
        name: options.stack_name.clone(),
        template,
        parameters,
        tags: Vec::new(),
        notification_arns: Vec::new(),
        capabilities: Vec::new(),
        on_failure: OnFailure::Rollback,
        timeout_minutes: None,
        token: None,
        user_data: user_data(options),
        // Besides the resource that was chosen everything counts as created.
        plays_nested: options.resource.is_none(),
    }
}

fn user_data(options: &Options) -> UserDataFrom {
    match &options.user_data {
        Some(given) => UserDataFrom::Given(given.as_slice().into()),
        None => UserDataFrom::Template,
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
