//! Faults on demand, done: what was decided in [`crate::faults`] happens to requests, answers and connections here.

mod answers;
mod connections;
mod control;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Notify;

use super::metadata::{self, TOKEN_PATH};
use super::parameters::Parameters;
use super::{Front, Received, Reply, Services};
use crate::account::{Handles, Metadata};
use crate::faults::{Caller, Encounter, Fault, ImdsMode, Met, Plan, Service, Standing};
use crate::happening::FaultInjected;

pub(super) use answers::none;
pub(crate) use connections::refuse_for_a_while;
pub(super) use connections::{closed, cut, end};
pub(super) use control::answer as control;

/// How long a client waits in vain for an answer that does not arrive, unless it gives up before.
const IN_VAIN: Duration = Duration::from_secs(60);

/// Characters of an action's name that are told.
const LONGEST_NAME: usize = 64;

/// The rules in force.
pub struct Faults {
    plan: Mutex<Plan>,
    /// Wrong clocks that were told.
    skews: Mutex<Vec<i64>>,
    /// Told when there are others.
    changed: Notify,
}

impl Faults {
    /// Rules that come into force now.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self { plan: Mutex::new(plan), skews: Mutex::default(), changed: Notify::new() }
    }

    /// What came true so far, and how it can be had again: `503,p=0.2 came true 3 times; replay with --seed 7`.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let plan = self.plan();
        let lines: Vec<_> = plan.standings().map(|it| fared(&it)).collect();
        (!lines.is_empty()).then(|| format!("{}; replay with --seed {}", lines.join(", "), plan.seed()))
    }

    /// Those that came true at all, and how often.
    #[must_use]
    pub fn came_true(&self) -> Option<String> {
        let lines: Vec<_> =
            self.plan().standings().filter(|it| it.came_true > 0).map(|it| fared(&it)).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// Whether it is the first time that this fault is told, if it is one that lasts: a wrong clock is wrong at each
    /// request, and is told once and then counted only.
    fn is_news(&self, fault: Fault) -> bool {
        let Fault::Skew(skew) = fault else { return true };
        let mut told = self.skews.lock().unwrap_or_else(PoisonError::into_inner);
        if told.contains(&skew) {
            return false;
        }
        told.push(skew);
        true
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides what a request meets, waits where it has to, and gives what comes in place of an answer.
pub(super) async fn meet(services: &Services, metadata: &Metadata, request: &mut Received) -> Option<Reply> {
    if services.faults.plan().is_empty() {
        return None;
    }
    let names = Names::of(request, metadata)?;
    let now = services.account.clock.now();
    let encounter = names.encounter();
    let (met, expired) = {
        let mut plan = services.faults.plan();
        let met = plan.decide(&encounter, now);
        (met, plan.has_expired(&metadata.role.key().id))
    };
    if expired && matches!(encounter.service, Service::Imds { .. }) {
        // Without randomness the old ones stay.
        let _ = services.account.renew(metadata);
    }
    for fault in met.faults().iter().filter(|fault| bites(**fault, encounter.service)) {
        if !services.faults.is_news(*fault) {
            continue;
        }
        let injected = FaultInjected { at: now, request: names.told.clone(), fault: fault.told() };
        services.account.fault(&names.stack(services, metadata), injected);
    }
    tokio::time::sleep(met.delay()).await;
    let instead = met.instead();
    request.met = met;
    if instead == Some(Fault::Imds(ImdsMode::HopLimited)) {
        tokio::time::sleep(IN_VAIN).await;
    }
    instead.and_then(|fault| answers::answer(fault, services, request, &encounter))
}

fn fared(it: &Standing) -> String {
    match it.came_true {
        0 => format!("{} never came true", it.rule),
        1 => format!("{} came true once", it.rule),
        times => format!("{} came true {times} times", it.rule),
    }
}

/// What happens to an answer on its way: it may be dated otherwise, and it may not arrive.
pub(super) fn finish(met: &Met, reply: Reply) -> Reply {
    if met.is_lost() {
        return none();
    }
    match met.skew() {
        Some(_) => answers::dated(reply, met.service_time(crate::clock::wall())),
        None => reply,
    }
}

/// Version 1 of the metadata is a fault for those who want a token.
fn bites(fault: Fault, service: Service<'_>) -> bool {
    fault != Fault::Imds(ImdsMode::V1) || service == Service::Imds { token: true }
}

/// A request's names, taken from what it claims: whether that is true is verified elsewhere.
struct Names {
    kind: Kind,
    caller: Claim,
    client: String,
    /// For whoever watches.
    told: String,
    /// The stack that it names.
    stack: Option<String>,
}

enum Kind {
    Api(String),
    Handle,
    Imds { token: bool },
}

enum Claim {
    Unknown,
    Instance,
    AccessKey { id: String, temporary: bool },
}

impl Names {
    /// `None` where the rehearsal plays no service of AWS.
    fn of(request: &Received, metadata: &Metadata) -> Option<Self> {
        if request.front == Front::Metadata || metadata::is_path(&request.path) {
            let token = request.method == "PUT" && request.path == TOKEN_PATH;
            return Some(Self {
                kind: Kind::Imds { token },
                caller: Claim::Unknown,
                client: metadata.instance_id.clone(),
                told: format!("{} {}", request.method, cut_short(&request.path)),
                stack: None,
            });
        }
        if Handles::is_bucket(&request.path) {
            return Some(Self {
                kind: Kind::Handle,
                caller: Claim::Unknown,
                client: request.path.clone(),
                told: format!("{} handle", request.method),
                stack: None,
            });
        }
        if request.path != "/" {
            return None;
        }
        let parameters = Parameters::of(request);
        let action = parameters.get("Action").unwrap_or_default().to_owned();
        let (caller, owner) = claim(request, &parameters);
        let unique_id = parameters.get("UniqueId").filter(|id| !id.is_empty()).map(str::to_owned);
        let told = if action.is_empty() { "a request without action".to_owned() } else { cut_short(&action) };
        let stack = parameters.get("StackName").map(str::to_owned);
        Some(Self { kind: Kind::Api(action), caller, client: unique_id.unwrap_or(owner), told, stack })
    }

    /// The stack whose fault it is: the one that is named, else the one at whose port it is.
    fn stack(&self, services: &Services, metadata: &Metadata) -> String {
        let named = self.stack.as_deref().and_then(|stack| services.account.find(stack));
        named.map_or_else(|| metadata.stack_name.clone(), |stack| stack.name.clone())
    }

    fn encounter(&self) -> Encounter<'_> {
        Encounter {
            service: match &self.kind {
                Kind::Api(action) => Service::Api { action },
                Kind::Handle => Service::Handle,
                Kind::Imds { token } => Service::Imds { token: *token },
            },
            caller: match &self.caller {
                Claim::Unknown => Caller::Unknown,
                Claim::Instance => Caller::Instance,
                Claim::AccessKey { id, temporary } => Caller::AccessKey { id, temporary: *temporary },
            },
            client: &self.client,
        }
    }
}

/// Whom a request says that it is from, and that one's name.
fn claim(request: &Received, parameters: &Parameters) -> (Claim, String) {
    let authorization = request.header("authorization").unwrap_or_default().trim();
    if let Some(document) = authorization.strip_prefix("CFN_V1 ") {
        return (Claim::Instance, instance_id(document).unwrap_or_default());
    }
    // In the header, or in the query of a presigned URL.
    let credential = authorization.split_once("Credential=").map(|(_, credential)| credential);
    let credential = credential.or_else(|| parameters.get("X-Amz-Credential"));
    match credential.and_then(|credential| credential.split('/').next()).map(str::to_owned) {
        Some(id) => {
            let temporary = request.header("x-amz-security-token").is_some()
                || parameters.get("X-Amz-Security-Token").is_some();
            (Claim::AccessKey { id: id.clone(), temporary }, id)
        }
        None => (Claim::Unknown, String::new()),
    }
}

fn instance_id(authorization: &str) -> Option<String> {
    let (document, _) = authorization.split_once(':')?;
    let document: serde_json::Value = serde_json::from_slice(&STANDARD.decode(document).ok()?).ok()?;
    Some(document.get("instanceId")?.as_str()?.to_owned())
}

fn cut_short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}
