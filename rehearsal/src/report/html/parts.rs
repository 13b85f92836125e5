//! The page's tables and texts.

use cfn_signal_core::delivery::is_invisible;
use maud::{Markup, html};

use super::super::notes::Made;
use super::super::phase::{Phase, Tone};
use super::super::record::{InstanceRecord, Line, MarkKind, StackRecord, Verdict};
use super::how;
use crate::moment::{Moment, spoken};
use crate::stack::Event;

/// Rows of a table of signals or faults.
const ROWS: usize = 200;

/// Somebody else's text, kept from turning the direction of what stands around it.
pub(super) fn bdi(text: &str) -> Markup {
    html! { bdi { (printable(text)) } }
}

fn printable(text: &str) -> String {
    text.chars().filter(|it| !is_invisible(*it) || *it == '\n').collect()
}

/// Values that are made up; nothing where there are none.
pub(super) fn made_up(title: &str, made: &[Made]) -> Markup {
    html! {
        @if !made.is_empty() {
            section.made-up {
                h2 { (title) }
                ul { @for it in made { li { (bdi(&it.to_string())) } } }
            }
        }
    }
}

/// A resource's type: it may break after its colons.
pub(super) fn kind(resource_type: &str) -> Markup {
    let resource_type = printable(resource_type);
    html! {
        bdi { @for (index, part) in resource_type.split("::").enumerate() { @if index > 0 { "::" wbr; } (part) } }
    }
}

/// A symbol that says what the words beside it say.
pub(super) fn icon(symbol: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ "#" (symbol) } {} } }
}

/// A status with its symbol: never by its colour alone. It may break at its underscores.
pub(super) fn status(status: &str) -> Markup {
    let phase = Phase::read(status);
    let (class, symbol) = match phase.tone() {
        Tone::Good => ("good", "done"),
        Tone::Bad => ("bad", "not-done"),
        Tone::Plain => ("open", "clock"),
        Tone::Faint => ("faint", "gone"),
    };
    html! {
        span class={ "status " (class) } {
            (icon(symbol))
            @for (index, part) in status.split('_').enumerate() { @if index > 0 { "_" wbr; } (part) }
        }
    }
}

/// How a stack ended, beside its name.
pub(super) fn verdict_chip(stack: &StackRecord) -> Markup {
    let word = match stack.verdict() {
        Verdict::Complete => "complete",
        Verdict::Failed => "failed",
        Verdict::Undecided => "undecided",
    };
    html! { (status(stack.status.map_or("not begun", |it| it.as_str()))) " (" (word) ")" }
}

/// The events as the stack's console shows them, oldest first.
pub(super) fn events(stack: &StackRecord) -> Markup {
    let begin = stack.began.unwrap_or(Moment::from_millis(0));
    let row = |event: &Event| {
        html! {
            tr role="row" {
                (time(event.at, begin))
                td.at role="cell" { (status(event.status.as_str())) }
                td.id role="cell" { strong { (bdi(&event.logical_id)) } }
                td.type role="cell" { (kind(&event.resource_type)) }
                td.reason role="cell" { @if let Some(reason) = &event.reason { (bdi(reason)) } }
            }
        }
    };
    // As on the console: each resource has a second event when it gets its physical id.
    let telling = |it: &&Event| it.reason.as_deref() != Some("Resource creation Initiated");
    let rows = html! {
        @for event in stack.events.head().iter().filter(telling) { (row(event)) }
        @if stack.events.dropped() > 0 {
            tr.left-out role="row" { td colspan="5" role="cell" { (stack.events.dropped()) " events are left out." } }
        }
        @for event in stack.events.tail().filter(telling) { (row(event)) }
    };
    let caption = format!("Events of stack {}, oldest first", stack.name);
    html! {
        h3 { "Events" }
        (table(&caption, &["Time (UTC)", "Status", "Logical id", "Type", "Reason"], &rows, 0))
    }
}

/// Signals without effect: no event tells of them.
pub(super) fn idle(stack: &StackRecord) -> Markup {
    let idle = |it: &MarkKind| matches!(it, MarkKind::Uncounted | MarkKind::Refused);
    let mut marks: Vec<_> = stack
        .resources
        .iter()
        .flat_map(|it| it.signals.marks.iter().map(move |mark| (it, mark)))
        .filter(|(_, mark)| idle(&mark.kind))
        .collect();
    marks.sort_by_key(|(_, mark)| mark.at);
    let all: u64 = stack.resources.iter().map(|it| it.signals.counts.iter().skip(2).sum::<u64>()).sum();
    let shown = marks.len().min(ROWS);
    let begin = stack.began.unwrap_or(Moment::from_millis(0));
    let rows = html! {
        @for (resource, mark) in marks.iter().take(shown) {
            tr role="row" {
                (time(mark.at, begin))
                td role="cell" { (icon(super::timeline::symbol(mark.kind))) " " (mark.kind.text()) }
                td role="cell" { strong { @if resource.is_stack() { "not in the stack" } @else { (bdi(&resource.logical_id)) } } }
                td.reason role="cell" { (bdi(&mark.text)) }
            }
        }
    };
    let caption = "Signals that were refused, or accepted and not counted";
    let table = table(caption, &["Time (UTC)", "Effect", "Resource", "Signal"], &rows, all - shown as u64);
    html! {
        @if all > 0 {
            h3 { "Signals without effect" }
            (table)
        }
    }
}

