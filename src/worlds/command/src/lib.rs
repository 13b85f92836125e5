//! The `command` world: the command line of `cfn-signal` for any host of `wasi:cli` that has wasi:http.

#![cfg(target_family = "wasm")]

extern crate alloc;
// Where the shared code looks for it.
extern crate wasi;

#[path = "../../common/http_terms.rs"]
mod http_terms;
mod log;
#[path = "../../common/wasi_http.rs"]
mod wasi_http;

use std::convert::Infallible;
use std::env::args_os;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_command_line::{self as command_line, Format, Options, Platform, Unprepared, definition};
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::{Delivery, Policy, Signal, Target};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::environment_chain::EnvironmentChain;
use cfn_signal_instance::http::{Http, RequestLimits};
use cfn_signal_instance::imds::Imds;
use cfn_signal_instance::seed;

/// As `cfn-signal --help` writes it, for the options that a component can keep. A test of the native command keeps it so.
const HELP: &str = include_str!("help.txt");

#[cfg(feature = "exit-with-code")]
const STATUS: &str = definition::OWN_CODES;
#[cfg(not(feature = "exit-with-code"))]
const STATUS: &str = definition::SUCCESS_OR_FAILURE;

struct Program;

wasi::cli::command::export!(Program);

impl wasi::exports::cli::run::Guest for Program {
    fn run() -> Result<(), ()> {
        let mut arguments = args_os().skip(1).peekable();
        let part = definition::NATIVE_PARTS
            .into_iter()
            .find(|part| arguments.peek().is_some_and(|first| first == part));
        let code = match part {
            Some(part) => command_line::usage_error(
                &format!(
                    "{part} takes a machine of its own, which a component has not: it needs the native cfn-signal"
                ),
                false,
            ),
            None => command_line::main(&mut Wasi, arguments),
        };
        match code {
            0 => Ok(()),
            code => fail(code),
        }
    }
}

#[cfg(feature = "exit-with-code")]
fn fail(code: u8) -> Result<(), ()> {
    wasi::cli::exit::exit_with_code(code);
    Err(())
}

#[cfg(not(feature = "exit-with-code"))]
fn fail(_: u8) -> Result<(), ()> {
    Err(())
}

/// A component's host.
struct Wasi;

impl Platform for Wasi {
    type Http = WasiHttp;
    type Chain = EnvironmentChain<WasiHttp>;
    type Machine = Delivery;
    type Error = Infallible;

    /// A component's size counts.
    const ASKS_EC2: bool = false;

    fn help(&self) -> String {
        [HELP, "\n", STATUS, "\n"].concat()
    }

    fn review(&self, options: &Options) -> Result<Vec<String>, String> {
        let proxy = options.http_proxy.is_some() || options.https_proxy.is_some();
        for (given, option, whose) in [
            (proxy, "--http-proxy and --https-proxy", "the way to the network"),
            (options.ca_bundle.is_some(), "--ca-bundle", "TLS and whom it trusts"),
        ] {
            if given {
                return Err(format!(
                    "Error: {option} cannot be kept here: {whose} is the matter of the host that runs this component"
                ));
            }
        }
        let mut notes = Vec::new();
        if options.credential_file.is_some() && options.handle.is_none() {
            notes.push(
                "WASI shows no file's mode: that nobody else may read --credential-file is not checked"
                    .to_owned(),
            );
        }
        Ok(notes)
    }

    fn listen(&self, format: Format, verbosity: u8) {
        log::begin(format, verbosity);
    }

    fn http(&self, _: &Options) -> WasiHttp {
        WasiHttp
    }

    fn chain(&self, _: &Arc<WasiHttp>, imds: &Rc<Imds<WasiHttp>>, _: &Target) -> Self::Chain {
        EnvironmentChain::new(variable, Rc::clone(imds))
    }

    /// A component does not know where it runs.
    fn host_name(&self) -> Option<String> {
        None
    }

    fn about_missing_file(&self, path: &str) -> Option<String> {
        let folder =
            path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
        Some(format!("a component sees the folders that its host opens: wasmtime run --dir {folder} …"))
    }

    fn machine(
        &self,
        signal: &Signal,
        target: &Target,
        policy: &Policy,
    ) -> Result<Delivery, Unprepared<Infallible>> {
        Delivery::prepare(signal.clone(), target.clone(), *policy, seed()).map_err(Unprepared::Refused)
    }
}

/// The host's HTTP client, whose ways to the network are its own.
#[derive(Debug)]
struct WasiHttp;

impl Http for WasiHttp {
    fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        wasi_http::send(request, milliseconds(limits.connect), milliseconds(limits.total), true)
    }

    fn deliver(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        wasi_http::send(request, milliseconds(limits.connect), milliseconds(limits.total), false)
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
