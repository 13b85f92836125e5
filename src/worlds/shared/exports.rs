//! What every world exports: `sigv4` and `delivery`.

use core::cell::RefCell;

use atomic_refcell::AtomicRefCell;

use super::bindings::exports::cfn::signal::{delivery, sigv4};
use cfn_signal_core::sigv4::SigningKeys;
use cfn_signal_core::{delivery as core_delivery, sigv4 as core_sigv4};

/// The component.
pub(super) struct Component;

/// Derived signing keys outlive a call: a component is one thread, and its memory is its host's to discard.
static SIGNING_KEYS: AtomicRefCell<SigningKeys> = AtomicRefCell::new(SigningKeys::new());

impl sigv4::Guest for Component {
    fn default_settings() -> sigv4::Settings {
        core_sigv4::Settings::default().into()
    }

    fn sign(
        request: sigv4::Request,
        key: sigv4::AccessKey,
        scope: sigv4::Scope,
        settings: sigv4::Settings,
    ) -> Result<sigv4::Signed, sigv4::SignError> {
        let key = key.into();
        let request = core_sigv4::Request {
            method: &request.method,
            uri: &request.uri,
            headers: &request.headers,
            payload: (&request.payload).into(),
        };
        let scope =
            core_sigv4::Scope { region: &scope.region, service: &scope.service, signed_at: scope.signed_at };
        core_sigv4::sign(&request, &key, &scope, &settings.into(), &mut SIGNING_KEYS.borrow_mut())
            .map(Into::into)
            .map_err(Into::into)
    }
}

impl delivery::Guest for Component {
    type Delivery = RefCell<core_delivery::Delivery>;

    fn default_policy() -> delivery::Policy {
        core_delivery::Policy::default().into()
    }
}

impl delivery::GuestDelivery for RefCell<core_delivery::Delivery> {
    fn prepare(
        signal: delivery::Signal,
        target: delivery::Target,
        policy: delivery::Policy,
        seed: u64,
    ) -> Result<delivery::Delivery, delivery::Invalid> {
        core_delivery::Delivery::prepare(signal.into(), target.into(), policy.into(), seed)
            .map(|delivery| delivery::Delivery::new(RefCell::new(delivery)))
            .map_err(Into::into)
    }

    fn next(&self, event: delivery::Event, now: u64, elapsed: u64) -> delivery::Step {
        self.borrow_mut().next(event.into(), now, elapsed).into()
    }
}
