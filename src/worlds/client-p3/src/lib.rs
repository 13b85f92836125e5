//! The `client-p3` world: what `signer` has, and `signaler` for hosts that have wasi:http 0.3. It can be awaited, and cancelled:
//! what is awaited meanwhile is given up with it.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

mod clock;
#[path = "../../common/convert.rs"]
mod convert;
#[path = "../../common/exports.rs"]
mod exports;
mod http;
#[path = "../../common/http_terms.rs"]
mod http_terms;
mod race;
#[path = "../../common/runtime.rs"]
mod runtime;

use alloc::borrow::ToOwned as _;
use core::convert::Infallible;

use cfn_signal_core::deliver::{Driver, Fault, Identities, SendError, Transport};
use cfn_signal_core::delivery::{Attempt, CredentialsError, IdentityRequest};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::Identity;

use bindings::cfn::signal_p3::credentials;
use bindings::exports::cfn::signal::delivery;
use bindings::exports::cfn::signal_p3::signaler;
use clock::{WasiClock, pass};
use exports::{Component, Options};
use race::{Winner, race};

#[expect(unsafe_code, reason = "the canonical ABI is generated")]
mod bindings {
    wit_bindgen::generate!({
        world: "cfn:signal-p3/client-p3",
        path: ["../../../wit", "../../../wit/p3"],
        generate_all,
    });

    use crate::exports::Component;
    export!(Component);
}

/// The version that is asked for, of those that `wit` has.
mod wasi {
    pub(crate) use crate::bindings::wasi::{clocks0_3_0 as clocks, http0_3_0 as http, random0_3_0 as random};
}

impl signaler::Guest for Component {
    async fn deliver(
        signal: delivery::Signal,
        target: delivery::Target,
        options: Option<delivery::DeliveryOptions>,
    ) -> Result<delivery::Outcome, delivery::DeliverError> {
        let options = options.as_ref().map(|options| options.get::<Options>());
        let seed = wasi::random::random::get_random_u64();
        let machine = exports::prepare(signal, target, options, seed)
            .map_err(|error| delivery::DeliverError::Prepare(error.into()))?;
        let driver = Driver::new(machine, Http, WasiClock::start()).identities(Host);
        driver.run().await.map(Into::into).map_err(|fault: Fault<Infallible>| match fault {
            Fault::Machine(never) => match never {},
            Fault::Misconfigured(why) => delivery::DeliverError::Misconfigured(why),
            _ => delivery::DeliverError::Other(None),
        })
    }
}

/// Sends over wasi:http.
struct Http;

impl Transport for Http {
    async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
        http::send(attempt).await
    }
}

/// Asks the host whom to sign as.
struct Host;

impl Identities for Host {
    /// A host that takes too long is given up, and asked again if there is time.
    async fn identity(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        match race(credentials::get(request.into()), pass(request.timeout)).await {
            Winner::First(found) => found.map(Into::into).map_err(Into::into),
            Winner::Second(()) => {
                Err(CredentialsError::Temporary("the host’s credentials gave no answer in time".to_owned()))
            }
        }
    }
}
