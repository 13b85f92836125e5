//! One way through a script.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::values::Value;
use super::{Flips, Stage, Trap};
use crate::lint::rules::flow::{Settings, is_init, named, works};
use crate::lint::shell::{Command, Kind, Statement};
use crate::lint::signal::Outcome;
use crate::lint::text::Text;

/// Statements of one way. More are a script that calls itself.
const MAX_STEPS: usize = 5_000;
const MAX_DEPTH: usize = 50;

/// A signal on the way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) outcome: Outcome,
    /// Where it stands in the script; of a trap's, where that is set.
    pub(super) at: usize,
    /// Whether it says a status, and not what is written out.
    pub(super) reads_status: bool,
    /// Whether that was read after the failure.
    pub(super) is_late: bool,
    /// The variable that it says.
    pub(super) variable: Option<String>,
    pub(super) in_trap: bool,
}

/// A command that does something.
#[derive(Clone, Debug)]
pub(super) struct Work {
    /// Which one it is, in every way.
    pub(super) key: u64,
    pub(super) name: String,
    pub(super) at: usize,
    pub(super) is_init: bool,
    /// Whether it is tried what comes of its failure.
    pub(super) may_fail: bool,
    /// How many signals there were before it.
    after: usize,
}

/// How a script ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    #[default]
    Last,
    Errexit,
    Exit,
}

/// Where it goes on after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Return,
    Exit,
}

/// What a statement is in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// A failure ends nothing here, for it is tested.
    pub(super) is_tested: bool,
    /// What fails here is tried again.
    pub(super) is_retried: bool,
    /// The other side of `||` is there for a failure to be let be.
    pub(super) is_waived: bool,
}

#[derive(Clone, Default)]
pub(super) struct State<'p> {
    pub(super) status: u8,
    pub(super) variables: HashMap<String, Option<Value>>,
    pub(super) pipe: Vec<u8>,
    pub(super) errexit: bool,
    pub(super) pipefail: bool,
    pub(super) errtrace: bool,
    pub(super) on_exit: Option<&'p Trap>,
    pub(super) on_error: Option<&'p Trap>,
}

pub(super) struct Run<'p> {
    pub(super) stage: &'p Stage<'p>,
    fails: Option<u64>,
    flips: Flips,
    pub(super) functions: HashMap<&'p str, &'p [Statement]>,
    pub(super) state: State<'p>,
    /// The arguments of the functions that are running.
    pub(super) arguments: Vec<Vec<Option<Value>>>,
    /// The trap whose own text is gone through.
    pub(super) trap: Option<&'p Trap>,
    /// Whether a trap has been set off, or a function that it calls.
    pub(super) in_trap: bool,
    /// Where the functions that are running were called.
    pub(super) calls: Vec<u64>,
    /// Whether functions and subshells leave the trap on failures behind.
    pub(super) is_inside: bool,
    depth: usize,
    pub(super) sent: Vec<Sent>,
    pub(super) works: Vec<Work>,
    /// What could have gone otherwise, with in how many ways.
    pub(super) met: BTreeMap<String, usize>,
    /// How many signals there were when the command failed.
    pub(super) failed_at: Option<usize>,
    /// Whether the script says that the failure does not matter.
    pub(super) is_waived: bool,
    /// Whether something was met that cannot be followed.
    pub(super) is_lost: bool,
    pub(super) end: End,
    pub(super) steps: usize,
}

/// Commands that tell somebody, or tidy up, and put nothing right.
const INFORMING: [&str; 24] = [
    "rm",
    "cp",
    "tar",
    "gzip",
    "zip",
    "journalctl",
    "dmesg",
    "tail",
    "head",
    "ls",
    "ps",
    "df",
    "shutdown",
    "halt",
    "poweroff",
    "kill",
    "touch",
    "exit",
    "return",
    "mkdir",
    "grep",
    "free",
    "netstat",
    "ss",
];

