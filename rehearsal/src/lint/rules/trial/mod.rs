//! What becomes of a script's signals when one of its commands fails.
//!
//! A script is gone through as a shell would, with every command succeeding, and then once for each of its commands with
//! that one failing. What only a machine knows, such as whether a file is there, is tried both ways. Where something is met
//! that may be more than it looks like, nothing is said of the script.

mod commands;
mod compounds;
mod run;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use self::run::{End, Run, Sent};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::shell::{self, Command, Kind, Statement};
use crate::lint::signal::{Outcome, Signal, signals, silent_part, trap_body};
use crate::lint::text::Text;
use crate::lint::windows::Language;

/// Ways through a script that are tried for one failure.
const MAX_WAYS: usize = 48;
/// Commands of which each fails once.
const MAX_FAILURES: usize = 40;
/// Statements that are gone through for one script, all ways counted.
const MAX_STEPS: usize = 50_000;

/// What is tried at which place where only a machine knows what happens.
type Flips = BTreeMap<String, usize>;

/// What a failure comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) kind: VerdictKind,
    /// The signal's place in the script.
    pub(super) at: usize,
    /// The command that fails.
    pub(super) failing: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerdictKind {
    /// Nothing is signalled, for `set -e` ends the script.
    EndedByErrexit,
    /// Nothing is signalled, for the script exits.
    Exited,
    /// Nothing is signalled, for the signal hangs on success.
    OnlySuccess,
    /// Success is signalled by a `$?` that is another command's.
    Stale,
    /// Success is signalled whatever cfn-init's status was.
    InitIgnored,
    /// Success is all that is ever signalled.
    Constant,
}

/// What comes of a script's failures, the worst of it; and the work that it does after its last signal.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    pub(super) verdict: Option<Verdict>,
    /// The place of the first command after the last signal, and its name.
    pub(super) after: Vec<(usize, String)>,
}

/// A script as it is played: its functions, and what its traps run.
struct Stage<'s> {
    script: &'s Script,
    functions: HashMap<&'s str, &'s [Statement]>,
    traps: Vec<Trap>,
}

/// What a `trap` runs.
struct Trap {
    /// Where the `trap` stands in the script.
    at: usize,
    text: Text,
    block: shell::Block,
    signals: Vec<Signal>,
}

impl Trial {
    /// Tries a script, where something in it signals.
    pub(super) fn of(script: &Script) -> Self {
        let is_script =
            matches!(script.kind, ScriptKind::Shell | ScriptKind::CloudConfig | ScriptKind::Inner);
        if !is_script || script.language != Language::Shell || script.signals.is_empty() {
            return Self::default();
        }
        let Some(stage) = Stage::of(script) else { return Self::default() };
        stage.tried().unwrap_or_default()
    }
}

impl<'s> Stage<'s> {
    /// None where a trap cannot be read, or the script arms a deadline.
    fn of(script: &'s Script) -> Option<Self> {
        let (mut traps, mut is_whole) = (Vec::new(), true);
        shell::visit(&script.block, &mut |command| {
            is_whole &= silent_part(command).is_none();
            let body = trap_body(&script.text, command).zip(command.words.first());
            if let Some((text, word)) = body {
                match shell::parse(&text) {
                    Some(parsed) => traps.push(Trap {
                        at: word.range.start,
                        signals: signals(&text, Language::Shell, &parsed.block),
                        block: parsed.block,
                        text,
                    }),
                    None => is_whole = false,
                }
            }
        });
        let functions = script
            .block
            .iter()
            .filter_map(|statement| match &statement.kind {
                Kind::Function { name, body } => Some((name.as_str(), body.as_slice())),
                _ => None,
            })
            .collect();
        is_whole.then_some(Self { script, functions, traps })
    }

