//! `--html FILE`: one page that needs nothing else, neither scripts nor anything from elsewhere.
//!
//! Whatever a template, a signal or a script says is escaped, and a policy in the page forbids scripts and requests
//! besides. Made by `maud`, whose macro escapes every value unless told otherwise: only the style sheet is.

mod axis;
mod parts;
mod plot;
mod service;
mod timeline;

use std::time::Duration;

use cfn_signal_core::delivery::is_invisible;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::json::Ending;
use super::notes::Notes;
use super::record::{StackRecord, Verdict};
use crate::moment::{Moment, spoken};
use parts::bdi;

pub(super) use super::advice::how;

/// No scripts, and nothing from anywhere: also where something was not escaped.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// What is told of a rehearsal.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What was rehearsed, such as the template's file.
    pub title: &'a str,
    /// The stacks.
    pub stacks: &'a [StackRecord],
    /// Things told of further stacks.
    pub beyond: u64,
    /// How it ended.
    pub ending: Ending,
    /// Whether time was not this machine's.
    pub virtual_time: bool,
    /// What else is to be said.
    pub notes: &'a Notes,
    /// When it was made.
    pub made: Moment,
}

/// The whole file.
#[must_use]
pub fn render(page: &Page<'_>) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                link rel="icon" href="data:,";
                title { (headline(page)) " · " (page.title) " · cfn-rehearse" }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                (plot::symbols())
                main {
                    (head(page))
                    @for (index, stack) in page.stacks.iter().enumerate() { (section(page, index, stack)) }
                    @if page.beyond > 0 {
                        p.left-out { "Further stacks are left out: " (page.beyond) " happenings." }
                    }
                    @for remark in &page.notes.remarks { p.left-out { (remark) "." } }
                    (parts::made_up("Made up, for only the real service knows it", &page.notes.made_up))
                    (parts::made_up("Filled in, for no value was given", &page.notes.filled))
                    @if let Some(untold) = page.notes.untold() { p.left-out { (untold) "." } }
                }
                footer {
                    "Made by cfn-rehearse " (env!("CARGO_PKG_VERSION")) " at "
                    time datetime=(page.made.iso_8601()) { (page.made.iso_8601()) }
                    ". Values of signatures, keys and tokens are hidden."
                }
            }
        }
    }
    .into_string()
    // Also where a text is no element, such as the title.
    .replace(|it| is_invisible(it) && !['\n', '\t'].contains(&it), " ")
}

/// How it ended; of several stacks, how many failed: clients may make stacks that are to fail.
fn headline(page: &Page<'_>) -> String {
    let count = |verdict| page.stacks.iter().filter(|it| it.verdict() == verdict).count();
    let of_several = match (count(Verdict::Complete), count(Verdict::Failed), count(Verdict::Undecided)) {
        (0, 0, 0) => "No stacks".to_owned(),
        (complete, 0, 0) => format!("{complete} stacks, all complete"),
        (complete, failed, 0) => format!("{failed} of {} stacks failed", complete + failed),
        (complete, failed, open) => {
            format!("{failed} of {} stacks failed, {open} undecided", complete + failed + open)
        }
    };
    let one = page.stacks.len() == 1;
    match (page.ending.interrupted, page.ending.exit_code) {
        (true, _) if one => "Interrupted".to_owned(),
        (true, _) => format!("Interrupted: {of_several}"),
        _ if !one => of_several,
        (false, 0) => "Complete".to_owned(),
        (false, _) => "Failed".to_owned(),
    }
}

fn head(page: &Page<'_>) -> Markup {
    html! {
        header {
            p.product { "Rehearsal of " (bdi(page.title)) }
            @if page.stacks.len() != 1 {
                h1 { (headline(page)) }
                ul.stacks {
                    @for (index, stack) in page.stacks.iter().enumerate() {
                        li {
                            a href={ "#stack-" (index) } { (bdi(&stack.name)) } " "
                            (parts::verdict_chip(stack))
                        }
                    }
                }
            }
        }
    }
}

fn section(page: &Page<'_>, index: usize, stack: &StackRecord) -> Markup {
    let alone = page.stacks.len() == 1;
    let anchor = format!("stack-{index}");
    html! {
        section.stack id=(anchor) aria-labelledby={ (anchor) "-name" } {
            (verdict(page, stack, &anchor, alone))
            (plot::figure(stack, &anchor))
            (parts::idle(stack))
            (parts::faults(stack))
            (parts::events(stack))
            (parts::outputs(stack))
        }
    }
}

fn verdict(page: &Page<'_>, stack: &StackRecord, anchor: &str, alone: bool) -> Markup {
    let verdict = stack.verdict();
    let status = stack.status.map_or("not begun", |it| it.as_str());
    let judged = stack.judged();
    let class = match verdict {
        Verdict::Complete => "good",
        Verdict::Failed => "bad",
        Verdict::Undecided => "open",
    };
    let name = html! { "Stack " (bdi(&stack.name)) " is " (parts::status(status)) };
    let took = judged.map_or(Duration::ZERO, |it| it.took(stack.latest));
    let longest = stack
        .own_resources()
        .flat_map(|it| it.waits.iter().map(move |wait| (wait.length(stack.latest), &it.logical_id)))
        .max_by_key(|(length, _)| *length);
    html! {
        div class={ "verdict " (class) } {
            @if alone { h1 id={ (anchor) "-name" } { (name) } } @else { h2 id={ (anchor) "-name" } { (name) } }
            dl {
                @if page.ending.interrupted && verdict == Verdict::Undecided {
                    dt { "Why" }
                    dd { "The rehearsal was interrupted before the stack's fate was decided." }
                }
                @if let Some((id, reason, _)) = judged.and_then(|it| it.failure.as_ref()) {
                    dt { "Why" }
                    dd { strong { (bdi(id)) } ": " (bdi(reason)) }
                }
                dt { "Time" }
                dd {
                    (spoken(took))
                    @if page.virtual_time { " in virtual time; " (spoken(stack.real)) " on this machine" }
                    @if let Some((length, id)) = longest { "; waited longest for " (bdi(id)) ", " (spoken(length)) }
                }
                @if let (Some(faults), false) = (&page.notes.faults, stack.faults.is_empty()) {
                    dt { "Faults" }
                    dd { (bdi(faults)) }
                }
                @for advice in &stack.advice {
                    dt { @if verdict == Verdict::Complete { "But" } @else { "Advice" } }
                    dd { (bdi(advice)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
