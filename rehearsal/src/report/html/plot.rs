//! The time line as markup.

use maud::{Markup, html};

use super::super::record::{ResourceRecord, StackRecord};
use super::axis::{Axis, Side, Tick, unbroken};
use super::parts::{bdi, icon, kind, status};
use super::timeline::{Bar, Dot, Row, Timeline, timeline};
use crate::moment::spoken;

/// The time line of a stack, its resources from top to bottom.
pub(super) fn figure(stack: &StackRecord, anchor: &str) -> Markup {
    let Timeline { axis, rows } = timeline(stack);
    let faults = !stack.faults.is_empty();
    let caption = format!("{anchor}-line");
    html! {
        h3 id=(caption) { "Time line" }
        figure aria-labelledby=(caption) style={ "--plot:" (background(&axis)) } {
            (scale(&axis))
            ol.rows {
                @for (resource, row) in stack.resources.iter().zip(&rows) { (row_of(stack, resource, row)) }
            }
            figcaption { (legend(&axis, faults)) }
        }
        (super::service::figure(stack, &axis, anchor))
    }
}

/// The shapes, each unlike the others without its colour.
pub(super) fn symbols() -> Markup {
    html! {
        svg.unseen aria-hidden="true" width="0" height="0" {
            symbol #success viewBox="0 0 16 16" { circle.fill cx="8" cy="8" r="6.5" {} path.ink d="M4.8 8.2l2.2 2.3 4.2-4.8" {} }
            symbol #failure viewBox="0 0 16 16" { rect.fill x="2" y="2" width="12" height="12" {} path.ink d="M5 5l6 6M11 5l-6 6" {} }
            symbol #uncounted viewBox="0 0 16 16" { circle.line cx="8" cy="8" r="5.6" {} }
            symbol #refused viewBox="0 0 16 16" { path.line d="M8 2.2L14.6 13.6H1.4z" {} path.line d="M8 6.5v3.4M8 11.4v.6" {} }
            symbol #fault viewBox="0 0 16 16" { path.fill d="M9.6.8L2.6 9.2h4.2L5.6 15.2l7.8-9H9.2z" {} }
            symbol #done viewBox="0 0 16 16" { circle.fill cx="8" cy="8" r="7" {} path.ink d="M4.5 8.2l2.4 2.5 4.6-5.2" {} }
            symbol #not-done viewBox="0 0 16 16" { path.fill d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" {} path.ink d="M5 5l6 6M11 5l-6 6" {} }
            symbol #clock viewBox="0 0 16 16" { circle.line cx="8" cy="8" r="6.2" {} path.line d="M8 4.2V8l2.6 1.8" {} }
            symbol #gone viewBox="0 0 16 16" { circle.line cx="8" cy="8" r="6.2" {} path.line d="M5 8h6" {} }
        }
    }
}

pub(super) fn scale(axis: &Axis) -> Markup {
    let class = |tick: &Tick| match tick.side() {
        Side::Right => "tick first",
        Side::Middle => "tick",
        Side::Left => "tick last",
    };
    // One after the other, so that the row is as high as the longest of their texts needs.
    let mut end = 0.0;
    let cuts: Vec<_> = axis
        .cuts()
        .into_iter()
        .map(|cut| {
            let margin = cut.left - end;
            end = cut.left + cut.width;
            (margin, cut)
        })
        .collect();
    html! {
        div.row.head {
            div.who { "Since the stack's beginning" }
            div.plot {
                div.scale {
                    @for tick in axis.ticks() {
                        span class=(class(&tick)) data-always=(tick.always) style={ "left:" (percent(tick.left)) } { (tick.text) }
                    }
                }
                div.scale.cuts {
                    @for (margin, cut) in &cuts {
                        span.cut style={ "margin-left:" (percent(*margin)) ";width:" (percent(cut.width)) }
                            title={ "nothing happens for " (spoken(cut.span)) } {
                            @if cut.labelled { (unbroken(&spoken(cut.span))) }
                        }
                    }
                }
            }
        }
    }
}

