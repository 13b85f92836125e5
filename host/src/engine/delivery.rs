//! A delivery inside the component. What fails in there costs an instance, not the signal.

use cfn_signal_core::delivery::{Event, Pause, Policy, PrepareError, Signal, Step, Target};
use wasmtime::component::ResourceAny;

use super::bindings::delivery::Delivery as Exports;
use super::bindings::delivery::exports::cfn::signal::delivery::Guest as DeliveryGuest;
use super::{CallError, Component, EngineError, GuestLimits, convert};

type Instance = super::Instance<Exports>;

/// Instances that one delivery may lose.
const SPARE: u32 = 3;

/// How long a fresh instance waits for its first try, in milliseconds, where so much is left: what was lost may have been sent, and a
/// machine sends no more than one request a second.
const BREATH: u32 = 1_000;

/// A delivery inside the component, in an instance of its own.
///
/// Where the instance fails in a step, the delivery goes on in a fresh one, which knows nothing of the tries before but how much of
/// the deadline they took: a few times, for what fails always will not do.
pub struct Delivery {
    guest: Guest,
    recipe: Recipe,
    spare: u32,
    /// What the host's clock showed at the first step.
    origin: Option<u64>,
    /// How the last guest was lost, until a fresh one begins.
    lost: Option<EngineError>,
}

/// What a delivery is prepared from.
struct Recipe {
    component: Component,
    limits: GuestLimits,
    signal: Signal,
    target: Target,
    policy: Policy,
    seed: u64,
}

/// The delivery as one instance has it.
struct Guest {
    instance: Instance,
    delivery: ResourceAny,
    /// What the host's clock showed at its first step.
    origin: Option<u64>,
}

impl Delivery {
    /// Prepares a delivery in an instance of `component`, within `limits`:
    /// [`cfn_signal_core::delivery::Delivery::prepare`] inside the component.
    ///
    /// # Errors
    ///
    /// When the signal or its target is not what CloudFormation takes, or the component could not be run.
    pub fn prepare(
        component: &Component,
        limits: GuestLimits,
        signal: &Signal,
        target: &Target,
        policy: &Policy,
        seed: u64,
    ) -> Result<Self, CallError<PrepareError>> {
        let recipe = Recipe {
            component: component.clone(),
            limits,
            signal: signal.clone(),
            target: target.clone(),
            policy: *policy,
            seed,
        };
        let guest = recipe.prepare(policy)?;
        Ok(Self { guest, recipe, spare: SPARE, origin: None, lost: None })
    }

    /// Whether an interpreter runs it, because this machine refuses memory that can be executed, or as much of it as is reserved.
    #[must_use]
    pub fn is_interpreted(&self) -> bool {
        self.recipe.component.engine().is_pulley()
    }

    /// What to do, after `event`: [`cfn_signal_core::delivery::Delivery::next`] inside the component. `now` in Unix
    /// milliseconds, `elapsed` in milliseconds since any moment before the start.
    ///
    /// # Errors
    ///
    /// When the component could not be run to the end of the call, nor a fresh instance of it; the delivery is of no use then.
    pub fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        let origin = *self.origin.get_or_insert(elapsed);
        let result = match self.lost.take() {
            Some(lost) => self.begin(lost, now, elapsed),
            None => self.guest.next(event, now, elapsed),
        };
        match result {
            Err(error) if error.costs_an_instance() => self.lose(error, elapsed.saturating_sub(origin)),
            result => result,
        }
    }

    /// Waits for a while, and for a fresh instance to go on then; `passed` milliseconds after the first step.
    fn lose(&mut self, failed: EngineError, passed: u64) -> Result<Step, EngineError> {
        if self.spare == 0 {
            return Err(failed);
        }
        self.spare -= 1;
        let remaining = self.recipe.left(passed);
        let pause = Pause::new(BREATH.min(remaining / 2), remaining, failed.to_string());
        self.lost = Some(failed);
        Ok(Step::Wait(pause))
    }

    fn begin(&mut self, lost: EngineError, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        tracing::warn!(error = %lost, "a fresh instance of the component goes on");
        let passed = elapsed.saturating_sub(self.origin.unwrap_or(elapsed));
        let spent = u32::try_from(passed).unwrap_or(u32::MAX);
        let policy = self.recipe.policy;
        let policy = policy.with_spent(policy.spent.saturating_add(spent));
        self.guest = self.recipe.prepare(&policy).map_err(|error| match error {
            CallError::Engine(error) => error,
            // It was taken before.
            CallError::Refused(_) => lost,
        })?;
        self.guest.next(Event::Start, now, elapsed)
    }
}

