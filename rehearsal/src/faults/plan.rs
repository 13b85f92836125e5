//! The rules at work: counts requests and decides.

use std::collections::HashMap;
use std::time::Duration;

use super::fault::{Fault, ImdsMode, Stage};
use super::limits::Occasion;
use super::rule::Rule;
use super::target::{Caller, Encounter, Service};
use crate::moment::Moment;

/// Clients of a rule that are counted one by one; those that come later share one count.
const MAX_CLIENTS: usize = 10_000;

/// Rules, and what they have done so far.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    seed: u64,
    since: Option<Moment>,
    rules: Vec<Counted>,
}

#[derive(Clone, Debug)]
struct Counted {
    rule: Rule,
    clients: HashMap<String, Tally>,
    /// For temporary credentials, by their access key id: whether they have expired early.
    credentials: HashMap<String, bool>,
    met: u64,
    came_true: u64,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    number: u32,
    requests: u64,
}

/// A rule, and how it fares.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The rule.
    pub rule: Rule,
    /// Requests that it selected.
    pub met: u64,
    /// Requests that met its fault.
    pub came_true: u64,
}

/// The faults that a request meets, one of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met(Vec<Fault>);

impl Plan {
    /// Rules that come into force when the first request asks for a decision, or at [`Self::begin`].
    #[must_use]
    pub fn new(rules: Vec<Rule>, seed: u64) -> Self {
        let counted = |rule| Counted {
            rule,
            clients: HashMap::new(),
            credentials: HashMap::new(),
            met: 0,
            came_true: 0,
        };
        Self { seed, since: None, rules: rules.into_iter().map(counted).collect() }
    }

    /// The rules come into force: what `for=` counts from.
    pub fn begin(&mut self, now: Moment) {
        self.since.get_or_insert(now);
    }

    /// What chance begins with.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether there is no rule.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules in their order.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        self.rules.iter().map(|it| Standing { rule: it.rule.clone(), met: it.met, came_true: it.came_true })
    }

    /// Counts a request and decides which faults it meets, at `now` by the stack's clock.
    ///
    /// Each rule counts each request that it selects, whatever the others decide. Of several that come true at one
    /// stage, such as two that answer, the first in the rules' order does.
    pub fn decide(&mut self, encounter: &Encounter<'_>, now: Moment) -> Met {
        let elapsed = now.since(*self.since.get_or_insert(now));
        let mut met = Met::default();
        let mut stages: Vec<Stage> = Vec::new();
        for (index, counted) in self.rules.iter_mut().enumerate() {
            let fault = counted.rule.fault;
            if !counted.rule.target.selects(encounter.service) || !fault.can_meet(encounter) {
                continue;
            }
            counted.met += 1;
            let occasion = |client: u32, request: u64| Occasion {
                seed: self.seed,
                rule: u32::try_from(index).unwrap_or(u32::MAX),
                client,
                request,
                elapsed,
            };
            let true_now = match (fault, encounter.caller) {
                // Decided once for all requests with these credentials.
                (Fault::ExpiredToken, Caller::AccessKey { id, .. }) => {
                    let known = counted.credentials.get(id).copied();
                    known.unwrap_or_else(|| {
                        let tally = tally(&mut counted.clients, encounter.client);
                        let expired = counted.rule.limits.allow(occasion(tally.number, tally.requests));
                        if counted.credentials.len() < MAX_CLIENTS {
                            counted.credentials.insert(id.to_owned(), expired);
                        }
                        expired
                    })
                }
                _ => {
                    let tally = tally(&mut counted.clients, encounter.client);
                    counted.rule.limits.allow(occasion(tally.number, tally.requests))
                }
            };
            if true_now && !stages.contains(&fault.stage()) {
                counted.came_true += 1;
                stages.push(fault.stage());
                met.0.push(fault);
            }
        }
        met
    }

    /// Whether temporary credentials have expired early, so that their owner is due new ones.
    #[must_use]
    pub fn has_expired(&self, access_key_id: &str) -> bool {
        self.rules.iter().any(|it| it.credentials.get(access_key_id) == Some(&true))
    }

    /// Before a connection at the port called `port` is accepted: how long the port is to be closed.
    pub fn refuses(&mut self, port: &str, now: Moment) -> Option<Duration> {
        let encounter = Encounter { service: Service::Connection, caller: Caller::Unknown, client: port };
        self.decide(&encounter, now).0.into_iter().find_map(|fault| match fault {
            Fault::Refused(span) => Some(span),
            _ => None,
        })
    }
}

/// Counts one more request of `client`.
fn tally(clients: &mut HashMap<String, Tally>, client: &str) -> Tally {
    let client = if clients.len() < MAX_CLIENTS || clients.contains_key(client) { client } else { "" };
    let number = u32::try_from(clients.len()).unwrap_or(u32::MAX);
    let tally = clients.entry(client.to_owned()).or_insert(Tally { number, requests: 0 });
    tally.requests += 1;
    *tally
}

impl Met {
    /// The faults.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }

    /// How much later the answer comes, in real time.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.0.iter().filter_map(Fault::delay).sum()
    }

    /// The service's time when this machine's is `now`.
    #[must_use]
    pub fn service_time(&self, now: Moment) -> Moment {
        let skew = self.skew().unwrap_or(0);
        let span = Duration::from_millis(skew.unsigned_abs());
        if skew < 0 { now.minus(span) } else { now.plus(span) }
    }

    /// The service's clock minus this machine's, in milliseconds.
    #[must_use]
    pub fn skew(&self) -> Option<i64> {
        self.0.iter().find_map(|fault| match fault {
            Fault::Skew(millis) => Some(*millis),
            _ => None,
        })
    }

    /// What comes in place of the answer.
    #[must_use]
    pub fn instead(&self) -> Option<Fault> {
        let at = |stage: Stage| self.0.iter().copied().find(move |fault| fault.stage() == stage);
        at(Stage::Answer).or_else(|| at(Stage::Metadata))
    }

    /// Whether the answer is lost.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.0.contains(&Fault::Lost)
    }

    /// Whether metadata is given without a token.
    #[must_use]
    pub fn needs_no_token(&self) -> bool {
        self.0.contains(&Fault::Imds(ImdsMode::V1))
    }
}

#[cfg(test)]
mod tests;
