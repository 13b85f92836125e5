//! What a signal is made of, one part at a time and never waited for: for a command that looks at each, and sends none.

use std::rc::Rc;
use std::sync::Arc;

use cfn_signal_core::delivery::{ResourceTarget, Target};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::finder::{Explicit, Finder};
use cfn_signal_instance::imds::Imds;

use super::defaults::{self, Instance, Patience};
use super::discover::Search;
use super::mode::{self, Mode, Refused};
use super::options::Options;
use super::order;
use super::platform::Platform;
use super::voice::Voice;

/// A value, where it comes from, and what has to be said of it where it only stands in for what is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// What a signal would have.
    pub value: String,
    /// Such as `--region`.
    pub origin: &'static str,
    /// Why it is no more than a substitute.
    pub stands_in: Option<String>,
}

/// Whoever looks.
pub struct Look<'a, P: Platform> {
    platform: &'a P,
    options: &'a Options,
    explicit: Option<Explicit>,
    http: Arc<P::Http>,
    imds: Rc<Imds<P::Http>>,
}

impl<'a, P: Platform> Look<'a, P> {
    /// Asks nobody yet.
    ///
    /// # Errors
    ///
    /// The line to refuse with, where `options` hold a mistake that shows by itself.
    pub fn new(platform: &'a P, options: &'a Options) -> Result<Self, String> {
        options.agree()?;
        if options.handle.is_some() || options.resource.is_some() || options.stack.is_some() {
            super::review(options)?;
        }
        defaults::check_id(options)?;
        defaults::check_placeholders(options)?;
        let explicit = order::explicit(platform, options, Voice(options.log_format)).map_err(line)?;
        let http = Arc::new(platform.http(options));
        let imds = Rc::new(Imds::from_environment(&variable, Arc::clone(&http)));
        Ok(Self { platform, options, explicit, http, imds })
    }

    /// Who sends.
    #[must_use]
    pub fn http(&self) -> &P::Http {
        &self.http
    }

    /// The instance's metadata.
    #[must_use]
    pub fn imds(&self) -> &Imds<P::Http> {
        &self.imds
    }

    /// The region of a signal to a resource.
    #[must_use]
    pub fn region(&self) -> Found {
        let known = defaults::region(self.options, Patience::None, &self.instance());
        Found { value: known.value, origin: known.origin, stands_in: known.stands_in }
    }

    /// The unique id.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn unique_id(&self) -> Result<Found, String> {
        let known = defaults::unique_id(self.platform, self.options, Patience::None, &self.instance())?;
        Ok(Found { value: known.value, origin: known.origin, stands_in: known.stands_in })
    }

    /// The resource that would be signalled in `region`, or none of one that is not named; its stack and logical id are empty then.
    ///
    /// # Errors
    ///
    /// Why it is not found in the instance's tags.
    pub fn resource(&self, region: &str) -> Result<ResourceTarget, String> {
        let mut target = ResourceTarget::new("", "", region)
            .with_endpoint_variant(defaults::endpoint_variant(self.options));
        target.endpoint_url = defaults::endpoint_url(self.options);
        if let Ok(Mode::Resource { stack, logical_id }) = mode::decide(self.options) {
            let instance = self.instance();
            let search = Search {
                platform: self.platform,
                options: self.options,
                explicit: self.explicit.as_ref(),
                http: &self.http,
                imds: &self.imds,
                instance: &instance,
            };
            let found = search.run(stack, logical_id)?;
            (target.stack, target.logical_id) = (found.stack, found.logical_id);
        }
        Ok(target)
    }

    /// Whether the endpoint is AWS's own: the region's, or one by its name.
    #[must_use]
    pub fn is_endpoint_of_aws(&self) -> bool {
        defaults::endpoint_url(self.options).is_none_or(|url| defaults::region_of(&url).is_some())
    }

    /// A service's endpoint in the environment, by `variable` or the one for all.
    #[must_use]
    pub fn configured_url(&self, variable: &str) -> Option<String> {
        defaults::configured_url(variable)
    }

    /// Whom a signal to `target` would be signed as.
    #[must_use]
    pub fn finder(&self, target: &ResourceTarget) -> Finder<P::Http, P::Chain> {
        let chain = self.platform.chain(&self.http, &self.imds, &Target::Resource(target.clone()));
        Finder::new(self.explicit.clone(), self.options.auth, Rc::clone(&self.imds), chain)
    }

    fn instance(&self) -> Instance<'_, P::Http> {
        Instance::new(&self.imds, Voice(self.options.log_format))
    }
}

fn line(refused: Refused) -> String {
    match refused {
        Refused::Line(line) => line,
        Refused::WithHelp(line) => line.to_owned(),
    }
}
