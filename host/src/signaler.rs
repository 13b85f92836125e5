//! Signals from an application: one call, with the parties that the application brings, or the command's own.
//!
//! ```no_run
//! use cfn_signal::{Config, ResourceTarget, Signal, Signaler, Status, Target};
//!
//! let mut signaler = Signaler::new(Config::default())?;
//! let signal = Signal { status: Status::Success, unique_id: "i-0123456789abcdef0".into(), reason: None, data: None };
//! let target = Target::Resource(ResourceTarget {
//!     stack: "web".into(),
//!     logical_id: "Server".into(),
//!     region: "eu-west-1".into(),
//!     endpoint_variant: Default::default(),
//!     endpoint_url: None,
//! });
//! let outcome = signaler.deliver(&signal, &target)?;
//! println!("{}: {}", outcome.kind.name(), outcome.message);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An application's own HTTP client is a [`Transport`], its own credentials are [`Identities`]:
//!
//! ```
//! use std::time::Duration;
//!
//! use cfn_signal::deliver::{Identities, SendError, Transport};
//! use cfn_signal::{
//!     AccessKey, Config, Freshness, Identity, OutcomeKind, Request, Response, Signal, Signaler, Status, Target,
//!     TransportError,
//! };
//!
//! struct Client; // of a kind that this crate has never heard of
//!
//! impl Transport for Client {
//!     fn send(&mut self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
//!         assert_eq!(request.method, "PUT");
//!         assert!(timeout <= Duration::from_secs(30));
//!         # if false {
//!         return Err(SendError::Failed(TransportError::Refused("nobody listens".into())));
//!         # }
//!         Ok(Response { status: 200, ..Response::default() })
//!     }
//! }
//!
//! struct Vault;
//!
//! impl Identities for Vault {
//!     fn identity(&mut self, need: Freshness, patience: Duration) -> Result<Identity, String> {
//!         Err("the vault is sealed".into()) // a wait condition's handle asks for none
//!     }
//! }
//!
//! let mut signaler = Signaler::new(Config::default().transport(Client).identities(Vault))?;
//! let handle = Target::WaitHandle("https://example.com/handle?Signature=x".to_owned().into());
//! let signal = Signal { status: Status::Success, unique_id: "host-1".into(), reason: None, data: None };
//! assert_eq!(signaler.deliver(&signal, &handle)?.kind, OutcomeKind::Delivered);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In async code either move the whole call to a thread that may block, for which a [`Signaler`] is [`Send`], or bring
//! [`AsyncTransport`] and its fellows to [`Signaler::deliver_async`], which knows no runtime and is driven by any.
//!
//! Nothing is kept outside the [`Signaler`], and the environment is read only for what [`Config`] leaves open.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use cfn_signal_core::delivery::{Invalid, Outcome, Policy, Signal, Target};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::seed;

use crate::clock::SystemClock;
use crate::credentials::{Auth, AwsChain, ChainSettings, Finder};
use crate::deliver::{
    AsyncClock, AsyncIdentities, AsyncParties, AsyncTransport, Fault, Identities, Observer, Parties,
    Transport, deliver, deliver_async,
};
use crate::engine::{Component, EngineError, Limits, PrepareError, Signer};
use crate::http::{Client, Proxies, RootsSource, Sender, Settings};
use crate::imds::{Endpoint, Imds};

/// How to signal. [`Config::default`] is what the command does without options: its HTTP client with the environment's
/// proxies and certificates, the instance's identity or AWS's credential chain, [`Policy::default`].
#[derive(Default)]
pub struct Config {
    policy: Policy,
    limits: Limits,
    auth: Auth,
    http: Option<Settings>,
    transport: Option<Box<dyn Transport + Send>>,
    identities: Option<Box<dyn Identities + Send>>,
    observer: Option<Box<dyn Observer + Send>>,
}

impl Config {
    /// Deadline, tries and waits.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// What the component may use.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Which kinds of identity may be used, unless there are [`Self::identities`].
    #[must_use]
    pub fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    /// Proxies and certificates of the HTTP client, in place of the environment's.
    #[must_use]
    pub fn http(self, settings: Settings) -> Self {
        Self { http: Some(settings), ..self }
    }

    /// Sends the signal, in place of this crate's HTTP client. Asking for credentials is another matter: see
    /// [`Self::identities`].
    #[must_use]
    pub fn transport(self, transport: impl Transport + Send + 'static) -> Self {
        Self { transport: Some(Box::new(transport)), ..self }
    }

    /// Gives the identities to sign as, in place of the instance's and AWS's chain.
    #[must_use]
    pub fn identities(self, identities: impl Identities + Send + 'static) -> Self {
        Self { identities: Some(Box::new(identities)), ..self }
    }

