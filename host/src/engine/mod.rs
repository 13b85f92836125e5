//! The component in wasmtime: loaded once, instantiated per use, called through the core's own types.

mod bindings;
mod component;
mod config;
mod convert;
mod delivery;
mod error;
mod limits;
#[cfg(linked_code)]
mod linked;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::{Explanation, Request, Scope, SignError, SigningInstructions, SigningSettings};
use wasmtime::component::{Component as Code, Linker, ResourceAny};
use wasmtime::{Store, StoreLimits};

pub use component::Component;
pub use delivery::Delivery;
pub use error::{CallError, EngineError};
pub use limits::GuestLimits;

use bindings::signing::Signing as Exports;
use bindings::signing::exports::cfn::sigv4::signing::Guest as SigningGuest;

/// An instance of the component, and of its exports those that are called. It shares nothing with other instances but the code.
struct Instance<Exports> {
    store: Store<StoreLimits>,
    exports: Exports,
    limits: GuestLimits,
}

/// Makes one.
type Instantiate<Exports> =
    fn(&mut Store<StoreLimits>, &Code, &Linker<StoreLimits>) -> wasmtime::Result<Exports>;

impl<Exports> Instance<Exports> {
    /// In the interpreter, where the machine refuses what machine code takes.
    fn new(
        component: &Component,
        limits: GuestLimits,
        instantiate: Instantiate<Exports>,
    ) -> Result<Self, EngineError> {
        let instance = component.room().and_then(|()| Self::of(component, limits, instantiate));
        instance.or_else(|refused| {
            let Some(slower) = component.to_interpreter() else { return Err(refused) };
            let instance = Self::of(&slower, limits, instantiate).map_err(|_| refused.clone())?;
            slower.tell_interpreted(&refused);
            Ok(instance)
        })
    }

    /// Nothing is linked to it: the `signer` world imports types only.
    fn of(
        component: &Component,
        limits: GuestLimits,
        instantiate: Instantiate<Exports>,
    ) -> Result<Self, EngineError> {
        let linker = Linker::new(component.engine());
        let mut store =
            Store::try_new(component.engine(), limits.store_limits()).map_err(EngineError::instantiate)?;
        store.limiter(|limits| limits);
        store.set_fuel(limits.fuel).map_err(EngineError::instantiate)?;
        let exports = instantiate(&mut store, component.code(), &linker).map_err(EngineError::instantiate)?;
        Ok(Self { store, exports, limits })
    }

    /// Calls the guest with a full tank.
    fn call<T>(
        &mut self,
        name: &'static str,
        call: impl FnOnce(&mut Store<StoreLimits>, &Exports) -> wasmtime::Result<T>,
    ) -> Result<T, EngineError> {
        refuel(&mut self.store, self.limits);
        call(&mut self.store, &self.exports)
            .map_err(|error| EngineError::in_call(name, self.limits.fuel, error))
    }

    /// Gives back what the guest keeps for `resource`.
    fn drop_resource(&mut self, resource: ResourceAny) {
        refuel(&mut self.store, self.limits);
        // Fails only in a guest that has trapped before, and then there is nothing left to free.
        let _ = resource.resource_drop(&mut self.store);
    }
}

/// Signs requests, inside the component. The keys that it derives stay there until it is dropped.
pub struct Signer {
    instance: Instance<Exports>,
    signer: ResourceAny,
    /// The settings that were used last, as the guest has them.
    settings: Option<(SigningSettings, ResourceAny)>,
}

impl Signer {
    /// A signer in the embedded component, within the default limits.
    ///
    /// # Errors
    ///
    /// When the embedded code does not fit this machine.
    pub fn new() -> Result<Self, EngineError> {
        Self::with(&Component::embedded()?, GuestLimits::default())
    }

