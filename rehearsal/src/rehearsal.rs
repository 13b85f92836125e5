//! A rehearsal put together: an account on loopback, and the stack of a template where there is one.

mod conclusion;
mod course;
mod error;
mod material;
mod nested;
mod options;
mod others;
mod principal;
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

use crate::account::{Account, AccountOptions, Instance, Outlets, UserDataFrom};
use crate::endpoints::Endpoints;
use crate::happening::Happening;
use crate::listen::bind;
use crate::report::Reporter;
use crate::server::{Faults, Limits, Services, serve};
use crate::shelf::Shelf;
use crate::stack::Fate;
use crate::telling::Happenings;
use crate::template::{MadeUp, Template};
pub(crate) use conclusion::Conclusion;
pub use error::SetupError;
pub use options::Options;
pub(crate) use principal::Principal;
use principal::{create, no_scaling, update, user_data};
pub use report::Report;
pub use scaling::{NotAScaling, ScaleDuring, ScaleError, ScaledTo};
use values::Values;

/// A wait condition handle of the stack.
#[derive(Clone)]
#[non_exhaustive]
pub struct Handle {
    /// Its name in the template.
    pub logical_id: String,
    /// Its presigned URL: a secret.
    pub url: Secret,
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
    /// What instances talk to that AWS's names lead to.
    pub(crate) endpoints: Endpoints,
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
            account_id: options.account_id.clone(),
            clock: options.clock,
            denied: options.denied.clone(),
            supplied: values.supplied.clone(),
            real_names: options.real_names,
            leaves_windows: options.runs && !options.runs_all,
            user_data: if options.runs_all { user_data(options) } else { UserDataFrom::Template },
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
        let endpoints = Endpoints::new(Arc::clone(&services));
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
        Ok(Self { account, faults, news, address, endpoints, principal, reporter, filled, remarks })
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

    /// What its instances talk to where AWS's names lead to it, as in a network of their own.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
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

#[cfg(test)]
mod tests;
