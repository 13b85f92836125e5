//! From what happens to what is written of it: one way, for the command and for whoever has a rehearsal in a program of
//! their own.

use std::io;
use std::time::Instant;

use super::bounded::Bounded;
use super::discreet::discreet;
use super::json::Ending;
use super::notes::Notes;
use super::record::StackRecord;
use super::{Page, Recorder, html, json, junit};
use crate::clock::wall;
use crate::happening::{Happening, Launch};
use crate::model;
use crate::moment::Moment;
use crate::run::Ended;
use crate::secrets::Secrets;
use crate::stack::{Capacity, ResourceView, Waiting};

/// Lines that are kept where nobody takes them as they come: the first and the last so many.
const LINES: (usize, usize) = (5000, 5000);

/// What is recorded of a rehearsal that goes on, and the reports of it.
pub struct Reporter {
    recorder: Recorder,
    lines: Lines,
    begun: Instant,
    secrets: Secrets,
}

/// What becomes of the lines of `--output json`.
enum Lines {
    Kept(Bounded<String>),
    Passed(fn(&str)),
    Unwanted,
}

impl Reporter {
    /// Nothing is recorded yet; lines are kept.
    #[must_use]
    pub fn new() -> Self {
        let lines = Lines::Kept(Bounded::new(LINES.0, LINES.1));
        Self { recorder: Recorder::new(true), lines, begun: Instant::now(), secrets: Secrets::default() }
    }

    /// The same, which shows none of these.
    #[must_use]
    pub fn hiding(self, secrets: &Secrets) -> Self {
        Self { secrets: secrets.clone(), ..self }
    }

    /// Lines are passed on as they come in place of being kept, if anybody wants them.
    #[must_use]
    pub fn passing(self, to: Option<fn(&str)>) -> Self {
        match to {
            Some(to) => Self { lines: Lines::Passed(to), ..self },
            None => Self { lines: Lines::Unwanted, recorder: self.recorder.without_journal(), ..self },
        }
    }

    /// A stack is going to have these resources.
    pub fn planned(&mut self, plan: &model::Stack) {
        self.recorder.planned(plan);
    }

    /// A stack has these resources before it is updated; to be called after [`Self::planned`].
    pub fn existing(&mut self, stack: &str, resources: &[ResourceView<'_>]) {
        self.recorder.existing(stack, resources);
    }

    /// A group of a stack has this size before it is updated.
    pub fn sized(&mut self, stack: &str, size: &Capacity) {
        self.recorder.sized(stack, size);
    }

    /// Something happened.
    pub fn happened(&mut self, stack: &str, happening: &Happening, now: Moment) {
        let happening = discreet(happening.clone(), &self.secrets);
        self.recorder.happened(stack, &happening, now, self.begun.elapsed());
        self.tell();
    }

    /// What a stack waits for, as often as anybody looks.
    pub fn waiting(&mut self, stack: &str, waiting: &[Waiting], now: Moment) {
        self.recorder.waiting(stack, waiting, now, self.begun.elapsed());
        self.tell();
    }

    /// User data, or a stub that it called, printed a line.
    pub fn output(&mut self, stack: &str, from: &Launch, text: &str, stub: bool, now: Moment) {
        self.recorder.output(stack, from, &self.secrets.without(text), stub, now, self.begun.elapsed());
        self.tell();
    }

    /// User data ended.
    pub fn exited(&mut self, stack: &str, from: &Launch, ended: Ended, now: Moment) {
        self.recorder.exited(stack, from, ended, now, self.begun.elapsed());
        self.tell();
    }

    /// User data is nothing that can be run.
    pub fn not_run(&mut self, stack: &str, from: &Launch, why: &str, now: Moment) {
        self.recorder.not_run(stack, from, &self.secrets.without(why), now, self.begun.elapsed());
        self.tell();
    }

    /// What to do about a stack's end.
    pub fn advised(&mut self, stack: &str, advice: &[String]) {
        let advice: Vec<_> = advice.iter().map(|it| self.secrets.without(it).into_owned()).collect();
        self.recorder.advised(stack, &advice);
    }

    /// What is remembered.
    #[must_use]
    pub fn stacks(&self) -> &[StackRecord] {
        self.recorder.stacks()
    }

    /// Passes on the last line.
    pub fn finish(&self, ending: Ending, notes: &Notes) {
        if let Lines::Passed(to) = self.lines {
            to(&json::summary(self.stacks(), ending, notes));
        }
    }

    /// The lines that were kept, and the last one.
    #[must_use]
    pub fn json_lines(&self, ending: Ending, notes: &Notes) -> String {
        let mut text = String::new();
        let mut add = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        if let Lines::Kept(lines) = &self.lines {
            lines.head().iter().for_each(|line| add(line));
            if lines.dropped() > 0 {
                add(&json::left_out(lines.dropped()));
            }
            lines.tail().for_each(|line| add(line));
        }
        add(&json::summary(self.stacks(), ending, notes));
        text
    }

    /// A test case for each wait.
    ///
    /// # Errors
    ///
    /// When it cannot be written down, which is a bug.
    pub fn junit(&self, notes: &Notes) -> io::Result<String> {
        junit::render(self.stacks(), notes)
    }

    /// The page; `virtual_time` where time was not this machine's.
    #[must_use]
    pub fn html(&self, title: &str, ending: Ending, notes: &Notes, virtual_time: bool) -> String {
        let (stacks, beyond, made) = (self.stacks(), self.recorder.beyond(), wall());
        html(&Page { title, stacks, beyond, ending, virtual_time, notes, made })
    }

    fn tell(&mut self) {
        for entry in self.recorder.drain() {
            let line = json::line(&entry);
            match &mut self.lines {
                Lines::Kept(lines) => {
                    lines.push(line);
                }
                Lines::Passed(to) => to(&line),
                Lines::Unwanted => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