    /// A signer in an instance of `component`, within `limits`.
    ///
    /// # Errors
    ///
    /// When the component is not of the world `cfn:signal/signer`, or does not fit the limits.
    pub fn with(component: &Component, limits: GuestLimits) -> Result<Self, EngineError> {
        let mut instance = Instance::new(component, limits, |store, code, linker| {
            Exports::instantiate(store, code, linker)
        })?;
        let signer = instance.call("[constructor]signer", |store, exports| {
            signing(exports).signer().call_constructor(store)
        })?;
        Ok(Self { instance, signer, settings: None })
    }

    /// Signs one request: [`cfn_signal_core::sigv4::sign`] inside the component.
    ///
    /// # Errors
    ///
    /// When the request cannot be signed as it is, or the component could not be run.
    pub fn sign(
        &mut self,
        request: &Request<'_>,
        key: &AccessKey,
        scope: &Scope<'_>,
        settings: &SigningSettings,
    ) -> Result<SigningInstructions, CallError<SignError>> {
        let settings = self.settings(settings)?;
        let headers = request.headers.iter().collect::<Vec<_>>();
        let request = convert::request(request, &headers);
        let (key, scope) = (convert::signing_key(key), convert::scope(scope));
        let signer = self.signer;
        let signed = self.instance.call("sign", |store, exports| {
            signing(exports).signer().call_sign(store, signer, request, key, scope, settings)
        })?;
        signed.map(convert::instructions).map_err(|error| CallError::Refused(convert::sign_error(error)))
    }

    /// What [`Self::sign`] would sign: [`cfn_signal_core::sigv4::explain`] inside the component.
    ///
    /// # Errors
    ///
    /// As [`Self::sign`].
    pub fn explain(
        &mut self,
        request: &Request<'_>,
        key: &AccessKey,
        scope: &Scope<'_>,
        settings: &SigningSettings,
    ) -> Result<Explanation, CallError<SignError>> {
        let settings = self.settings(settings)?;
        let headers = request.headers.iter().collect::<Vec<_>>();
        let request = convert::request(request, &headers);
        let (key, scope) = (convert::signing_key(key), convert::scope(scope));
        let explained = self.instance.call("explain", |store, exports| {
            signing(exports).call_explain(store, request, key, scope, settings)
        })?;
        explained.map(convert::explanation).map_err(|error| CallError::Refused(convert::sign_error(error)))
    }

    /// The guest's own of `settings`: none for the default.
    fn settings(&mut self, settings: &SigningSettings) -> Result<Option<ResourceAny>, EngineError> {
        if *settings == SigningSettings::default() {
            return Ok(None);
        }
        if let Some((known, resource)) = &self.settings {
            if known == settings {
                return Ok(Some(*resource));
            }
            let stale = *resource;
            self.settings = None;
            self.instance.drop_resource(stale);
        }
        let resource = self.instance.call("[constructor]signing-settings", |store, exports| {
            let guest = signing(exports).signing_settings();
            let made = guest.call_constructor(&mut *store)?;
            guest.call_set_placement(&mut *store, made, convert::placement(settings.placement))?;
            guest.call_set_path_encoding(
                &mut *store,
                made,
                convert::path_encoding(settings.path_encoding),
            )?;
            let normalization = convert::path_normalization(settings.path_normalization);
            guest.call_set_path_normalization(&mut *store, made, normalization)?;
            let header = convert::content_sha256_header(settings.content_sha256_header);
            guest.call_set_content_sha256_header(&mut *store, made, header)?;
            guest.call_set_session_token(
                &mut *store,
                made,
                convert::session_token(settings.session_token),
            )?;
            Ok(made)
        })?;
        self.settings = Some((settings.clone(), resource));
        Ok(Some(resource))
    }
}

fn signing(exports: &Exports) -> &SigningGuest {
    exports.cfn_sigv4_signing()
}

/// Each call starts with a full tank. Setting it fails only where fuel is off, and [`config`] turns it on.
fn refuel(store: &mut Store<StoreLimits>, limits: GuestLimits) {
    let _ = store.set_fuel(limits.fuel);
}
