//! What the time line shows and where: numbers and words, no markup yet.

use std::time::Duration;

use super::super::phase::{Progress, Verb};
use super::super::record::{InstanceRecord, MarkKind, ResourceRecord, Span, StackRecord, Wait, WaitEnd};
use super::axis::Axis;
use crate::moment::{Moment, spoken};

/// Percent of the width within which marks of one kind are drawn as one: room for a mark and its count.
const BUCKET: f64 = 8.0;
/// Texts that a mark for several lists.
const TEXTS: usize = 8;
/// Instances of one resource that have a line each.
const SCRIPTS: usize = 8;

/// A stack's time line.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    pub(super) axis: Axis,
    pub(super) rows: Vec<Row>,
}

/// A resource on the time line.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) bars: Vec<Bar>,
    pub(super) scripts: Vec<Bar>,
    /// A lane for each kind that there is.
    pub(super) lanes: Vec<Vec<Dot>>,
    /// In words, for whoever does not see it.
    pub(super) words: String,
}

/// Something that lasts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) left: f64,
    pub(super) width: f64,
    /// Names for the style sheet.
    pub(super) class: String,
    pub(super) title: String,
    /// The symbol at its end.
    pub(super) end: Option<&'static str>,
    /// Whether it is to bring something about, rather than to undo it.
    pub(super) forwards: bool,
}

/// Something at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dot {
    pub(super) left: f64,
    /// The symbol's name.
    pub(super) symbol: &'static str,
    pub(super) count: u64,
    pub(super) title: String,
}

/// The symbol of a kind of signal.
pub(super) const fn symbol(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Success => "success",
        MarkKind::Failure => "failure",
        MarkKind::Uncounted => "uncounted",
        MarkKind::Refused => "refused",
    }
}

/// Lays a stack's history out.
pub(super) fn timeline(stack: &StackRecord) -> Timeline {
    let begin = stack.began.unwrap_or(Moment::from_millis(0));
    let axis = Axis::new(instants(stack).into_iter().map(|at| millis(at.since(begin))).collect());
    let draw = Draw { axis: &axis, begin, stack };
    let rows = stack.resources.iter().map(|it| draw.row(it)).collect();
    Timeline { axis, rows }
}

/// Everything that has a place.
fn instants(stack: &StackRecord) -> Vec<Moment> {
    let mut all = vec![stack.latest];
    let began = stack.began.unwrap_or(stack.latest);
    for resource in &stack.resources {
        all.extend(resource.spans.iter().flat_map(|it| [Some(it.since), it.until]).flatten());
        all.extend(resource.waits.iter().flat_map(|it| [Some(it.since), it.ended]).flatten());
        all.extend(resource.signals.marks.iter().map(|it| it.at));
        all.extend(resource.sizes.iter().map(|it| it.at.max(began)));
    }
    for it in &stack.instances {
        let ended = it.ended.as_ref().map(|(_, at)| *at);
        all.extend([Some(it.launched), it.terminated, ended].into_iter().flatten());
    }
    all.extend(stack.faults.iter().map(|it| it.at));
    all.extend(stack.events.iter().map(|it| it.at));
    all
}

struct Draw<'a> {
    axis: &'a Axis,
    begin: Moment,
    stack: &'a StackRecord,
}

