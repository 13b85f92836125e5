//! Where two histories of one operation differ.
//!
//! Resources that do not depend on each other have no order between them: the service works on several at a time, each as fast as
//! it goes. So what is compared is each resource's own sequence of statuses and reasons, and the order between what decides: the
//! stack's own events, signals, and how waits and batches begin and end. Where an operation fails, how far it had come with what
//! waits for nothing is a matter of speed too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::normal::Naming;
use super::words::{INITIATED, failed_list, is_cancelled};
use crate::moment::Moment;

/// Events of different resources this close to each other have no order: the service's own steps take about a second.
const AT_ONCE: Duration = Duration::from_secs(2);

/// An event, of either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// When, by the log's clock.
    pub(crate) at: Moment,
    pub(crate) logical_id: String,
    pub(crate) of_stack: bool,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) what: Kind,
    /// The resource's, or the stack's name.
    pub(crate) logical_id: String,
    /// The log's event, where there is one.
    pub(crate) log: Option<Told>,
    /// The rehearsal's.
    pub(crate) rehearsal: Option<Told>,
    /// Of another order: what it comes after in the rehearsal, and before which it is in the log.
    pub(crate) after: Option<Told>,
    /// Where it is in the rehearsal, whose order is that of causes.
    place: usize,
}

/// How two events differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only the log has it.
    Missing,
    /// Only the rehearsal has it.
    Extra,
    /// The same resource at the same step has another status.
    Status,
    /// The status is the same, and the reason is not.
    Reason,
    /// The same event comes before another in the log, and after it in the rehearsal.
    Order,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Status => "status",
            Self::Reason => "reason",
            Self::Order => "order",
        }
    }
}

/// What is known of an operation besides its events.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// Resources that wait for signals or have instances.
    pub(super) related: BTreeSet<String>,
    /// Whether the operation failed in the log.
    pub(super) failed: bool,
    /// Whether the log goes to the operation's end.
    pub(super) whole: bool,
}

/// What came of holding one against the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// Resources that wait for nothing, with which a failed operation had come to another point.
    pub(super) set_aside: BTreeSet<String>,
}

/// An event and what is compared of it.
struct Line<'e> {
    place: usize,
    event: &'e Told,
    key: (String, String),
}

/// Holds a log against a rehearsal, both oldest first.
pub(super) fn compare(log: &[Told], rehearsal: &[Told], frame: &Frame) -> Comparison {
    let kept = failing(log, frame).union(&failing(rehearsal, frame)).cloned().collect();
    let (theirs, ours) = (by_resource(log, &kept), by_resource(rehearsal, &kept));
    let mut found = Comparison::default();
    let mut pairs = Vec::new();
    for id in theirs.keys().chain(ours.keys().filter(|it| !theirs.contains_key(*it))) {
        let none = Vec::new();
        let (theirs, ours) = (theirs.get(id).unwrap_or(&none), ours.get(id).unwrap_or(&none));
        let decides = is_stack(theirs) || is_stack(ours) || frame.related.contains(id);
        let mut differences = lines(theirs, ours, frame.whole, &mut pairs);
        if differences.is_empty() {
            continue;
        }
        if !decides && frame.failed && !kept.contains(id) {
            found.set_aside.insert(id.clone());
            continue;
        }
        found.differences.append(&mut differences);
    }
    found.differences.extend(disorder(log, rehearsal, &pairs, frame));
    // What others follow from comes first.
    let first = |it: &Difference| it.log.iter().chain(&it.rehearsal).map(|it| it.at).min();
    found.differences.sort_by_key(|it| (first(it), it.place));
    found
}

/// Resources that have failed by themselves, and those that wait.
fn failing(events: &[Told], frame: &Frame) -> BTreeSet<String> {
    let own = |it: &&Told| {
        let reason = it.reason.as_deref().unwrap_or_default();
        it.status.ends_with("_FAILED") && !is_cancelled(reason) && failed_list(reason).is_none()
    };
    events.iter().filter(own).map(|it| it.logical_id.clone()).chain(frame.related.iter().cloned()).collect()
}

fn by_resource<'e>(events: &'e [Told], kept: &BTreeSet<String>) -> BTreeMap<String, Vec<Line<'e>>> {
    let mut names: HashMap<&str, Naming> = HashMap::new();
    let mut all: BTreeMap<String, Vec<Line<'_>>> = BTreeMap::new();
    for (place, event) in events.iter().enumerate() {
        let naming = names.entry(event.logical_id.as_str()).or_default();
        let reason = event.reason.as_deref().filter(|it| *it != INITIATED).unwrap_or_default();
        let key = (event.status.clone(), naming.normal(reason, kept));
        all.entry(event.logical_id.clone()).or_default().push(Line { place, event, key });
    }
    all
}

