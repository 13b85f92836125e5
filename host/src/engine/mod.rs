//! The component in wasmtime: loaded once, instantiated per use, called through the core's own types.

mod bindings;
mod component;
mod config;
mod convert;
mod error;
mod limits;

use cfn_signal_core::delivery::{Event, Policy, Signal, Step, Target};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::{Request, Scope, Settings, SignError};
use wasmtime::component::{Linker, ResourceAny};
use wasmtime::{Store, StoreLimits};

pub use component::Component;
pub use error::{EngineError, PrepareError};
pub use limits::Limits;

use bindings::exports::cfn::signal::delivery::Guest as DeliveryGuest;

/// An instance of the component. It shares nothing with other instances but the code.
pub struct Signer {
    store: Store<StoreLimits>,
    exports: bindings::Signer,
    limits: Limits,
}

/// A signature, as the component returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The headers to add.
    pub headers: Vec<cfn_signal_core::http::Header>,
    /// The URI to request.
    pub uri: String,
    /// Lower-case hex.
    pub signature: String,
    /// For diagnosis.
    pub canonical_request: String,
    /// For diagnosis.
    pub string_to_sign: String,
}

/// A delivery inside the component.
pub struct Delivery<'a> {
    signer: &'a mut Signer,
    resource: ResourceAny,
}

impl Signer {
    /// An instance of the embedded component, within the default limits.
    ///
    /// # Errors
    ///
    /// When the embedded code does not fit this machine.
    pub fn new() -> Result<Self, EngineError> {
        Self::with(&Component::embedded()?, Limits::default())
    }

    /// An instance of `component`, within `limits`. Nothing is linked to it: the `signer` world imports types only.
    ///
    /// # Errors
    ///
    /// When the component is not a `cfn:signal/signer`, or does not fit the limits.
    pub fn with(component: &Component, limits: Limits) -> Result<Self, EngineError> {
        let linker = Linker::new(component.engine());
        let mut store = Store::new(component.engine(), limits.store_limits());
        store.limiter(|limits| limits);
        store.set_fuel(limits.fuel).map_err(|error| EngineError::Instantiate(error.to_string()))?;
        let exports = bindings::Signer::instantiate(&mut store, component.code(), &linker)
            .map_err(|error| EngineError::Instantiate(format!("{error:#}")))?;
        Ok(Self { store, exports, limits })
    }

    /// Signs one request.
    ///
    /// # Errors
    ///
    /// The outer error when the component could not be run, the inner one when it refuses to sign.
    pub fn sign(
        &mut self,
        request: &Request<'_>,
        key: &AccessKey,
        scope: &Scope<'_>,
        settings: &Settings,
    ) -> Result<Result<Signed, SignError>, EngineError> {
        let (request, key) = (convert::request(request), convert::access_key(key));
        let (scope, settings) = (convert::scope(scope), convert::settings(settings));
        let guest = self.exports.cfn_signal_sigv4();
        refuel(&mut self.store, self.limits);
        guest
            .call_sign(&mut self.store, &request, &key, &scope, settings)
            .map(|result| result.map(convert::signed).map_err(convert::sign_error))
            .map_err(|error| EngineError::in_call("sign", self.limits.fuel, &error))
    }

    /// Prepares a delivery: [`cfn_signal_core::delivery::Delivery::prepare`] inside the component.
    ///
    /// # Errors
    ///
    /// When the signal or its target is not what CloudFormation takes, or the component could not be run.
    pub fn delivery(
        &mut self,
        signal: &Signal,
        target: &Target,
        policy: &Policy,
        seed: u64,
    ) -> Result<Delivery<'_>, PrepareError> {
        let (signal, target, policy) =
            (convert::signal(signal), convert::target(target), convert::policy(policy));
        refuel(&mut self.store, self.limits);
        let prepared = guest(&self.exports)
            .delivery()
            .call_prepare(&mut self.store, &signal, &target, policy, seed)
            .map_err(|error| EngineError::in_call("prepare", self.limits.fuel, &error))?;
        match prepared {
            Ok(resource) => Ok(Delivery { signer: self, resource }),
            Err(invalid) => Err(PrepareError::Invalid(convert::invalid(invalid))),
        }
    }
}

impl Delivery<'_> {
    /// What to do, after `event`: [`cfn_signal_core::delivery::Delivery::next`] inside the component.
    ///
    /// # Errors
    ///
    /// When the component could not be run to the end of the call; the delivery is of no use then.
    pub fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        let event = convert::event(event);
        let Signer { store, exports, limits } = self.signer;
        refuel(store, *limits);
        guest(exports)
            .delivery()
            .call_next(&mut *store, self.resource, &event, now, elapsed)
            .map(convert::step)
            .map_err(|error| EngineError::in_call("next", limits.fuel, &error))
    }
}

impl Drop for Delivery<'_> {
    fn drop(&mut self) {
        refuel(&mut self.signer.store, self.signer.limits);
        // Fails only in a guest that has trapped before, and then there is nothing left to free.
        let _ = self.resource.resource_drop(&mut self.signer.store);
    }
}

fn guest(exports: &bindings::Signer) -> &DeliveryGuest {
    exports.cfn_signal_delivery()
}

/// Each call starts with a full tank. Setting it fails only where fuel is off, and [`config`] turns it on.
fn refuel(store: &mut Store<StoreLimits>, limits: Limits) {
    let _ = store.set_fuel(limits.fuel);
}