impl Draw<'_> {
    fn row(&self, resource: &ResourceRecord) -> Row {
        let mut bars: Vec<_> = resource.spans.iter().map(|it| self.span(it)).collect();
        bars.extend(resource.waits.iter().map(|it| self.wait(it)));
        let mut lanes: Vec<Vec<Dot>> = MarkKind::ALL
            .into_iter()
            .map(|kind| {
                let marks = resource.signals.marks.iter().filter(|it| it.kind == kind);
                self.dots(symbol(kind), marks.map(|it| (it.at, it.text.as_str().into())))
            })
            .collect();
        if resource.is_stack() {
            let faults = self.stack.faults.iter().map(|it| (it.at, format!("{}: {}", it.request, it.fault)));
            lanes.push(self.dots("fault", faults));
        }
        lanes.retain(|it| !it.is_empty());
        let instances: Vec<_> = self
            .stack
            .instances
            .iter()
            .filter(|it| !resource.is_stack() && it.logical_id == resource.logical_id)
            .collect();
        let scripts = self.scripts(&instances);
        let words: Vec<&str> = bars.iter().chain(&scripts).map(|it| it.title.as_str()).collect();
        let words = words.join("; ");
        Row { bars, scripts, lanes, words }
    }

    fn span(&self, span: &Span) -> Bar {
        let (verb, noun) = match span.verb {
            Verb::Create => ("create", "creation"),
            Verb::Update => ("update", "update"),
            Verb::Delete => ("delete", "deletion"),
            Verb::Rollback => ("rollback", "rollback"),
        };
        let forwards = matches!(span.verb, Verb::Create | Verb::Update);
        let (outcome, word, end) = match span.progress {
            Progress::Complete if !forwards => ("complete", "complete", Some("gone")),
            Progress::Complete => ("complete", "complete", Some("done")),
            Progress::Failed => ("failed", "failed", Some("not-done")),
            Progress::Skipped => ("complete", "skipped", None),
            Progress::UnderWay => ("open", "not finished", None),
        };
        let length = spoken(span.until.unwrap_or(self.stack.latest).since(span.since));
        let bar = self.bar(
            span.since,
            span.until,
            format!("{verb} {outcome}"),
            format!("{noun}: {word} after {length}"),
            end,
        );
        Bar { forwards, ..bar }
    }

    fn wait(&self, wait: &Wait) -> Bar {
        let length = spoken(wait.length(self.stack.latest));
        let Wait { received, expected, .. } = wait;
        let end = match wait.end {
            WaitEnd::Open => "still waiting",
            WaitEnd::Met => "met",
            WaitEnd::Failed(_) => "failed",
            WaitEnd::Cancelled(_) => "cancelled",
        };
        let title = format!("waited {length} for signals: {received} of {expected}, {end}");
        self.bar(wait.since, wait.ended, "wait".to_owned(), title, None)
    }

    /// User data at work: a line for each instance, or one for all where there are many.
    fn scripts(&self, instances: &[&InstanceRecord]) -> Vec<Bar> {
        let end = |it: &InstanceRecord| it.ended.as_ref().map(|(_, at)| *at).or(it.terminated);
        if instances.len() > SCRIPTS {
            let since = instances.iter().map(|it| it.launched).min().unwrap_or(self.begin);
            let until = instances.iter().map(|it| end(it)).collect::<Option<Vec<_>>>();
            let until = until.and_then(|all| all.into_iter().max());
            let title = format!("{} instances", instances.len());
            return vec![self.bar(since, until, "script".to_owned(), title, None)];
        }
        instances
            .iter()
            .map(|it| {
                let (class, text) = match &it.ended {
                    Some((ended, _)) if ended.code == Some(0) => ("script", super::how(*ended)),
                    Some(_) if it.ended_with_it() => ("script", "ended with the instance".to_owned()),
                    Some((ended, _)) => ("script failed", super::how(*ended)),
                    None => ("script", "did not end by itself".to_owned()),
                };
                let title = match &it.not_run {
                    Some(why) => format!("{}: {why}", it.instance_id),
                    None if it.lines.is_empty() && it.ended.is_none() => {
                        format!("{} existed", it.instance_id)
                    }
                    None => format!("user data of {} {text}", it.instance_id),
                };
                self.bar(it.launched, end(it), class.to_owned(), title, None)
            })
            .collect()
    }

    fn bar(
        &self,
        since: Moment,
        until: Option<Moment>,
        class: String,
        title: String,
        end: Option<&'static str>,
    ) -> Bar {
        let left = self.place(since);
        let right = self.place(until.unwrap_or(self.stack.latest));
        Bar { left, width: (right - left).max(0.0), class, title, end, forwards: true }
    }

    /// Those that are close together as one.
    fn dots(&self, symbol: &'static str, marks: impl Iterator<Item = (Moment, String)>) -> Vec<Dot> {
        let mut marks: Vec<_> = marks.collect();
        marks.sort_by_key(|(at, _)| *at);
        let mut buckets: Vec<(f64, u64, Vec<String>)> = Vec::new();
        for (at, text) in marks {
            let left = self.place(at);
            let text = format!("{} {text}", at.time_of_day());
            match buckets.last_mut().filter(|(first, ..)| left - first < BUCKET) {
                Some((_, count, texts)) => {
                    *count += 1;
                    if texts.len() < TEXTS {
                        texts.push(text);
                    }
                }
                None => buckets.push((left, 1, vec![text])),
            }
        }
        buckets
            .into_iter()
            .map(|(left, count, mut texts)| {
                if count > texts.len() as u64 {
                    texts.push(format!("and {} more", count - texts.len() as u64));
                }
                Dot { left, symbol, count, title: texts.join("\n") }
            })
            .collect()
    }

    fn place(&self, at: Moment) -> f64 {
        self.axis.place(millis(at.since(self.begin)))
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
