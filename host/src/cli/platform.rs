//! What the command line runs on.

use std::rc::Rc;
use std::sync::Arc;

use cfn_signal_command_line::definition::Group;
use cfn_signal_command_line::{Format, Hardware, Options, Platform, Unprepared};
use cfn_signal_core::secret::Secret;
use cfn_signal_instance::environment::variable;
use cfn_signal_instance::seed;
use clap_complete::Shell;

use super::journal::Journal;
use super::{arm, definition, gates, hardware, host_name, log, manual};
use crate::credentials::{AwsChain, ChainSettings};
use crate::engine::{CallError, Component, Delivery, EngineError, GuestLimits};
use crate::http::{Client, HttpSettings, Proxies, RootsSource};
use crate::imds::Imds;
use crate::{OutcomeKind, Policy, Signal, Target};

/// This machine, and what its own options say.
#[derive(Debug, Default)]
pub(super) struct Native {
    /// A component to run in place of the embedded one.
    #[cfg(feature = "jit")]
    component: Option<String>,
    /// Of the signal that it sends; without one nothing is written down.
    journal: Option<Journal>,
}

impl Native {
    /// With a journal.
    pub(super) fn with(journal: Journal) -> Self {
        Self {
            #[cfg(feature = "jit")]
            component: None,
            journal: Some(journal),
        }
    }
}

impl Platform for Native {
    type Http = Client;
    type Chain = AwsChain;
    type Machine = Delivery;
    type Error = EngineError;

    fn options(&self) -> Vec<&'static Group> {
        definition::options()
    }

    fn help(&self) -> String {
        definition::native().render_help().to_string()
    }

    fn settle(&mut self, options: &Options) -> Option<String> {
        #[cfg(feature = "jit")]
        {
            self.component = options.component.clone();
        }
        // What is no shell was refused with the line.
        if let Some(shell) = options.completions.as_ref().and_then(|name| name.parse::<Shell>().ok()) {
            let (mut command, mut script) = (definition::complete(), Vec::new());
            clap_complete::generate(shell, &mut command, "cfn-signal", &mut script);
            return Some(String::from_utf8_lossy(&script).into_owned());
        }
        options.manual.then(|| manual::page(&definition::native()))
    }

    fn review(&self, options: &Options) -> Result<Vec<String>, String> {
        gates::read(options).map(|_| Vec::new())
    }

    fn await_gates(&self, options: &Options) -> Result<(), String> {
        gates::wait(options, &gates::Prober { client: &self.http(options) })
    }

    fn prepared(&self, options: &Options) {
        if let Some(journal) = &self.journal {
            journal.prepared(options);
        }
    }

    fn sending(&self, signal: &Signal, target: &Target) {
        if let Some(journal) = &self.journal {
            journal.sending(signal, target);
        }
    }

    fn concluded(&self, options: &Options, signal: &Signal, target: &Target, kind: OutcomeKind) {
        let typed = self.journal.as_ref().map(|journal| journal.concluded(options, signal, target, kind));
        if matches!(kind, OutcomeKind::Delivered | OutcomeKind::AlreadySignalled) {
            arm::signalled(typed.as_ref().unwrap_or(options), signal, target);
        }
    }

    fn listen(&self, format: Format, verbosity: u8) {
        log::begin(format, verbosity);
    }

    fn http(&self, options: &Options) -> Client {
        let proxies = if options.no_proxy {
            Proxies::default()
        } else {
            let [http, https] =
                [&options.http_proxy, &options.https_proxy].map(|proxy| proxy.as_ref().map(Secret::expose));
            Proxies::new(http, https, &variable)
        };
        Client::new(HttpSettings {
            proxies,
            roots: RootsSource::new(options.ca_bundle.as_deref(), &variable),
        })
    }

    fn chain(&self, http: &Arc<Client>, _: &Rc<Imds<Client>>, target: &Target) -> AwsChain {
        AwsChain::new(Arc::clone(http), ChainSettings::of(target))
    }

    fn hardware(&self) -> Hardware {
        hardware::of_this_machine()
    }

    fn host_name(&self) -> Option<String> {
        host_name::full()
    }

    fn machine(
        &self,
        signal: &Signal,
        target: &Target,
        policy: &Policy,
    ) -> Result<Delivery, Unprepared<EngineError>> {
        let component = self.component().map_err(Unprepared::Machine)?;
        let prepared = Delivery::prepare(&component, GuestLimits::default(), signal, target, policy, seed());
        prepared.map_err(|error| match error {
            CallError::Refused(why) => Unprepared::Refused(why),
            CallError::Engine(error) => Unprepared::Machine(error),
        })
    }
}

impl Native {
    /// The component: the embedded one, or the one that `--component` names.
    fn component(&self) -> Result<Component, EngineError> {
        #[cfg(feature = "jit")]
        if let Some(path) = &self.component {
            return Component::read(path);
        }
        Component::embedded()
    }
}
