//! Scripts of Windows, cmd's and PowerShell's, as far as rules look at them: what runs after what, and with which words.
//!
//! Words are those of `shell`, so that the rules about a call's options need not know who reads it. What runs is a tree of
//! its own: neither language has the other's rules, and a shell's are those of neither.

mod batch;
mod inner;
mod names;
mod powershell;
mod sight;
pub(super) mod user_data;

use std::ops::Range;

pub(super) use inner::scripts as inner;
pub(super) use names::{is_init, is_known_cmdlet, is_native, is_trivial, name, runs_later};
pub(super) use sight::hides;

use super::shell::Command;
use super::text::Text;

#[cfg(test)]
mod tests;

/// Blocks within blocks that are looked at. Recursion ends here before the stack does.
const MAX_DEPTH: usize = 60;

/// What reads a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// A shell of Unix.
    Shell,
    /// cmd, from a file or a command line.
    Batch,
    /// Windows PowerShell, and the later PowerShell.
    PowerShell,
}

/// What runs, in order.
pub(super) type Block = Vec<Statement>;

#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) range: Range<usize>,
    pub(super) step: Step,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Command(Command),
    /// `a | b`.
    Pipeline(Block),
    /// `a && b`, or `a || b`.
    Chain {
        left: Box<Statement>,
        right: Box<Statement>,
        /// `&&`.
        is_and: bool,
    },
    /// `( … )`.
    Group(Block),
    /// `if`: where the test is written, the commands in it, and what runs.
    Branch {
        test: Range<usize>,
        tested: Block,
        then: Block,
        otherwise: Block,
    },
    /// What runs any number of times, or never: loops, `switch`.
    Loop(Block),
    Try {
        body: Block,
        handlers: Block,
        finally: Block,
    },
    /// PowerShell's `trap`.
    Trap(Block),
    Function {
        name: String,
        body: Block,
    },
    /// `exit`, `throw` and `return`.
    End,
    /// `goto`, `call :label`, and a label: what runs next is not what is written next.
    Jump,
    /// A value that is kept, or an expression, without a command in it.
    Value,
    /// What the parser did not understand.
    Unknown,
}

/// What a script holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    pub(super) block: Block,
    /// Where its comments are, in order.
    pub(super) comments: Vec<Range<usize>>,
}

/// The commands of a script; none of a shell's.
pub(super) fn parse(text: &Text, language: Language) -> Parsed {
    match language {
        Language::Shell => Parsed::default(),
        Language::Batch => batch::parse(text),
        Language::PowerShell => powershell::parse(text).unwrap_or_else(|| Parsed {
            block: vec![Statement { range: 0..text.text.len(), step: Step::Unknown }],
            comments: Vec::new(),
        }),
    }
}

impl Statement {
    /// The blocks inside it, in the order in which they are written.
    pub(super) fn inside(&self) -> Vec<&[Self]> {
        match &self.step {
            Step::Pipeline(body)
            | Step::Group(body)
            | Step::Loop(body)
            | Step::Trap(body)
            | Step::Function { body, .. } => vec![body],
            Step::Chain { left, right, .. } => {
                vec![std::slice::from_ref(&**left), std::slice::from_ref(&**right)]
            }
            Step::Branch { tested, then, otherwise, .. } => vec![tested, then, otherwise],
            Step::Try { body, handlers, finally } => vec![body, handlers, finally],
            Step::Command(_) | Step::End | Step::Jump | Step::Value | Step::Unknown => Vec::new(),
        }
    }
}

/// Every statement of a block, those inside others too, in the order in which they are written.
pub(super) fn all(block: &[Statement]) -> Vec<&Statement> {
    let mut found = Vec::new();
    let mut rest: Vec<&Statement> = block.iter().rev().collect();
    while let Some(statement) = rest.pop() {
        found.push(statement);
        rest.extend(statement.inside().into_iter().rev().flat_map(|inner| inner.iter().rev()));
    }
    found
}

/// Every command of a block.
pub(super) fn commands(block: &[Statement]) -> impl Iterator<Item = &Command> {
    all(block).into_iter().filter_map(|statement| match &statement.step {
        Step::Command(command) => Some(command),
        _ => None,
    })
}

/// What reads a file, by its name.
pub(super) fn file_language(path: &str) -> Option<Language> {
    let lower = path.to_ascii_lowercase();
    match lower.rsplit_once('.')?.1 {
        "ps1" | "psm1" => Some(Language::PowerShell),
        "cmd" | "bat" => Some(Language::Batch),
        _ => None,
    }
}

/// Whether all of a block is understood.
fn is_understood(block: &[Statement]) -> bool {
    !all(block).iter().any(|statement| matches!(statement.step, Step::Unknown))
}

/// Whether two names are the same to Windows.
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
