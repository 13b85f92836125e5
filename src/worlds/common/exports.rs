//! What every world exports: `signing` and `delivery`.

use core::cell::RefCell;

use cfn_signal_core::delivery::{Delivery, Policy, PrepareError, ResourceTarget, Signal, Target};
use cfn_signal_core::endpoint::EndpointVariant;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{self, SigningKeys, SigningSettings};

use crate::bindings::cfn::sigv4::types::AccessKey;
use crate::bindings::exports::cfn::signal::delivery;
use crate::bindings::exports::cfn::sigv4::signing;

/// The component.
pub(crate) struct Component;

impl signing::Guest for Component {
    type SigningSettings = Settings;
    type Signer = Signer;

    fn explain(
        request: signing::Request,
        key: AccessKey,
        scope: signing::Scope,
        settings: Option<signing::SigningSettingsBorrow<'_>>,
    ) -> Result<signing::Explanation, signing::SignError> {
        let settings = Settings::of(settings.as_ref());
        sigv4::explain(&(&request).into(), &key.into(), &(&scope).into(), &settings)
            .map(Into::into)
            .map_err(Into::into)
    }
}

/// The resource `signer`: the keys that it has derived are its own.
pub(crate) struct Signer(RefCell<SigningKeys>);

impl signing::GuestSigner for Signer {
    fn new() -> Self {
        Self(RefCell::new(SigningKeys::new()))
    }

    fn sign(
        &self,
        request: signing::Request,
        key: AccessKey,
        scope: signing::Scope,
        settings: Option<signing::SigningSettingsBorrow<'_>>,
    ) -> Result<signing::SigningInstructions, signing::SignError> {
        let settings = Settings::of(settings.as_ref());
        let keys = &mut self.0.borrow_mut();
        sigv4::sign(&(&request).into(), &key.into(), &(&scope).into(), &settings, keys)
            .map(Into::into)
            .map_err(Into::into)
    }
}

/// The resource `signing-settings`.
pub(crate) struct Settings(RefCell<SigningSettings>);

impl Settings {
    fn of(given: Option<&signing::SigningSettingsBorrow<'_>>) -> SigningSettings {
        given.map_or_else(SigningSettings::default, |settings| settings.get::<Self>().0.borrow().clone())
    }
}

impl signing::GuestSigningSettings for Settings {
    fn new() -> Self {
        Self(RefCell::new(SigningSettings::default()))
    }

    fn s3() -> signing::SigningSettings {
        signing::SigningSettings::new(Self(RefCell::new(SigningSettings::s3())))
    }

    fn set_placement(&self, placement: signing::Placement) {
        self.0.borrow_mut().placement = placement.into();
    }

    fn set_path_encoding(&self, encoding: signing::PathEncoding) {
        self.0.borrow_mut().path_encoding = encoding.into();
    }

    fn set_path_normalization(&self, normalization: signing::PathNormalization) {
        self.0.borrow_mut().path_normalization = normalization.into();
    }

    fn set_content_sha256_header(&self, header: signing::ContentSha256Header) {
        self.0.borrow_mut().content_sha256_header = header.into();
    }

    fn set_session_token(&self, token: signing::SessionToken) {
        self.0.borrow_mut().session_token = token.into();
    }
}

impl delivery::Guest for Component {
    type DeliveryOptions = Options;
    type SignalDelivery = RefCell<Delivery>;
}

/// The resource `delivery-options`.
#[derive(Default)]
pub(crate) struct Options(RefCell<Choices>);

/// What is chosen by it.
#[derive(Clone, Default)]
struct Choices {
    policy: Policy,
    variant: EndpointVariant,
    url: Option<alloc::string::String>,
}

impl delivery::GuestDeliveryOptions for Options {
    fn new() -> Self {
        Self::default()
    }

    fn set_deadline(&self, deadline: u32) {
        self.0.borrow_mut().policy.deadline = deadline;
    }

    fn set_spent(&self, spent: u32) {
        self.0.borrow_mut().policy.spent = spent;
    }

    fn set_max_attempts(&self, attempts: u32) {
        self.0.borrow_mut().policy.max_attempts = attempts;
    }

    fn set_attempt_timeout(&self, timeout: u32) {
        self.0.borrow_mut().policy.attempt_timeout = timeout;
    }

    fn set_connect_timeout(&self, timeout: u32) {
        self.0.borrow_mut().policy.connect_timeout = timeout;
    }

    fn set_base_delay(&self, delay: u32) {
        self.0.borrow_mut().policy.base_delay = delay;
    }

    fn set_max_delay(&self, delay: u32) {
        self.0.borrow_mut().policy.max_delay = delay;
    }

    fn set_endpoint_variant(&self, variant: delivery::EndpointVariant) {
        self.0.borrow_mut().variant = variant.into();
    }

    fn set_endpoint_url(&self, url: alloc::string::String) {
        self.0.borrow_mut().url = Some(url);
    }
}

/// A delivery of `signal` to `target`, as `options` say.
pub(crate) fn prepare(
    signal: delivery::Signal,
    target: delivery::Target,
    options: Option<&Options>,
    seed: u64,
) -> Result<Delivery, PrepareError> {
    let Choices { policy, variant, url } =
        options.map(|options| options.0.borrow().clone()).unwrap_or_default();
    let target = match target {
        delivery::Target::StackResource(resource) => {
            let mut target = ResourceTarget::new(resource.stack, resource.logical_id, resource.region)
                .with_endpoint_variant(variant);
            target.endpoint_url = url;
            Target::Resource(target)
        }
        delivery::Target::WaitHandle(url) => Target::WaitHandle(Secret::new(url)),
    };
    Delivery::prepare(Signal::from(signal), target, policy, seed)
}

impl delivery::GuestSignalDelivery for RefCell<Delivery> {
    fn prepare(
        signal: delivery::Signal,
        target: delivery::Target,
        options: Option<delivery::DeliveryOptionsBorrow<'_>>,
        seed: u64,
    ) -> Result<delivery::SignalDelivery, delivery::PrepareError> {
        prepare(signal, target, options.as_ref().map(|options| options.get::<Options>()), seed)
            .map(|delivery| delivery::SignalDelivery::new(Self::new(delivery)))
            .map_err(Into::into)
    }

    fn next(&self, event: delivery::Event, now: u64, elapsed: u32) -> delivery::Step {
        self.borrow_mut().next(event.into(), now, elapsed.into()).into()
    }
}