impl<'p> Run<'p> {
    pub(super) fn through(stage: &'p Stage<'p>, fails: Option<u64>, flips: Flips) -> Self {
        let settings = Settings::at_start(stage.script);
        let first = stage.script.text.text.lines().next().unwrap_or_default();
        let state = State {
            errexit: settings.errexit,
            pipefail: settings.pipefail,
            errtrace: first.split_whitespace().skip(1).any(|it| it.starts_with('-') && it.contains('E')),
            ..State::default()
        };
        let mut run = Self {
            stage,
            fails,
            flips,
            functions: stage.functions.clone(),
            state,
            arguments: Vec::new(),
            trap: None,
            in_trap: false,
            calls: Vec::new(),
            is_inside: false,
            depth: 0,
            sent: Vec::new(),
            works: Vec::new(),
            met: BTreeMap::new(),
            failed_at: None,
            is_waived: false,
            is_lost: false,
            end: End::Last,
            steps: 0,
        };
        run.block(&stage.script.block, Around::default());
        if let Some(trap) = run.state.on_exit.take() {
            run.in_trap(trap);
        }
        run
    }

    pub(super) fn text(&self) -> &'p Text {
        match self.trap {
            Some(trap) => &trap.text,
            None => &self.stage.script.text,
        }
    }

    pub(super) fn written(&self, statement: &Statement) -> &'p str {
        self.text().text.get(statement.range.clone()).unwrap_or_default()
    }

    /// Where a statement stands in the script.
    pub(super) fn place(&self, statement: &Statement) -> usize {
        self.trap.map_or(statement.range.start, |trap| trap.at)
    }

    /// What a trap runs, where it is set off.
    pub(super) fn in_trap(&mut self, trap: &'p Trap) -> Flow {
        let outer = (self.trap.replace(trap), std::mem::replace(&mut self.in_trap, true));
        let status = self.state.status;
        let flow = self.block(&trap.block, Around { is_tested: true, ..Around::default() });
        (self.trap, self.in_trap) = outer;
        if flow == Flow::Next {
            self.state.status = status;
        }
        flow
    }

    pub(super) fn block(&mut self, block: &'p [Statement], around: Around) -> Flow {
        for statement in block {
            let flow = self.statement(statement, around);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    pub(super) fn statement(&mut self, statement: &'p Statement, around: Around) -> Flow {
        self.steps += 1;
        self.depth += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            self.is_lost = true;
            self.depth -= 1;
            return Flow::Exit;
        }
        let flow = match statement.background {
            // Nobody looks at what becomes of it, and it goes on by itself.
            true => {
                self.subshell(|run| {
                    run.kind(statement, Around { is_tested: true, is_retried: true, ..around })
                });
                self.state.status = 0;
                Flow::Next
            }
            false => self.kind(statement, around),
        };
        self.depth -= 1;
        flow
    }

    fn kind(&mut self, statement: &'p Statement, around: Around) -> Flow {
        match &statement.kind {
            Kind::Command(command) => self.command(statement, command, around),
            Kind::Pipeline(stages) => self.pipeline(statement, stages, around),
            Kind::Chain { left, right, is_and } => self.chain(left, right, *is_and, around),
            Kind::Negated(inner) => {
                let flow = self.statement(inner, Around { is_tested: true, ..around });
                self.state.status = u8::from(self.state.status == 0);
                flow
            }
            Kind::Test | Kind::Group { .. } if self.is_test(statement) => {
                self.calculate(self.written(statement));
                self.state.status = match self.test(self.written(statement)) {
                    Some(is_true) => u8::from(!is_true),
                    None => u8::try_from(self.chosen(self.written(statement), 2)).unwrap_or(1),
                };
                self.done(around)
            }
            Kind::Group { body } if self.written(statement).starts_with('(') => {
                let flow = self.subshell(|run| run.block(body, around));
                if flow == Flow::Exit && self.is_lost {
                    return flow;
                }
                self.done(around)
            }
            Kind::Group { body } => self.block(body, around),
            Kind::Compound { form, tests, body } => self.compound(statement, form, tests, body, around),
            Kind::Function { name, body } => {
                self.functions.insert(name, body);
                self.state.status = 0;
                Flow::Next
            }
            Kind::Assignment(values) => self.assignment(statement, values, around),
            Kind::Test => {
                self.state.status = 0;
                Flow::Next
            }
            Kind::Unknown => {
                let text = self.written(statement);
                let is_grave =
                    ["trap", "signal", "exit", "set ", "$?", "return"].iter().any(|it| text.contains(it));
                self.is_lost |= is_grave;
                self.state.status = 0;
                Flow::Next
            }
        }
    }

    /// Whether a statement is `[ … ]`, `[[ … ]]` or `(( … ))`.
    fn is_test(&self, statement: &Statement) -> bool {
        let written = self.written(statement);
        written.starts_with('[') || written.starts_with("((")
    }

    /// Forgets what a calculation changes.
    pub(super) fn calculate(&mut self, written: &str) {
        let is_sum = written.contains("((") || written.starts_with("let ");
        let is_compared =
            |before: &str, after: &str| before.ends_with(['=', '!', '<', '>']) || after.starts_with('=');
        let mut signs = written.match_indices('=');
        let is_set = signs.any(|(at, _)| match (written.get(..at), written.get(at + 1..)) {
            (Some(before), Some(after)) => !is_compared(before, after),
            _ => false,
        });
        if is_sum && (is_set || ["++", "--"].iter().any(|it| written.contains(it))) {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            for name in written.split(|letter| !is_part(letter)).filter(|it| !it.is_empty()) {
                self.state.variables.insert(name.to_owned(), None);
            }
        }
    }

    /// What follows from a status, where a failure is not tested.
    pub(super) fn done(&mut self, around: Around) -> Flow {
        if self.state.status == 0 || around.is_tested {
            return Flow::Next;
        }
        let on_error = self.state.on_error.filter(|_| self.state.errtrace || !self.is_inside);
        if let Some(trap) = on_error
            && self.in_trap(trap) == Flow::Exit
        {
            return Flow::Exit;
        }
        if self.state.errexit {
            self.end = self.end.max(End::Errexit);
            return Flow::Exit;
        }
        Flow::Next
    }

    /// Which way is tried of those that only a machine knows.
    pub(super) fn chosen(&mut self, key: &str, options: usize) -> usize {
        self.met.insert(key.to_owned(), options);
        self.flips.get(key).copied().unwrap_or_default()
    }

    /// A command that does something, and fails if it is its turn.
    pub(super) fn work(&mut self, statement: &'p Statement, around: Around, is_own: bool) {
        let mut hasher = DefaultHasher::new();
        (&self.calls, self.trap.map(|it| it.at), statement.range.start, statement.range.end)
            .hash(&mut hasher);
        let key = hasher.finish();
        let fails = self.fails == Some(key);
        if fails && self.failed_at.is_none() {
            self.failed_at = Some(self.sent.len());
            self.is_waived = around.is_waived;
        }
        self.works.push(Work {
            key,
            name: named(statement),
            at: self.place(statement),
            is_init: is_init(statement),
            may_fail: is_own && !around.is_retried && !self.in_trap,
            after: self.sent.len(),
        });
        self.state.status = u8::from(fails);
    }

    /// A command alone, in the same way.
    pub(super) fn is_work(statement: &Statement) -> bool {
        works(statement)
    }

    pub(super) fn signal_of(&self, command: &Command) -> Option<&'p crate::lint::signal::Signal> {
        match self.trap {
            Some(trap) => {
                let last = command.words.last()?;
                trap.signals.iter().find(|it| it.words.last().is_some_and(|word| word.range == last.range))
            }
            None => self.stage.script.signal(command),
        }
    }

    pub(super) fn sent_after_failure(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter().skip(self.failed_at.unwrap_or(self.sent.len()))
    }

    /// Whether something is done about a failure that may put it right, or signal.
    pub(super) fn reacts(&self, usual: &BTreeSet<u64>) -> bool {
        let unusual = self.works.iter().filter(|work| !usual.contains(&work.key));
        unusual.into_iter().any(|work| !INFORMING.contains(&work.name.as_str()))
    }

    /// The last command before the first signal.
    pub(super) fn last_before_signal(&self) -> Option<u64> {
        self.works.iter().rev().find(|work| work.after == 0 && work.may_fail).map(|work| work.key)
    }

    /// What is done after the last signal, where the script has signalled.
    pub(super) fn works_after_signals(&self) -> Vec<(usize, String)> {
        let later = self.works.iter().filter(|it| it.after > 0 && it.after == self.sent.len());
        let outside = later.filter(|_| !self.sent.iter().any(|it| it.in_trap));
        outside.map(|work| (work.at, work.name.clone())).collect()
    }
}