fn is_stack(lines: &[Line<'_>]) -> bool {
    lines.first().is_some_and(|it| it.event.of_stack)
}

/// Where one resource's sequences differ; places of what is the same are added to `pairs`. Where the log is not `whole`, what
/// comes after its last line is what it does not go to.
fn lines(
    theirs: &[Line<'_>],
    ours: &[Line<'_>],
    whole: bool,
    pairs: &mut Vec<(usize, usize)>,
) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut left = theirs.len();
    for (same, old, new) in aligned(theirs, ours, |it| it.key.clone()) {
        if same {
            left = left.saturating_sub(old.len());
            pairs.extend(old.iter().zip(new).map(|(a, b)| (a.place, b.place)));
            continue;
        }
        // What begins alike tells of the same step.
        for (_, old, new) in aligned(old, new, |it| (it.key.0.clone(), beginning(&it.key.1))) {
            for index in 0..old.len().max(new.len()) {
                let log = old.get(index);
                if whole || left > 0 {
                    all.extend(difference(log, new.get(index)));
                }
                left = left.saturating_sub(usize::from(log.is_some()));
            }
        }
    }
    all
}

/// Stretches of two sequences, and whether they are the same by their keys.
fn aligned<'s, 'e, K: std::hash::Hash + Eq + Ord + Clone>(
    theirs: &'s [Line<'e>],
    ours: &'s [Line<'e>],
    key: impl Fn(&Line<'e>) -> K,
) -> Vec<(bool, &'s [Line<'e>], &'s [Line<'e>])> {
    let keys = |lines: &[Line<'e>]| lines.iter().map(&key).collect::<Vec<_>>();
    capture_diff_slices(Algorithm::Myers, &keys(theirs), &keys(ours))
        .into_iter()
        .map(|op| {
            let (old, new) = (theirs.get(op.old_range()), ours.get(op.new_range()));
            (matches!(op, DiffOp::Equal { .. }), old.unwrap_or_default(), new.unwrap_or_default())
        })
        .collect()
}

/// The first words of a reason.
fn beginning(reason: &str) -> String {
    reason.split(' ').take(2).collect()
}

fn difference(log: Option<&Line<'_>>, rehearsal: Option<&Line<'_>>) -> Option<Difference> {
    let what = match (log, rehearsal) {
        (None, None) => return None,
        (Some(_), None) => Kind::Missing,
        (None, Some(_)) => Kind::Extra,
        (Some(a), Some(b)) if a.key.0 == b.key.0 => Kind::Reason,
        (Some(_), Some(_)) => Kind::Status,
    };
    let logical_id = log.or(rehearsal).map(|it| it.event.logical_id.clone())?;
    let told = |line: Option<&Line<'_>>| line.map(|it| it.event.clone());
    let place = rehearsal.map_or(0, |it| it.place);
    Some(Difference { what, logical_id, log: told(log), rehearsal: told(rehearsal), after: None, place })
}

/// Events that decide and come in another order, each with the first that it should have come before.
fn disorder(log: &[Told], rehearsal: &[Told], pairs: &[(usize, usize)], frame: &Frame) -> Vec<Difference> {
    let decides = |it: &Told| it.of_stack || frame.related.contains(&it.logical_id) && is_step(it);
    let mut anchors: Vec<(&Told, usize)> = pairs
        .iter()
        .filter_map(|(theirs, ours)| Some((log.get(*theirs)?, *ours)))
        .filter(|(event, _)| decides(event))
        .collect();
    anchors.sort_by_key(|(event, _)| event.at);
    let mut all = Vec::new();
    // Of those so far, the one that comes last in the rehearsal.
    let mut latest: Option<(&Told, usize)> = None;
    for (event, place) in anchors {
        match latest {
            Some((other, after)) if after > place => {
                let apart = event.at.since(other.at) > AT_ONCE;
                if apart && other.logical_id != event.logical_id {
                    all.push(Difference {
                        what: Kind::Order,
                        logical_id: other.logical_id.clone(),
                        log: Some(other.clone()),
                        rehearsal: rehearsal.get(after).cloned(),
                        after: rehearsal.get(place).cloned(),
                        place: after,
                    });
                }
            }
            _ => latest = Some((event, place)),
        }
    }
    all.dedup_by(|a, b| a.log == b.log);
    all
}

/// Whether an event of a resource is a step of its wait, rather than that it is begun with or goes.
fn is_step(event: &Told) -> bool {
    let under_way = event.status.ends_with("_IN_PROGRESS");
    !event.status.starts_with("DELETE")
        && (!under_way || event.reason.as_deref().is_some_and(|it| it != INITIATED))
}

#[cfg(test)]
mod tests;
