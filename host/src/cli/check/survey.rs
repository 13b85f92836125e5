//! The checks, in an order in which later ones use what earlier ones found.

use std::time::{Duration, Instant};

use cfn_signal_command_line::{Look, Options, exit};
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::ResourceTarget;
use cfn_signal_core::delivery::describe::{self, Remark};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::Identity;
use cfn_signal_instance::clock::SystemClock;
use cfn_signal_instance::http::Http;

use super::finding::{self, Finding, Level};
use super::{api, identity, machine, network};
use crate::cli::platform::Native;
use crate::http::{RequestLimits, Route};

/// For one request.
const LONGEST: Duration = Duration::from_secs(5);

/// What is looked at, and what has been found so far.
pub(super) struct Survey<'a> {
    /// This machine.
    pub platform: &'a Native,
    /// What was typed.
    pub options: &'a Options,
    /// Whoever looks.
    pub look: &'a Look<'a, Native>,
    end: Instant,
    findings: Vec<Finding>,
    /// Whether standard output has taken all that was written to it.
    told: bool,
    /// The instance's id, by its metadata.
    pub instance: Option<String>,
    /// Where a signal would go; stack and logical id are empty where none is named.
    pub target: ResourceTarget,
    /// The unique id.
    pub id: Option<String>,
    /// Why the API does not answer, if so.
    pub unreachable: Option<SendError>,
    /// AWS's clock minus this machine's, in milliseconds, where AWS has answered.
    pub skew: Option<i64>,
    /// Whom a signal would be signed as.
    pub identity: Option<Identity>,
}

impl<'a> Survey<'a> {
    pub(super) fn new(
        platform: &'a Native,
        options: &'a Options,
        look: &'a Look<'a, Native>,
        end: Instant,
    ) -> Self {
        Self {
            platform,
            options,
            look,
            end,
            findings: Vec::new(),
            told: true,
            instance: None,
            target: ResourceTarget::new("", "", ""),
            id: None,
            unreachable: None,
            skew: None,
            identity: None,
        }
    }

    /// Checks everything.
    pub(super) fn run(&mut self) {
        self.look.imds().within(self.left());
        let checks: [for<'s> fn(&mut Survey<'s>) -> Finding; 11] = [
            identity::metadata,
            identity::region,
            identity::resource,
            identity::unique_id,
            network::proxy,
            api::reachable,
            network::certificates,
            network::wait_bucket,
            network::clock,
            identity::credentials,
            api::stack,
        ];
        for check in checks {
            let finding = check(self);
            self.add(finding);
        }
        let component = machine::component(self);
        self.add(component);
    }

    /// Tells programs; returns the exit code.
    pub(super) fn conclude(&self, strict: bool) -> u8 {
        let code = finding::exit_code(&self.findings, strict);
        let told = self.told && (!self.options.json || finding::report(&self.findings, code));
        if told { code } else { code.max(exit::REFUSED) }
    }

    fn add(&mut self, finding: Finding) {
        // Once is enough to say that nothing can be written.
        if !self.options.json && self.told {
            self.told = finding::say(&finding);
        }
        self.findings.push(finding);
    }

    /// What is left of the time.
    pub(super) fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Whether there is no time left to ask anybody; what is found then.
    pub(super) fn out_of_time(&self, check: &'static str) -> Option<Finding> {
        let fix = "give more (--deadline), or mend what took so long";
        self.left()
            .is_zero()
            .then(|| Finding::bad(check, Level::Warning, "not looked at: the time was over", fix))
    }

    /// Whether a wait condition would be signalled, by its handle.
    pub(super) fn is_wait_condition(&self) -> bool {
        self.options.handle.is_some()
    }

    /// Whether a resource is named.
    pub(super) fn has_resource(&self) -> bool {
        !self.target.stack.is_empty() && !self.target.logical_id.is_empty()
    }

    /// Sends `request`; remembers AWS's clock.
    pub(super) fn ask(&mut self, request: &Request) -> Result<(Response, Remark), SendError> {
        use cfn_signal_core::deliver::Clock as _;
        let limit = self.left().min(LONGEST);
        let limits = RequestLimits { connect: limit, total: limit, route: Route::Configured };
        let clock = SystemClock::start();
        let response = Http::send(self.look.http(), request, limits)?;
        let remark = describe::remark(request, &response, clock.now(), clock.elapsed());
        if remark.is_aws {
            self.skew = remark.skew.or(self.skew);
        }
        Ok((response, remark))
    }
}