fn row_of(stack: &StackRecord, resource: &ResourceRecord, row: &Row) -> Markup {
    let now = resource.status.map_or("not begun", |it| it.as_str());
    html! {
        li.row {
            div.who {
                strong { @if resource.is_stack() { "Stack " (bdi(&stack.name)) } @else { (bdi(&resource.logical_id)) } } " "
                @if !resource.is_stack() { span.type { (kind(&resource.resource_type)) } }
                div { (status(now)) }
                @let numbers = numbers(stack, resource);
                @if !numbers.is_empty() { div { (numbers) } }
            }
            div.plot role="img" aria-label=(row.words) {
                div.scale.bars { @for bar in &row.bars { (bar_of(bar)) } }
                @for script in &row.scripts { div.scale.scripts { (bar_of(script)) } }
                @for lane in &row.lanes { div.scale.lane { @for dot in lane { (dot_of(dot)) } } }
            }
        }
    }
}

/// `0 of 1 signal(s), 2 refused`; of several waits, such as an update's batches, how many they are.
fn numbers(stack: &StackRecord, resource: &ResourceRecord) -> String {
    let mut parts = Vec::new();
    if let Some(wait) = resource.waits.last() {
        let counted = format!("{} of {} signal(s)", wait.received, wait.expected);
        parts.push(match resource.waits.count() {
            1 => counted,
            several => format!("{several} waits, the last: {counted}"),
        });
    }
    let [_, failures, uncounted, refused] = resource.signals.counts;
    let words = [(failures, "failed"), (uncounted, "not counted"), (refused, "refused")];
    parts.extend(words.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
    if resource.is_stack() && !stack.faults.is_empty() {
        parts.push(format!("{} fault(s) on demand", stack.faults.count()));
    }
    parts.join(", ")
}

fn bar_of(bar: &Bar) -> Markup {
    html! {
        span class={ "bar " (bar.class) } style={ "left:" (percent(bar.left)) ";width:" (percent(bar.width)) } title=(bar.title) {}
        @if let Some(end) = bar.end {
            svg class={ "mark end " (end) @if !bar.forwards { " back" } } style={ "left:" (percent(bar.left + bar.width)) } { use href={ "#" (end) } {} }
        }
    }
}

fn dot_of(dot: &Dot) -> Markup {
    html! {
        svg class={ "mark " (dot.symbol) } style={ "left:" (percent(dot.left)) } {
            title { (dot.title) }
            use href={ "#" (dot.symbol) } {}
        }
        @if dot.count > 1 { span class={ "count" @if dot.left > 90.0 { " before" } } style={ "left:" (percent(dot.left)) } { (dot.count) } }
    }
}

fn legend(axis: &Axis, faults: bool) -> Markup {
    html! {
        ul.legend {
            li { span.sample.bar.create.complete {} " creation or update" }
            li { span.sample.bar.delete.complete {} " deletion or rollback" }
            li { span.sample.bar.wait {} " waits for signals" }
            li { span.sample.bar.script {} " instance, or its user data" }
            @for (symbol, text) in [
                ("success", "success signal"),
                ("failure", "failure signal"),
                ("uncounted", "accepted, not counted"),
                ("refused", "refused"),
            ] { li { (icon(symbol)) " " (text) } }
            @if faults { li { (icon("fault")) " fault on demand" } }
            @if !axis.cuts().is_empty() { li { span.sample.cut {} " nothing happens: not to scale" } }
        }
    }
}

/// Lines at the labels and hatching where time is cut short, behind every row.
pub(super) fn background(axis: &Axis) -> String {
    let mut layers: Vec<String> = axis
        .ticks()
        .iter()
        .map(|it| {
            format!("linear-gradient(var(--line),var(--line)) {} 0/1px 100% no-repeat", percent(it.left))
        })
        .collect();
    layers.extend(axis.cuts().iter().map(|it| {
        // Where a background lies is a share of what it leaves free.
        let place = it.left / (100.0 - it.width) * 100.0;
        format!("var(--hatch) {} 0/{} 100% no-repeat", percent(place), percent(it.width))
    }));
    layers.join(",")
}

pub(super) fn percent(value: f64) -> String {
    format!("{value:.3}%")
}
