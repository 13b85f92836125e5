//! What differs between the ways to run the command line.

use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use super::definition::{GROUPS, Group};
use super::options::Options;
use super::voice::Format;
use cfn_signal_core::deliver::Machine;
use cfn_signal_core::delivery::{OutcomeKind, Policy, PrepareError, Signal, Target};
use cfn_signal_instance::finder::Chain;
use cfn_signal_instance::http::Http;
use cfn_signal_instance::imds::Imds;

/// What the command line runs on: a machine of its own, or a component's host.
pub trait Platform {
    /// Who sends.
    type Http: Http;
    /// Where keys are looked for.
    type Chain: Chain;
    /// What decides.
    type Machine: Machine<Error = Self::Error>;
    /// How it can fail.
    type Error: Error + 'static;

    /// Whether EC2 may be asked for tags that the instance's metadata does not offer.
    const ASKS_EC2: bool = true;

    /// The options, with what this platform adds to [`GROUPS`].
    fn options(&self) -> Vec<&'static Group> {
        GROUPS.to_vec()
    }

    /// The help, to be printed as it is.
    fn help(&self) -> String;

    /// Takes the options that are this platform's own. Where one asks for a text in place of a signal, returns it.
    fn settle(&mut self, options: &Options) -> Option<String> {
        let _ = options;
        None
    }

    /// Whether an option that is given can be kept here, and what has to be said of it.
    ///
    /// # Errors
    ///
    /// The line to refuse with.
    fn review(&self, options: &Options) -> Result<Vec<String>, String> {
        let _ = options;
        Ok(Vec::new())
    }

    /// Waits for what has to hold before a success is one.
    ///
    /// # Errors
    ///
    /// What did not hold: the reason of a failure, which is signalled in place of the success.
    fn await_gates(&self, options: &Options) -> Result<(), String> {
        let _ = options;
        Ok(())
    }

    /// Takes note that a signal is to be sent as `options` say: nothing has left yet. Said again where a gate has made it a failure.
    fn prepared(&self, options: &Options) {
        let _ = options;
    }

    /// Takes note that `signal` is about to leave for `target`, for the first time.
    fn sending(&self, signal: &Signal, target: &Target) {
        let _ = (signal, target);
    }

    /// Takes note of how the delivery of `signal` to `target` ended.
    fn concluded(&self, options: &Options, signal: &Signal, target: &Target, kind: OutcomeKind) {
        let _ = (options, signal, target, kind);
    }

    /// Begins to log, nothing of other crates: their events may hold what we would not say.
    fn listen(&self, format: Format, verbosity: u8);

    /// The HTTP client.
    fn http(&self, options: &Options) -> Self::Http;

    /// The chain of credentials for a signal to `target`.
    fn chain(&self, http: &Arc<Self::Http>, imds: &Rc<Imds<Self::Http>>, target: &Target) -> Self::Chain;

    /// What is known of the machine without its metadata.
    fn hardware(&self) -> Hardware {
        Hardware::Unknown
    }

    /// The host's name, for a unique id where there is no instance id.
    fn host_name(&self) -> Option<String>;

    /// What to do about a file that is not there.
    fn about_missing_file(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// Prepares a delivery.
    ///
    /// # Errors
    ///
    /// When it cannot be prepared.
    fn machine(
        &self,
        signal: &Signal,
        target: &Target,
        policy: &Policy,
    ) -> Result<Self::Machine, Unprepared<Self::Error>>;
}

/// What a machine's firmware and hypervisor say of it, without any network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hardware {
    /// Nothing that says EC2.
    #[default]
    Unknown,
    /// An EC2 instance's.
    Ec2,
    /// That of the EC2 instance with this id.
    Instance(String),
}

/// Why a delivery cannot be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unprepared<E> {
    /// The signal or its target is not what CloudFormation takes.
    Refused(PrepareError),
    /// The machine failed.
    Machine(E),
}