/// Faults on demand.
pub(super) fn faults(stack: &StackRecord) -> Markup {
    let begin = stack.began.unwrap_or(Moment::from_millis(0));
    let all = stack.faults.count();
    let rows = html! {
        @for fault in stack.faults.iter().take(ROWS) {
            tr role="row" {
                (time(fault.at, begin))
                td role="cell" { strong { (bdi(&fault.request)) } }
                td.reason role="cell" { (icon("fault")) " " (bdi(&fault.fault)) }
            }
        }
    };
    let caption = "Requests that were answered with a fault on demand";
    let table = table(caption, &["Time (UTC)", "Request", "Fault"], &rows, all.saturating_sub(ROWS as u64));
    html! {
        @if all > 0 {
            h3 { "Faults on demand" }
            (table)
        }
    }
}

/// A table, of which `left` further rows are not shown. The roles are those that the elements lose
/// where the style sheet lays them out as blocks.
pub(super) fn table(caption: &str, columns: &[&str], rows: &Markup, left: u64) -> Markup {
    html! {
        table role="table" {
            caption.unseen { (bdi(caption)) }
            thead role="rowgroup" {
                tr role="row" { @for column in columns { th scope="col" role="columnheader" { (column) } } }
            }
            tbody role="rowgroup" {
                (rows)
                @if left > 0 {
                    tr.left-out role="row" { td colspan=(columns.len()) role="cell" { (left) " more are left out." } }
                }
            }
        }
    }
}

/// What each instance's user data printed; open where it failed.
pub(super) fn outputs(stack: &StackRecord) -> Markup {
    let said = |it: &&InstanceRecord| !it.lines.is_empty() || it.ended.is_some() || it.not_run.is_some();
    let instances: Vec<_> = stack.instances.iter().filter(said).collect();
    html! {
        @if !instances.is_empty() {
            h3 { "User data" }
            @for instance in instances { (output(instance, signalled_failure(stack, instance))) }
            @if stack.further_instances > 0 {
                p.left-out { "Further instances are left out." }
            }
        }
    }
}

/// Whether it said itself that it failed, whatever its user data's status.
fn signalled_failure(stack: &StackRecord, instance: &InstanceRecord) -> bool {
    stack
        .resources
        .iter()
        .filter(|it| it.logical_id == instance.logical_id)
        .flat_map(|it| it.signals.marks.iter())
        .any(|mark| mark.kind == MarkKind::Failure && mark.unique_id == instance.instance_id)
}

fn output(instance: &InstanceRecord, signalled_failure: bool) -> Markup {
    let (class, symbol, text) = match (&instance.not_run, &instance.ended) {
        (Some(why), _) => ("open", "clock", why.clone()),
        (None, Some((ended, _))) if signalled_failure => {
            ("bad", "not-done", format!("signalled a failure, {}", how(*ended)))
        }
        (None, Some((ended, _))) if ended.code == Some(0) => ("good", "done", how(*ended)),
        (None, Some(_)) if instance.ended_with_it() => {
            ("faint", "gone", "ended with the instance".to_owned())
        }
        (None, Some((ended, _))) => ("bad", "not-done", how(*ended)),
        (None, None) => ("open", "clock", "did not end by itself".to_owned()),
    };
    let line = |line: &Line| {
        let text: String = super::super::console::without_escapes(&line.text);
        let text: String = text.chars().filter(|it| !is_invisible(*it) || *it == '\t').collect();
        html! { @if line.stub { span.stub { "~ " (text) } } @else { (text) } "\n" }
    };
    html! {
        details open[class == "bad"] {
            summary {
                strong { (bdi(&instance.logical_id)) } " "
                span.type { (bdi(&instance.instance_id)) } " "
                span class={ "status " (class) } { (icon(symbol)) (text) }
                @if let Some((ended, _)) = &instance.ended { " after " (spoken(ended.after)) }
                ", " (instance.lines.count()) @if instance.lines.count() == 1 { " line" } @else { " lines" }
            }
            @if !instance.lines.is_empty() {
                pre {
                    @for it in instance.lines.head() { (line(it)) }
                    @if instance.lines.dropped() > 0 {
                        span.stub { "… " (instance.lines.dropped()) " lines are left out …" } "\n"
                    }
                    @for it in instance.lines.tail() { (line(it)) }
                }
            }
        }
    }
}

pub(super) fn time(at: Moment, begin: Moment) -> Markup {
    html! {
        td.time role="cell" {
            time datetime=(at.iso_8601()) { (at.time_of_day()) } " "
            span.type { "+" (super::axis::unbroken(&spoken(at.since(begin)))) }
        }
    }
}
