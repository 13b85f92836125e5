//! What became of a rehearsal, for the command and for whoever has it in a program of their own.

use super::Rehearsal;
use crate::clock::ClockKind;
use crate::report::json::Ending;
use crate::report::{Made, Notes};
use crate::template::MadeUp;

/// What became of the stacks so far: the reports that the command writes, as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// An object for each thing that happened, a line each, and a summary last: as `--output json`. Of more than 10,000 lines
    /// the first and the last 5,000 are kept; one of type `left-out` between them says how many are not.
    pub json_lines: String,
    /// A test case for each wait, as `--junit` writes it.
    pub junit: String,
    /// A page, as `--html` writes it.
    pub html: String,
}

impl Rehearsal {
    /// What became of the stacks so far, as far as [`Self::until_decided`] has seen it; with advice once the stack's fate is
    /// decided. `title` is the page's.
    ///
    /// # Errors
    ///
    /// When the JUnit report cannot be written down, which is a bug.
    pub fn report(&self, title: &str) -> std::io::Result<Report> {
        let ending = match self.principal {
            Some(_) => Ending::of(self.fate()),
            // No stack was to come to anything.
            None => Ending { exit_code: 0, interrupted: false },
        };
        let notes = self.notes();
        Ok(Report {
            json_lines: self.reporter.json_lines(ending, &notes),
            junit: self.reporter.junit(&notes)?,
            html: self.html(title, ending, &notes),
        })
    }

    /// What is to be said beside the stacks' histories.
    pub(crate) fn notes(&self) -> Notes {
        let own = self.principal.as_ref().map(|it| it.deployed.name.as_str());
        let made_up = self.account.made_up().into_iter();
        let hidden = |text: &str| self.account.secrets.without(text).into_owned();
        Notes {
            faults: self.faults.summary(),
            remarks: self.principal.iter().flat_map(|it| &it.remarks).map(|it| hidden(it)).collect(),
            untold: self.news.untold(),
            made_up: made_up
                .map(|(stack, MadeUp { name, value })| {
                    let stack = Some(stack).filter(|it| Some(it.as_str()) != own);
                    Made { stack, name, value: hidden(&value) }
                })
                .collect(),
            filled: self
                .filled
                .iter()
                .map(|MadeUp { name, value }| Made { stack: None, name: name.clone(), value: hidden(value) })
                .collect(),
        }
    }

    pub(crate) fn html(&self, title: &str, ending: Ending, notes: &Notes) -> String {
        self.reporter.html(title, ending, notes, self.account.clock.kind() != ClockKind::Real)
    }
}
