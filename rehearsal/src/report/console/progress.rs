//! How far a stack is, in one line that fits whatever screen there is.

use std::collections::HashSet;

use super::super::phase::{Phase, Progress as Step, Verb};
use crate::moment::{Moment, spoken};
use crate::stack::{Event, STACK_TYPE, Waiting};

/// Which of a stack's resources are done.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Resources that the stack has, where they are known and all of them are made.
    pub(super) total: Option<usize>,
    stack: Option<String>,
    done: HashSet<String>,
}

impl Progress {
    pub(super) fn told(&mut self, event: &Event) {
        let phase = Phase::of(event.status);
        if event.resource_type == STACK_TYPE && self.stack.as_ref().is_none_or(|it| *it == event.logical_id) {
            self.stack.get_or_insert_with(|| event.logical_id.clone());
            if phase.verb != Verb::Create {
                // An update leaves most of them as they are.
                self.total = None;
            }
            return;
        }
        if phase.progress == Step::Complete && matches!(phase.verb, Verb::Create | Verb::Update) {
            self.done.insert(event.logical_id.clone());
        } else {
            self.done.remove(&event.logical_id);
        }
    }

    fn text(&self) -> String {
        match self.total {
            Some(total) => format!("{}/{total} done, ", self.done.len()),
            None if self.done.is_empty() => String::new(),
            None => format!("{} done, ", self.done.len()),
        }
    }

    /// What is waited for, the wait that gives up first by name: as much of it as there is room for.
    pub(super) fn line(&self, waiting: &[Waiting], now: Moment, room: usize) -> Option<String> {
        let first = waiting.iter().min_by_key(|it| it.until)?;
        let Waiting { logical_id, received, expected, .. } = first;
        let left = left(first.until, now);
        let until = first.until.time_of_day();
        let others = waiting.len() - 1;
        let fits = |line: &String| line.chars().count() <= room;
        let head =
            if others > 0 { format!("{}{} wait; next ", self.text(), others + 1) } else { String::new() };
        let tail = format!(" {received}/{expected}, {left} left");
        if others == 0 {
            let whole = super::sentence(first, now);
            if fits(&whole) {
                return Some(whole);
            }
        }
        let long =
            format!("{head}{logical_id} has {received} of {expected} signal(s), {left} left, until {until}");
        if fits(&long) {
            return Some(long);
        }
        let space = room.saturating_sub(head.chars().count() + tail.chars().count());
        let line = format!("{head}{}{tail}", cut(logical_id, space));
        Some(line.chars().take(room).collect())
    }
}

/// A name without its middle where it is too long.
fn cut(name: &str, room: usize) -> String {
    let length = name.chars().count();
    if length <= room {
        return name.to_owned();
    }
    let end = room.saturating_sub(1) / 2;
    let begin: String = name.chars().take(room.saturating_sub(1 + end)).collect();
    let end: String = name.chars().skip(length - end).collect();
    format!("{begin}…{end}")
}

/// How long there is until then, in whole seconds.
pub(super) fn left(until: Moment, now: Moment) -> String {
    let seconds = until.since(now).as_millis().div_ceil(1000);
    spoken(std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX)))
}
