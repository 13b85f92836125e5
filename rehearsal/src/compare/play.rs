//! A stack played by a log: its signals at their times, and the other services as fast as they were.
//!
//! Nothing runs and nobody listens: the machine is told of one thing after the other, each with its time.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use super::cues::{Cue, Pace};
use crate::ids;
use crate::model::{Resource, Role};
use crate::moment::Moment;
use crate::stack::{Event, Machine, Order, Reaction, Signal};

/// So much later than a timeout a signal may have come that the service counted all the same: its own waits begin a
/// little later than their events say, and end a little later than they should.
const LATE: Duration = Duration::from_secs(60);

/// A stack at work.
pub(super) struct Player<'a, 'l> {
    machine: Machine,
    pace: Pace<'l>,
    /// What each resource is, by logical id.
    roles: &'a HashMap<&'a str, &'a Resource>,
    /// What is to come, by its time, then in the order in which it was known.
    coming: BTreeMap<(Moment, Turn, usize), Next>,
    known: usize,
    /// Orders of whose end the log does not tell.
    held: VecDeque<Order>,
    /// Instances of each group, launched and not signalled for yet.
    fresh: HashMap<String, VecDeque<String>>,
    /// Which of the log's instances are which of these.
    instances: HashMap<String, String>,
    made: u64,
    events: Vec<Event>,
}

/// Of what is due at once, what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Order,
    Cue,
}

enum Next {
    Order(Order),
    Cue(Cue),
}

impl<'a, 'l> Player<'a, 'l> {
    pub(super) fn new(
        machine: Machine,
        pace: Pace<'l>,
        roles: &'a HashMap<&'a str, &'a Resource>,
        cues: Vec<(Moment, Cue)>,
    ) -> Self {
        let mut player = Self {
            machine,
            pace,
            roles,
            coming: BTreeMap::new(),
            known: 0,
            held: VecDeque::new(),
            fresh: HashMap::new(),
            instances: HashMap::new(),
            made: 0,
            events: Vec::new(),
        };
        for (at, cue) in cues {
            player.expect(at, Turn::Cue, Next::Cue(cue));
        }
        player
    }

    /// Plays to the operation's end; where the log has none, to the log's.
    pub(super) fn play(mut self, begun: Reaction, from: Moment, until: Option<Moment>) -> Vec<Event> {
        self.take(begun, from);
        let mut last = from;
        while self.machine.fate().is_none() {
            let next = self.coming.first_key_value().map(|(key, _)| key.0);
            let deadline = self.machine.deadline();
            let is_over = |at: Option<Moment>| until.is_some_and(|until| at.is_none_or(|at| at > until));
            match (next, deadline) {
                (next, Some(deadline)) if next.is_none_or(|it| it >= deadline) => {
                    if let Some(just_before) = self.late(deadline) {
                        self.advance(just_before.max(last));
                        continue;
                    }
                    if is_over(Some(deadline)) {
                        break;
                    }
                    last = deadline;
                    let reaction = self.machine.timer(deadline);
                    self.take(reaction, deadline);
                }
                (Some(at), _) => {
                    if is_over(Some(at)) {
                        break;
                    }
                    last = last.max(at);
                    self.advance(last);
                }
                (None, _) => {
                    let Some(order) = self.held.pop_front() else { break };
                    if is_over(None) {
                        break;
                    }
                    self.expect(last, Turn::Order, Next::Order(order));
                }
            }
        }
        self.events
    }

    /// What is next happens at `now`.
    fn advance(&mut self, now: Moment) {
        let Some((_, next)) = self.coming.pop_first() else { return };
        let reaction = match next {
            Next::Order(order) => self.carry_out(order, now),
            Next::Cue(Cue::Signal { logical_id, unique_id, outcome }) => {
                let unique_id = self.instance(&logical_id, unique_id);
                match self.machine.signal(&Signal { logical_id, unique_id, outcome }, now) {
                    Ok(accepted) => accepted.reaction,
                    // What comes of that is that the log has an event which the rehearsal has not.
                    Err(_) => self.machine.timer(now),
                }
            }
            Next::Cue(Cue::Document { handle, document }) => self.machine.document(&handle, document, now),
        };
        self.take(reaction, now);
    }

