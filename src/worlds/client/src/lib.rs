//! The `client` world: what `signer` has, and `signaler` for hosts that have wasi:http.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

#[path = "../../common/convert.rs"]
mod convert;
#[path = "../../common/exports.rs"]
mod exports;
#[path = "../../common/http_terms.rs"]
mod http_terms;
#[path = "../../common/runtime.rs"]
mod runtime;
mod wasi_clock;
#[path = "../../common/wasi_http.rs"]
mod wasi_http;

use core::convert::Infallible;
use core::future::{Future, ready};

use cfn_signal_core::deliver::{Driver, Fault, Identities, SendError, Transport};
use cfn_signal_core::delivery::{Attempt, CredentialsError, IdentityRequest};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::Identity;

use bindings::cfn::signal::credentials;
use bindings::exports::cfn::signal::{delivery, signaler};
use exports::{Component, Options};
use wasi_clock::WasiClock;

#[expect(unsafe_code, reason = "the canonical ABI is generated")]
mod bindings {
    wit_bindgen::generate!({
        world: "client",
        path: "../../../wit",
        generate_all,
    });

    use crate::exports::Component;
    export!(Component);
}

/// The version that is asked for, of those that `wit/deps` has.
mod wasi {
    pub(crate) use crate::bindings::wasi::{
        clocks0_2_0 as clocks, http0_2_0 as http, io0_2_0 as io, random0_2_0 as random,
    };
}

impl signaler::Guest for Component {
    fn deliver(
        signal: delivery::Signal,
        target: delivery::Target,
        options: Option<delivery::DeliveryOptionsBorrow<'_>>,
    ) -> Result<delivery::Outcome, delivery::DeliverError> {
        let options = options.as_ref().map(|options| options.get::<Options>());
        let seed = wasi::random::random::get_random_u64();
        let machine = exports::prepare(signal, target, options, seed)
            .map_err(|error| delivery::DeliverError::Prepare(error.into()))?;
        Driver::new(machine, Http, WasiClock::start())
            .identities(Host)
            .run_blocking()
            .map(Into::into)
            .map_err(|fault: Fault<Infallible>| match fault {
                Fault::Machine(never) => match never {},
                Fault::Misconfigured(why) => delivery::DeliverError::Misconfigured(why),
                _ => delivery::DeliverError::Other(None),
            })
    }
}

/// Sends over wasi:http.
struct Http;

impl Transport for Http {
    fn send(&mut self, attempt: &Attempt) -> impl Future<Output = Result<Response, SendError>> {
        ready(wasi_http::send(&attempt.request, attempt.connect_timeout, attempt.timeout, false))
    }
}

/// Asks the host whom to sign as.
struct Host;

impl Identities for Host {
    fn identity(
        &mut self,
        request: IdentityRequest,
    ) -> impl Future<Output = Result<Identity, CredentialsError>> {
        ready(credentials::get(request.into()).map(Into::into).map_err(Into::into))
    }
}