impl Recipe {
    /// What is left of the deadline, `elapsed` milliseconds after the first step.
    fn left(&self, elapsed: u64) -> u32 {
        let spent = u64::from(self.policy.spent).saturating_add(elapsed);
        u32::try_from(u64::from(self.policy.deadline).saturating_sub(spent)).unwrap_or_default()
    }

    fn prepare(&self, policy: &Policy) -> Result<Guest, CallError<PrepareError>> {
        let mut instance = Instance::new(&self.component, self.limits, |store, code, linker| {
            Exports::instantiate(store, code, linker)
        })?;
        let options = options(&mut instance, &self.target, policy)?;
        let (signal, target) = (convert::signal(&self.signal), convert::target(&self.target));
        let prepared = instance.call("prepare", |store, exports| {
            let guest = delivery(exports).signal_delivery();
            guest.call_prepare(store, &signal, &target, Some(options), self.seed)
        })?;
        instance.drop_resource(options);
        match prepared {
            Ok(delivery) => Ok(Guest { instance, delivery, origin: None }),
            Err(error) => Err(CallError::Refused(convert::prepare_error(error))),
        }
    }
}

impl Guest {
    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, EngineError> {
        let event = convert::event(event).ok_or(EngineError::UnknownEvent)?;
        // 32 bits of milliseconds are 49 days: enough for a delivery, not for a clock that counts from the machine's start.
        let elapsed = elapsed.saturating_sub(*self.origin.get_or_insert(elapsed));
        let elapsed = u32::try_from(elapsed).unwrap_or(u32::MAX);
        let resource = self.delivery;
        self.instance
            .call("next", |store, exports| {
                delivery(exports).signal_delivery().call_next(store, resource, &event, now, elapsed)
            })
            .map(convert::step)
    }
}

/// The guest's own of `policy`, and of what `target` says of its endpoint.
fn options(instance: &mut Instance, target: &Target, policy: &Policy) -> Result<ResourceAny, EngineError> {
    instance.call("[constructor]delivery-options", |store, exports| {
        let guest = delivery(exports).delivery_options();
        let made = guest.call_constructor(&mut *store)?;
        guest.call_set_max_attempts(&mut *store, made, policy.max_attempts)?;
        guest.call_set_deadline(&mut *store, made, policy.deadline)?;
        guest.call_set_spent(&mut *store, made, policy.spent)?;
        guest.call_set_attempt_timeout(&mut *store, made, policy.attempt_timeout)?;
        guest.call_set_connect_timeout(&mut *store, made, policy.connect_timeout)?;
        guest.call_set_base_delay(&mut *store, made, policy.base_delay)?;
        guest.call_set_max_delay(&mut *store, made, policy.max_delay)?;
        if let Target::Resource(resource) = target {
            let variant = convert::endpoint_variant(resource.endpoint_variant);
            guest.call_set_endpoint_variant(&mut *store, made, variant)?;
            if let Some(url) = &resource.endpoint_url {
                guest.call_set_endpoint_url(&mut *store, made, url)?;
            }
        }
        Ok(made)
    })
}

fn delivery(exports: &Exports) -> &DeliveryGuest {
    exports.cfn_signal_delivery()
}
