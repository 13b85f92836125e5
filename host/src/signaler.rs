//! Signals from an application: one call, with the parties that the application brings, or the command's own.
//!
//! ```no_run
//! use cfn_signal::{Config, ResourceTarget, Signal, Signaler, Status, Target};
//!
//! let mut signaler = Signaler::new(Config::default())?;
//! let signal = Signal { status: Status::Success, unique_id: "i-0123456789abcdef0".into(), reason: None, data: None };
//! let target = Target::Resource(ResourceTarget::new("web", "Server", "eu-west-1"));
//! let outcome = signaler.deliver(&signal, &target)?;
//! println!("{}: {}", outcome.kind.name(), outcome.message);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An application's own HTTP client is a [`Transport`], its own credentials are [`Identities`]:
//!
//! ```
//! use cfn_signal::deliver::{Identities, SendError, Transport};
//! use cfn_signal::{
//!     Attempt, Config, CredentialsError, Identity, IdentityRequest, OutcomeKind, Response, Signal, Signaler, Status,
//!     Target, TransportError,
//! };
//!
//! struct Client; // of a kind that this crate has never heard of
//!
//! impl Transport for Client {
//!     async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
//!         assert_eq!(attempt.request.method, "PUT");
//!         assert!(attempt.timeout <= 30_000);
//!         # if false {
//!         return Err(TransportError::Refused("nobody listens".into()).into());
//!         # }
//!         Ok(Response { status: 200, ..Response::default() })
//!     }
//! }
//!
//! struct Vault;
//!
//! impl Identities for Vault {
//!     async fn identity(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
//!         // Asked for again until the deadline. A wait condition's handle needs none.
//!         Err(CredentialsError::Temporary("the vault is sealed".into()))
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
//! In async code either move the whole call to a thread that may block, for which a [`Signaler`] is [`Send`], or await
//! [`Signaler::deliver_async`] with parties that do not block. It knows no runtime and is driven by any; its future is [`Send`]
//! if those of its parties are.
//!
//! Nothing is kept outside the [`Signaler`] but the component's code, and the environment is read only for what [`Config`] leaves open.

mod erased;

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use cfn_signal_core::delivery::{Outcome, Policy, PrepareError, Signal, Target};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::seed;

use crate::clock::SystemClock;
use crate::credentials::{Auth, AwsChain, ChainSettings, Finder};
use crate::deliver::{Clock, Driver, Fault, Identities, Observer, Transport};
use crate::engine::{CallError, Component, Delivery, EngineError, GuestLimits};
use crate::http::{Client, HttpSettings, Proxies, RootsSource, Sender};
use crate::imds::Imds;
use erased::{AnyIdentities, AnyTransport};

/// How to signal. [`Config::default`] is what the command does without options: its HTTP client with the environment's
/// proxies and certificates, the instance's identity or AWS's credential chain, [`Policy::default`].
#[derive(Default)]
pub struct Config {
    policy: Policy,
    limits: GuestLimits,
    auth: Auth,
    http: Option<HttpSettings>,
    transport: Option<Box<dyn AnyTransport + Send>>,
    identities: Option<Box<dyn AnyIdentities + Send>>,
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
    pub fn limits(self, limits: GuestLimits) -> Self {
        Self { limits, ..self }
    }

    /// Which kinds of identity may be used, unless there are [`Self::identities`].
    #[must_use]
    pub fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    /// Proxies and certificates of the HTTP client, in place of the environment's.
    #[must_use]
    pub fn http(self, settings: HttpSettings) -> Self {
        Self { http: Some(settings), ..self }
    }

    /// Sends the signal, in place of this crate's HTTP client. [`Signaler::deliver`] waits for it: where it awaits and does not
    /// block, something else than the thread that delivers has to wake it, such as a runtime with threads of its own.
    #[must_use]
    pub fn transport(self, transport: impl Transport + Send + 'static) -> Self {
        Self { transport: Some(Box::new(transport)), ..self }
    }

    /// Gives the identities to sign as, in place of the instance's and AWS's chain. They are waited for as a
    /// [`Self::transport`] is.
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
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignalerError {
    /// The signal or its target is not what CloudFormation takes.
    #[error(transparent)]
    Refused(PrepareError),
    /// The component could not be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Nothing can be sent with these settings.
    #[error("{0}")]
    Misconfigured(String),
    /// A part of this crate that is newer than it expected.
    #[error("the delivery ended in a way that this version does not know")]
    Unknown,
}

impl From<CallError<PrepareError>> for SignalerError {
    fn from(error: CallError<PrepareError>) -> Self {
        match error {
            CallError::Refused(why) => Self::Refused(why),
            CallError::Engine(error) => Self::Engine(error),
        }
    }
}

impl From<Fault> for SignalerError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Machine(error) => Self::Engine(error),
            Fault::Misconfigured(why) => Self::Misconfigured(why),
            _ => Self::Unknown,
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
        let settings = config.http.take().unwrap_or_else(|| HttpSettings {
            proxies: Proxies::new(None, None, &variable),
            roots: RootsSource::new(None, &variable),
        });
        Self { component, config, http: Arc::new(Client::new(settings)) }
    }

    /// Delivers `signal` to `target`: sends, waits and tries again until there is an outcome, at the latest at the policy's
    /// deadline. Blocks the thread meanwhile, which sleeps while a party awaits something.
    ///
    /// # Errors
    ///
    /// [`SignalerError`]. That CloudFormation refuses a signal, or cannot be reached, is an outcome and no error.
    pub fn deliver(&mut self, signal: &Signal, target: &Target) -> Result<Outcome, SignalerError> {
        let Self { component, config, http } = self;
        let machine = Delivery::prepare(component, config.limits, signal, target, &config.policy, seed())?;
        let mut sender = Sender(Arc::clone(http));
        let mut finder;
        let transport: &mut dyn AnyTransport = match &mut config.transport {
            Some(own) => own.as_mut(),
            None => &mut sender,
        };
        let identities: &mut dyn AnyIdentities = match &mut config.identities {
            Some(own) => own.as_mut(),
            None => {
                finder = finder_for(http, config.auth, target);
                &mut finder
            }
        };
        let observer: &mut dyn Observer = match &mut config.observer {
            Some(own) => own.as_mut(),
            None => &mut (),
        };
        let driver = Driver::new(machine, transport, SystemClock::start());
        Ok(pollster::block_on(driver.identities(identities).observer(observer).run())?)
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
        transport: &mut impl Transport,
        identities: &mut impl Identities,
        clock: &mut impl Clock,
    ) -> Result<Outcome, SignalerError> {
        let Self { component, config, .. } = self;
        let machine = Delivery::prepare(component, config.limits, signal, target, &config.policy, seed())?;
        let observer: &mut (dyn Observer + Send) = match &mut config.observer {
            Some(own) => own.as_mut(),
            None => &mut (),
        };
        let driver = Driver::new(machine, transport, clock);
        Ok(driver.identities(identities).observer(observer).run().await?)
    }
}

/// The command's way to identities.
fn finder_for(http: &Arc<Client>, auth: Auth, target: &Target) -> Finder<Client, AwsChain> {
    let imds = Rc::new(Imds::from_environment(&variable, Arc::clone(http)));
    Finder::new(None, auth, imds, AwsChain::new(Arc::clone(http), ChainSettings::of(target)))
}
