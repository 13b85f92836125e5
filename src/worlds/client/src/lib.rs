//! The `client` world: what `signer` has, and `signaler` for hosts that have wasi:http.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

#[path = "../../shared/convert.rs"]
mod convert;
#[path = "../../shared/exports.rs"]
mod exports;
#[path = "../../shared/runtime.rs"]
mod runtime;
mod wasi_clock;
#[path = "../../shared/wasi_http.rs"]
mod wasi_http;

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::convert::Infallible;
use core::time::Duration;

use wasi::random::random::get_random_u64;

use cfn_signal_core::deliver::{Fault, Identities, LONGEST_CONNECT, Parties, SendError, Transport, deliver};
use cfn_signal_core::delivery::{Delivery, Freshness, Policy};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::Identity;
use exports::Component;
use wasi_clock::WasiClock;

#[expect(unsafe_code, reason = "the canonical ABI is generated")]
mod bindings {
    wit_bindgen::generate!({
        world: "client",
        path: "../../../wit",
        with: {
            "wasi:clocks/monotonic-clock@0.2.12": wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": wasi::clocks::wall_clock,
            "wasi:http/outgoing-handler@0.2.12": wasi::http::outgoing_handler,
            "wasi:http/types@0.2.12": wasi::http::types,
            "wasi:io/error@0.2.12": wasi::io::error,
            "wasi:io/poll@0.2.12": wasi::io::poll,
            "wasi:io/streams@0.2.12": wasi::io::streams,
            "wasi:random/random@0.2.12": wasi::random::random,
        },
    });

    use crate::exports::Component;
    export!(Component);
}

use bindings::cfn::signal::credentials::{self, CredentialsError};
use bindings::exports::cfn::signal::{delivery, signaler};

impl signaler::Guest for Component {
    fn deliver(
        signal: signaler::Signal,
        target: signaler::Target,
        policy: signaler::Policy,
    ) -> Result<signaler::Outcome, signaler::Invalid> {
        let policy = Policy::from(policy);
        let mut machine = Delivery::prepare(signal.into(), target.into(), policy, get_random_u64())?;
        let mut parties = Parties {
            machine: &mut machine,
            transport: &mut Http,
            identities: &mut Host,
            clock: &mut WasiClock::start(),
            observer: &mut (),
        };
        deliver(&mut parties, policy.deadline).map(Into::into).map_err(|fault: Fault<Infallible>| match fault
        {
            Fault::Machine(never) => match never {},
            Fault::Misconfigured(why) => delivery::Invalid::Other(Some(why)),
            Fault::Withheld => delivery::Invalid::Other(None),
        })
    }
}

/// Sends over wasi:http.
struct Http;

impl Transport for Http {
    fn send(&mut self, request: &Request, timeout: Duration) -> Result<Response, SendError> {
        wasi_http::send(request, LONGEST_CONNECT, timeout)
    }
}

/// Asks the host whom to sign as.
struct Host;

impl Identities for Host {
    /// The host takes as long as it takes: a call of it cannot be given up.
    fn identity(&mut self, freshness: Freshness, _: Duration) -> Result<Identity, String> {
        credentials::get(freshness.into()).map(Into::into).map_err(|error| match error {
            CredentialsError::NotConfigured(why)
            | CredentialsError::Invalid(why)
            | CredentialsError::Unreachable(why)
            | CredentialsError::Other(Some(why)) => why,
            CredentialsError::Other(None) => "the host gives none".to_owned(),
        })
    }
}