    fn tried(&self) -> Option<Trial> {
        let mut steps = 0;
        let good = self.ways(None, &mut steps)?;
        if good.iter().any(|run| run.is_lost) {
            return None;
        }
        let first = good.iter().find_map(|run| run.sent.iter().find(|it| it.outcome != Outcome::Failure));
        let first = first?.clone();
        let works: BTreeSet<u64> = good.iter().flat_map(|run| &run.works).map(|work| work.key).collect();
        let last_before = good.first().map(Run::last_before_signal).unwrap_or_default();
        let mut failures: Vec<(u64, String, bool)> = Vec::new();
        let mut seen = BTreeSet::new();
        for work in good.iter().flat_map(|run| &run.works) {
            if work.may_fail && seen.insert(work.key) {
                failures.push((work.key, work.name.clone(), work.is_init));
            }
        }
        let (mut verdict, mut is_constant, mut constant) = (None::<Verdict>, true, None);
        for (key, name, is_init) in failures.iter().take(MAX_FAILURES) {
            let bad: Vec<Run<'_>> = self.ways(Some(*key), &mut steps)?;
            let failed: Vec<&Run<'_>> = bad.iter().filter(|run| run.failed_at.is_some()).collect();
            let is_certain =
                !failed.is_empty() && failed.iter().all(|run| !run.is_lost && !run.reacts(&works));
            let later: Vec<&Sent> = failed.iter().flat_map(|run| run.sent_after_failure()).collect();
            // What is called where something fails may signal.
            is_constant &= later.iter().all(|sent| sent.outcome == Outcome::Success)
                && failed.iter().all(|run| !run.reacts(&works));
            let is_sent_before = failed.iter().any(|run| run.failed_at != Some(0));
            if !is_certain || is_sent_before {
                continue;
            }
            let found = |kind, at| Verdict { kind, at, failing: name.clone() };
            let answered = failed.iter().filter(|run| run.sent_after_failure().next().is_some()).count();
            if answered == 0 {
                let kind = match failed.iter().map(|run| run.end).max() {
                    Some(End::Errexit) => VerdictKind::EndedByErrexit,
                    Some(End::Exit) => VerdictKind::Exited,
                    _ => VerdictKind::OnlySuccess,
                };
                let silent = found(kind, first.at);
                let is_first = !verdict.as_ref().is_some_and(|it: &Verdict| it.kind.is_silent());
                verdict = if is_first { Some(silent) } else { verdict };
                continue;
            }
            let is_hidden =
                answered == failed.len() && later.iter().all(|sent| sent.outcome == Outcome::Success);
            let Some(sent) = later.first().filter(|_| is_hidden && verdict.is_none()) else { continue };
            if failed.iter().any(|run| run.is_waived) && !sent.reads_status {
                continue;
            }
            if sent.reads_status {
                let is_ended = failed.iter().all(|run| run.end == End::Errexit);
                let is_meant = (sent.in_trap && is_ended) || (last_before == Some(*key) && sent.is_late);
                verdict = is_meant.then(|| found(VerdictKind::Stale, sent.at));
            } else if sent.variable.as_ref().is_some_and(|it| !self.is_set_once(it)) {
                is_constant = false;
            } else if *is_init {
                verdict = Some(found(VerdictKind::InitIgnored, sent.at));
            } else if constant.is_none() {
                constant = Some(found(VerdictKind::Constant, sent.at));
            }
        }
        let all_succeed = good.iter().flat_map(|run| &run.sent).all(|it| it.outcome == Outcome::Success);
        let own = self.script.signals.iter().all(|it| it.outcome() != Outcome::Failure);
        let constant = constant.filter(|_| is_constant && all_succeed && own);
        let after = good.first().map(|run| run.works_after_signals()).unwrap_or_default();
        Some(Trial { verdict: verdict.or(constant), after })
    }

    /// Every way through the script, with one command failing or none. None where there are too many steps.
    fn ways(&self, fails: Option<u64>, steps: &mut usize) -> Option<Vec<Run<'_>>> {
        let mut found = Vec::new();
        let mut rest = VecDeque::from([Flips::new()]);
        let mut seen = BTreeSet::new();
        while let Some(flips) = rest.pop_front().filter(|_| found.len() < MAX_WAYS) {
            let run = Run::through(self, fails, flips.clone());
            *steps += run.steps;
            if *steps > MAX_STEPS {
                return None;
            }
            for (key, options) in run.met.iter().filter(|(key, _)| !flips.contains_key(*key)) {
                for option in 1..*options {
                    if found.len() + rest.len() > MAX_WAYS {
                        break;
                    }
                    let mut other = flips.clone();
                    other.insert(key.clone(), option);
                    if seen.insert(other.clone()) {
                        rest.push_back(other);
                    }
                }
            }
            found.push(run);
        }
        Some(found)
    }

    /// Whether a variable is set at one place: not every way to another is gone, such as one out of a loop that tries again.
    fn is_set_once(&self, name: &str) -> bool {
        let text = &self.script.text.text;
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let set = format!("{name}=");
        let sets = text
            .match_indices(&set)
            .filter(|(at, _)| !text.get(..*at).is_some_and(|before| before.ends_with(is_part)));
        sets.count() < 2
    }

    fn trap(&self, command: &Command) -> Option<&Trap> {
        let at = command.words.first()?.range.start;
        self.traps.iter().find(|trap| trap.at == at)
    }
}

impl VerdictKind {
    /// Whether nothing is signalled.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::EndedByErrexit | Self::Exited | Self::OnlySuccess)
    }
}
