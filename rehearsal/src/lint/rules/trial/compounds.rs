//! What is made of several statements: chains, pipes, subshells, branches and loops.

use super::run::{Around, Flow, Run, State};
use crate::lint::rules::flow::filter;
use crate::lint::shell::{self, Block, Form, Kind, Statement, Word};

impl<'p> Run<'p> {
    pub(super) fn chain(
        &mut self,
        left: &'p Statement,
        right: &'p Statement,
        is_and: bool,
        around: Around,
    ) -> Flow {
        let is_waived = !is_and
            && matches!(&right.kind, Kind::Command(it) if matches!(it.name().as_deref(), Some("true" | ":")));
        let tested = Around { is_tested: true, is_waived: around.is_waived || is_waived, ..around };
        let flow = self.statement(left, tested);
        if flow != Flow::Next || (self.state.status == 0) != is_and {
            return flow;
        }
        self.statement(right, around)
    }

    pub(super) fn pipeline(
        &mut self,
        statement: &'p Statement,
        stages: &'p [Statement],
        around: Around,
    ) -> Flow {
        let ends_well = filter(statement).is_some();
        let mut statuses = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let is_filter = ends_well && index + 1 == stages.len();
            if is_filter {
                self.state.status = 0;
            } else {
                self.subshell(|run| run.statement(stage, Around { is_tested: true, ..around }));
            }
            statuses.push(self.state.status);
        }
        let last = statuses.last().copied().unwrap_or_default();
        let worst = statuses.iter().copied().max().unwrap_or_default();
        self.state.status = if self.state.pipefail { worst } else { last };
        let flow = self.done(around);
        self.state.pipe = statuses;
        flow
    }

    /// What runs in a shell of its own: nothing of it is left but its status, and it ends nothing else.
    pub(super) fn subshell(&mut self, run: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let (kept, was_inside, end) = (self.state.clone(), self.is_inside, self.end);
        self.state.on_exit = None;
        self.is_inside = true;
        let flow = run(self);
        if let Some(trap) = self.state.on_exit.take() {
            self.in_trap(trap);
        }
        let status = self.state.status;
        self.state = State { status, ..kept };
        (self.is_inside, self.end) = (was_inside, end);
        flow
    }

    pub(super) fn compound(
        &mut self,
        statement: &'p Statement,
        form: &'p Form,
        tests: &'p [Statement],
        body: &'p [Statement],
        around: Around,
    ) -> Flow {
        match form {
            Form::If | Form::Elif => {
                let flow = self.block(tests, Around { is_tested: true, ..around });
                if flow != Flow::Next {
                    return flow;
                }
                let is_taken = self.state.status == 0;
                let is_branch =
                    |it: &Statement| matches!(it.kind, Kind::Compound { form: Form::Elif | Form::Else, .. });
                let others = body.iter().position(is_branch).unwrap_or(body.len());
                let (own, others) = body.split_at(others);
                match is_taken {
                    true => self.block(own, around),
                    // One that is not taken goes on to the next.
                    false => self.branches(others, around),
                }
            }
            Form::Else | Form::Do | Form::Item(_) => self.block(body, around),
            Form::Loop => self.repeated(statement, tests, body, around),
            Form::Case(subject) => self.case(subject, body, around),
        }
    }

    /// `elif` and `else`, of which the first that is taken is the only one; it begins with the status of the test.
    fn branches(&mut self, branches: &'p [Statement], around: Around) -> Flow {
        for branch in branches {
            let Kind::Compound { form, tests, body } = &branch.kind else { continue };
            if let Form::Elif = form {
                let flow = self.block(tests, Around { is_tested: true, ..around });
                if flow != Flow::Next {
                    return flow;
                }
                if self.state.status != 0 {
                    continue;
                }
            }
            return self.block(body, around);
        }
        self.state.status = 0;
        Flow::Next
    }

    /// A loop is gone through once.
    fn repeated(
        &mut self,
        statement: &'p Statement,
        tests: &'p [Statement],
        body: &'p [Statement],
        around: Around,
    ) -> Flow {
        let mut leaves = false;
        shell::visit(body, &mut |command| {
            leaves |= command.name().is_some_and(|it| matches!(it.as_str(), "break" | "exit" | "return"));
        });
        let reads = self.written(statement).trim_start_matches("while").trim_start();
        let reads = ["read ", "IFS"].iter().any(|it| reads.starts_with(it));
        let is_retried = around.is_retried || leaves || !(tests.is_empty() || reads);
        let inside = Around { is_retried, ..around };
        if !tests.is_empty() {
            let flow = self.block(tests, Around { is_tested: true, ..inside });
            if flow != Flow::Next {
                return flow;
            }
        }
        self.state.status = 0;
        match self.block(body, inside) {
            Flow::Break => Flow::Next,
            other => other,
        }
    }

    fn case(&mut self, subject: &'p Word, items: &'p [Statement], around: Around) -> Flow {
        let value = self.value(subject);
        let mut bodies: Vec<(&'p [Word], &'p Block)> = Vec::new();
        for item in items {
            if let Kind::Compound { form: Form::Item(patterns), body, .. } = &item.kind {
                bodies.push((patterns, body));
            }
        }
        let is_any = |patterns: &[Word]| patterns.iter().any(|it| it.literal().as_deref() == Some("*"));
        let has_rest = bodies.last().is_some_and(|(patterns, _)| is_any(patterns));
        let taken = match value {
            Some(value) => {
                let matches = |pattern: &Word| pattern.literal().map(|it| glob(&it, &value.text));
                let mut taken = None;
                for (index, (patterns, _)) in bodies.iter().enumerate() {
                    let all: Vec<Option<bool>> = patterns.iter().map(matches).collect();
                    self.is_lost |= all.contains(&None);
                    if all.contains(&Some(true)) {
                        taken = Some(index);
                        break;
                    }
                }
                taken
            }
            None => {
                let key = self.text().text.get(subject.range.clone()).unwrap_or_default();
                let options = bodies.len() + usize::from(!has_rest);
                Some(self.chosen(&format!("case {key}"), options))
            }
        };
        self.state.status = 0;
        match taken.and_then(|index| bodies.get(index)) {
            Some((_, body)) => self.block(body, around),
            None => Flow::Next,
        }
    }
}

/// Whether a text is what a pattern with `*`, `?` and `[…]` says.
fn glob(pattern: &str, text: &str) -> bool {
    globset::Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(text))
}