    /// Is told of progress.
    #[must_use]
    pub fn observer(self, observer: impl Observer + Send + 'static) -> Self {
        Self { observer: Some(Box::new(observer)), ..self }
    }
}

/// Shows which parties were brought, and nothing of them.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("policy", &self.policy)
            .field("limits", &self.limits)
            .field("auth", &self.auth)
            .field("own_transport", &self.transport.is_some())
            .field("own_identities", &self.identities.is_some())
            .finish_non_exhaustive()
    }
}

/// Delivers signals, one after the other.
pub struct Signaler {
    component: Component,
    config: Config,
    http: Arc<Client>,
}

/// Why a signal has no outcome: nothing was sent, or nobody knows what came of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignalerError {
    /// The signal or its target is not what CloudFormation takes.
    #[error("{0}")]
    Invalid(Invalid),
    /// The component could not be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Nothing can be sent with these settings.
    #[error("{0}")]
    Misconfigured(String),
    /// The transport withheld a request.
    #[error("nothing was sent")]
    Withheld,
}

impl From<PrepareError> for SignalerError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Invalid(why) => Self::Invalid(why),
            PrepareError::Engine(error) => Self::Engine(error),
        }
    }
}

impl From<Fault> for SignalerError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Machine(error) => Self::Engine(error),
            Fault::Misconfigured(why) => Self::Misconfigured(why),
            Fault::Withheld => Self::Withheld,
        }
    }
}

impl Signaler {
    /// A signaler with the component that this crate carries.
    ///
    /// # Errors
    ///
    /// When the embedded code does not fit this machine.
    pub fn new(config: Config) -> Result<Self, EngineError> {
        Ok(Self::with(Component::embedded()?, config))
    }

    /// A signaler with a component of one's own.
    #[must_use]
    pub fn with(component: Component, mut config: Config) -> Self {
        let settings = config.http.take().unwrap_or_else(|| Settings {
            proxies: Proxies::new(None, None, &variable),
            roots: RootsSource::new(None, &variable),
        });
        Self { component, config, http: Arc::new(Client::new(settings)) }
    }

    /// Delivers `signal` to `target`: sends, waits and tries again until there is an outcome, at the latest at the policy's
    /// deadline. Blocks the thread meanwhile.
    ///
    /// # Errors
    ///
    /// [`SignalerError`]. That CloudFormation refuses a signal, or cannot be reached, is an outcome and no error.
    pub fn deliver(&mut self, signal: &Signal, target: &Target) -> Result<Outcome, SignalerError> {
        let Self { component, config, http } = self;
        let mut signer = Signer::with(component, config.limits)?;
        let mut machine = signer.delivery(signal, target, &config.policy, seed())?;
        let mut sender = Sender(Arc::clone(http));
        let mut finder;
        let identities: &mut dyn Identities = match &mut config.identities {
            Some(own) => own.as_mut(),
            None => {
                finder = finder_for(http, config.auth, target);
                &mut finder
            }
        };
        let mut parties = Parties {
            machine: &mut machine,
            transport: match &mut config.transport {
                Some(own) => own.as_mut(),
                None => &mut sender,
            },
            identities,
            clock: &mut SystemClock::start(),
            observer: match &mut config.observer {
                Some(own) => own.as_mut(),
                None => &mut (),
            },
        };
        Ok(deliver(&mut parties, config.policy.deadline)?)
    }

    /// [`Self::deliver`] with parties that wait without blocking. The policy and the observer are the [`Config`]'s, its other
    /// parties are not used. Several deliveries may go on at once with a [`Signaler`] each: they share the code if they come
    /// from one [`Component`].
    ///
    /// # Errors
    ///
    /// As [`Self::deliver`].
    pub async fn deliver_async(
        &mut self,
        signal: &Signal,
        target: &Target,
        transport: &mut impl AsyncTransport,
        identities: &mut impl AsyncIdentities,
        clock: &mut impl AsyncClock,
    ) -> Result<Outcome, SignalerError> {
        let Self { component, config, .. } = self;
        let mut signer = Signer::with(component, config.limits)?;
        let mut machine = signer.delivery(signal, target, &config.policy, seed())?;
        let observer: &mut (dyn Observer + Send) = match &mut config.observer {
            Some(own) => own.as_mut(),
            None => &mut (),
        };
        let parties = AsyncParties { machine: &mut machine, transport, identities, clock, observer };
        Ok(deliver_async(parties, config.policy.deadline).await?)
    }
}

/// The command's way to identities.
fn finder_for(http: &Arc<Client>, auth: Auth, target: &Target) -> Finder<Client, AwsChain> {
    let imds = Rc::new(Imds::new(Endpoint::from_environment(&variable), Arc::clone(http)));
    Finder::new(None, auth, imds, AwsChain::new(Arc::clone(http), ChainSettings::of(target)))
}
