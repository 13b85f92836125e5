//! What became of a rehearsal, for whoever has it in a program of their own.

use std::time::Instant;

use super::Rehearsal;
use crate::clock::{ClockKind, wall};
use crate::happening::News;
use crate::report::json::{self, Ending};
use crate::report::{Notes, Page, Recorder, html, junit};

/// What is remembered of a rehearsal that goes on.
pub(super) struct Record {
    recorder: Recorder,
    lines: Vec<String>,
    begun: Instant,
}

impl Record {
    pub(super) fn new() -> Self {
        Self { recorder: Recorder::new(true), lines: Vec::new(), begun: Instant::now() }
    }

    fn keep(&mut self) {
        self.lines.extend(self.recorder.drain().iter().map(json::line));
    }
}

/// What became of the stacks so far: the reports that the command writes, as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// An object for each thing that happened, a line each, and a summary last: as `--output json`.
    pub json_lines: String,
    /// A test case for each wait, as `--junit` writes it.
    pub junit: String,
    /// A page, as `--html` writes it.
    pub html: String,
}

impl Rehearsal {
    /// Something happened.
    pub(super) fn remember(&mut self, news: &News) {
        let now = self.account.clock.now();
        let real = self.record.begun.elapsed();
        self.record.recorder.happened(&news.stack, &news.happening, now, real);
        self.record.keep();
    }

    /// The stack is going to have these resources.
    pub(super) fn remember_plan(&mut self) {
        if let Some(principal) = &self.principal {
            self.record.recorder.planned(&principal.plan);
        }
    }

    /// What the stacks wait for.
    pub(super) fn remember_waits(&mut self) {
        let (now, real) = (self.account.clock.now(), self.record.begun.elapsed());
        for stack in self.account.all() {
            self.record.recorder.waiting(&stack.name, &stack.engine.waiting(), now, real);
        }
        self.record.keep();
    }

    /// What became of the stacks so far, as far as [`Self::until_decided`] has seen it. `title` is the page's.
    ///
    /// # Errors
    ///
    /// When the JUnit report cannot be written down, which is a bug.
    pub fn report(&self, title: &str) -> std::io::Result<Report> {
        let stacks = self.record.recorder.stacks();
        let ending = match self.principal {
            Some(_) => Ending::of(self.fate()),
            // No stack was to come to anything.
            None => Ending { exit_code: 0, interrupted: false },
        };
        let notes = Notes { faults: self.faults.summary(), untold: self.news.untold() };
        let mut json_lines = self.record.lines.join("\n");
        if !json_lines.is_empty() {
            json_lines.push('\n');
        }
        json_lines.push_str(&json::summary(stacks, ending, &notes));
        json_lines.push('\n');
        let page = Page {
            title,
            stacks,
            beyond: self.record.recorder.beyond(),
            ending,
            virtual_time: self.account.clock.kind() != ClockKind::Real,
            notes: &notes,
            made: wall(),
        };
        Ok(Report { json_lines, junit: junit::render(stacks)?, html: html(&page) })
    }
}
