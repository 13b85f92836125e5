//! The page's tables and texts.

use maud::{Markup, html};

use super::super::phase::{Phase, Tone};
use super::super::record::{InstanceRecord, Line, MarkKind, StackRecord, Verdict};
use super::how;
use crate::moment::{Moment, spoken};
use crate::stack::Event;

/// Rows of a table of signals or faults.
const ROWS: usize = 200;

/// Somebody else's text, kept from turning the direction of what stands around it.
pub(super) fn bdi(text: &str) -> Markup {
    let text: String = text.chars().filter(|it| !it.is_control() || *it == '\n').collect();
    html! { bdi { (text) } }
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
                td.type role="cell" { (bdi(&event.resource_type)) }
                td.reason role="cell" { @if let Some(reason) = &event.reason { (bdi(reason)) } }
            }
        }
    };
    // As on the console: each resource has a second event when it gets its physical id.
    let telling = |it: &&Event| it.reason.as_deref() != Some("Resource creation Initiated");
    // The roles are those that the elements lose where the style sheet lays them out as blocks.
    html! {
        h3 { "Events" }
        table role="table" {
            caption.unseen { "Events of stack " (bdi(&stack.name)) ", oldest first" }
            thead role="rowgroup" {
                tr role="row" {
                    th scope="col" role="columnheader" { "Time (UTC)" }
                    th scope="col" role="columnheader" { "Status" }
                    th scope="col" role="columnheader" { "Logical id" }
                    th scope="col" role="columnheader" { "Type" }
                    th scope="col" role="columnheader" { "Reason" }
                }
            }
            tbody role="rowgroup" {
                @for event in stack.events.head().iter().filter(telling) { (row(event)) }
                @if stack.events.dropped() > 0 {
                    tr.left-out role="row" { td colspan="5" role="cell" { (stack.events.dropped()) " events are left out." } }
                }
                @for event in stack.events.tail().filter(telling) { (row(event)) }
            }
        }
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
    html! {
        @if all > 0 {
            h3 { "Signals without effect" }
            table role="table" {
                caption.unseen { "Signals that were refused, or accepted and not counted" }
                thead role="rowgroup" {
                    tr role="row" {
                        th scope="col" role="columnheader" { "Time (UTC)" }
                        th scope="col" role="columnheader" { "Effect" }
                        th scope="col" role="columnheader" { "Resource" }
                        th scope="col" role="columnheader" { "Signal" }
                    }
                }
                tbody role="rowgroup" {
                    @for (resource, mark) in marks.iter().take(shown) {
                        tr role="row" {
                            (time(mark.at, begin))
                            td role="cell" { (icon(super::timeline::symbol(mark.kind))) " " (mark.kind.text()) }
                            td role="cell" { strong { @if resource.is_stack() { "not in the stack" } @else { (bdi(&resource.logical_id)) } } }
                            td.reason role="cell" { (bdi(&mark.text)) }
                        }
                    }
                    @if all > shown as u64 {
                        tr.left-out role="row" { td colspan="4" role="cell" { (all - shown as u64) " more are left out." } }
                    }
                }
            }
        }
    }
}

/// Faults on demand.
pub(super) fn faults(stack: &StackRecord) -> Markup {
    let begin = stack.began.unwrap_or(Moment::from_millis(0));
    let all = stack.faults.count();
    html! {
        @if all > 0 {
            h3 { "Faults on demand" }
            table role="table" {
                caption.unseen { "Requests that were answered with a fault on demand" }
                thead role="rowgroup" {
                    tr role="row" {
                        th scope="col" role="columnheader" { "Time (UTC)" }
                        th scope="col" role="columnheader" { "Request" }
                        th scope="col" role="columnheader" { "Fault" }
                    }
                }
                tbody role="rowgroup" {
                    @for fault in stack.faults.iter().take(ROWS) {
                        tr role="row" {
                            (time(fault.at, begin))
                            td role="cell" { strong { (bdi(&fault.request)) } }
                            td.reason role="cell" { (icon("fault")) " " (bdi(&fault.fault)) }
                        }
                    }
                    @if all > ROWS as u64 {
                        tr.left-out role="row" { td colspan="3" role="cell" { (all - ROWS as u64) " more are left out." } }
                    }
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
            @for instance in instances { (output(instance)) }
            @if stack.further_instances > 0 {
                p.left-out { "Further instances are left out." }
            }
        }
    }
}

fn output(instance: &InstanceRecord) -> Markup {
    let (class, symbol, text) = match (&instance.not_run, &instance.ended) {
        (Some(why), _) => ("open", "clock", why.clone()),
        (None, Some((ended, _))) if ended.code == Some(0) => ("good", "done", how(*ended)),
        (None, Some((ended, _))) => ("bad", "not-done", how(*ended)),
        (None, None) => ("open", "clock", "did not end by itself".to_owned()),
    };
    let line = |line: &Line| {
        let text: String = super::super::console::without_escapes(&line.text);
        let text: String = text.chars().filter(|it| !it.is_control() || *it == '\t').collect();
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

fn time(at: Moment, begin: Moment) -> Markup {
    html! {
        td.time role="cell" {
            time datetime=(at.iso_8601()) { (at.time_of_day()) } " "
            span.type { "+" (super::axis::unbroken(&spoken(at.since(begin)))) }
        }
    }
}