    /// The moment before a timeout, where what is still waited for comes just after it.
    fn late(&self, deadline: Moment) -> Option<Moment> {
        let waiting = self.machine.waiting();
        let of_one_due =
            |logical_id: &str| waiting.iter().any(|it| it.until == deadline && it.logical_id == logical_id);
        let is_awaited = |cue: &Cue| {
            match cue {
            Cue::Signal { logical_id, .. } => of_one_due(logical_id),
            Cue::Document { handle, .. } => self.roles.values().any(|it| {
                matches!(&it.role, Role::WaitCondition(crate::model::Wait::Handle { handle: its, .. }) if its == handle)
                    && of_one_due(&it.logical_id)
            }),
        }
        };
        let until = deadline.plus(LATE);
        let comes = self
            .coming
            .iter()
            .take_while(|((at, ..), _)| *at <= until)
            .any(|(_, next)| matches!(next, Next::Cue(cue) if is_awaited(cue)));
        comes.then(|| deadline.minus(Duration::from_millis(1)))
    }

    fn take(&mut self, reaction: Reaction, now: Moment) {
        self.events.extend(reaction.events);
        for order in reaction.orders {
            let role = match &order {
                Order::Create { logical_id } | Order::Update { logical_id } => self.role(logical_id),
                _ => None,
            };
            let due = self.pace.due(&order, role.is_some_and(waits), role.is_some_and(is_group), now);
            match due {
                Some(at) => self.expect(at, Turn::Order, Next::Order(order)),
                None => self.held.push_back(order),
            }
        }
    }

    fn expect(&mut self, at: Moment, turn: Turn, next: Next) {
        self.known += 1;
        self.coming.insert((at, turn, self.known), next);
    }

    fn role(&self, logical_id: &str) -> Option<&'a Role> {
        self.roles.get(logical_id).map(|it| &it.role)
    }

    /// Plays the other services.
    fn carry_out(&mut self, order: Order, now: Moment) -> Reaction {
        match order {
            Order::Create { logical_id } => self.machine.created(&logical_id, now),
            Order::Replace { logical_id, resource_type } => {
                let (name, id) = (self.machine.name(), self.machine.id());
                let physical_id = match resource_type.as_str() {
                    "AWS::EC2::Instance" => self.make_instance(),
                    _ => ids::physical(&resource_type, name, id, &logical_id),
                };
                self.machine.replaced(&logical_id, physical_id, now)
            }
            Order::Update { logical_id } => self.machine.updated(&logical_id, now),
            Order::Launch { logical_id, count } => {
                let made: Vec<_> = (0..count).map(|_| self.make_instance()).collect();
                self.fresh.insert(logical_id.clone(), made.iter().cloned().collect());
                self.machine.launched(&logical_id, made, now)
            }
            Order::ScaleOut { logical_id, count } => {
                let made: Vec<_> = (0..count).map(|_| self.make_instance()).collect();
                self.fresh.entry(logical_id.clone()).or_default().extend(made.iter().cloned());
                self.machine.scaled_out(&logical_id, made, now)
            }
            Order::Terminate { logical_id, instance_ids } => {
                self.machine.terminated(&logical_id, &instance_ids, now)
            }
            Order::Delete { logical_id, physical_id } => self.machine.deleted(&logical_id, &physical_id, now),
        }
    }

    fn make_instance(&mut self) -> String {
        self.made += 1;
        format!("i-{:017x}", 0x0c0_0000_0000_0000_u64 + self.made)
    }

    /// Which instance of the rehearsal the log's `unique_id` stands for.
    fn instance(&mut self, logical_id: &str, unique_id: String) -> String {
        if !super::normal::is_instance(&unique_id) {
            return unique_id;
        }
        match self.role(logical_id) {
            Some(Role::Instance { .. }) => {
                self.machine.instance(logical_id).map(str::to_owned).unwrap_or(unique_id)
            }
            Some(Role::Group(_)) => {
                if let Some(known) = self.instances.get(&unique_id) {
                    return known.clone();
                }
                let fresh = self.fresh.get_mut(logical_id).and_then(VecDeque::pop_front);
                let ours = fresh.unwrap_or_else(|| self.make_instance());
                self.instances.insert(unique_id, ours.clone());
                ours
            }
            _ => unique_id,
        }
    }
}

fn is_group(role: &Role) -> bool {
    matches!(role, Role::Group(_))
}

/// Whether a resource's creation waits for something besides its service.
pub(super) fn waits(role: &Role) -> bool {
    match role {
        Role::Instance { creation_policy } => creation_policy.is_some_and(|it| it.count > 0),
        Role::Group(group) => group.creation_policy.is_some_and(|it| it.signal.count > 0),
        Role::WaitCondition(_) => true,
        Role::WaitConditionHandle | Role::Other => false,
    }
}
