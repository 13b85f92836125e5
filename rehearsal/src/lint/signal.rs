//! The commands that signal, and their options.

use std::rc::Rc;

use super::shell::{self, Block, Command, Piece, PieceKind, Word};
use super::text::{Symbol, Text};
use super::windows::Language;
use crate::signal_options::{OPTIONS, OURS};

#[cfg(test)]
mod tests;
mod variables;
pub(super) mod windows;

use self::variables::Variables;

/// What a signal is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// `cfn-signal`, anybody's.
    CfnSignal,
    /// `aws cloudformation signal-resource`.
    AwsCli,
    /// `curl`, with a value of the template among its words.
    Curl,
    /// `wget`, the same.
    Wget,
    /// PowerShell's `Send-CFNResourceSignal`.
    Cmdlet,
    /// PowerShell's `Invoke-RestMethod` or `Invoke-WebRequest`, as with `curl`.
    WebRequest,
    /// HTTPie's `http`, or `xh`, the same.
    Httpie,
}

/// A command that signals.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    pub(super) tool: Tool,
    /// The command, its name first, without what wraps it.
    pub(super) words: Vec<Word>,
    pub(super) options: Vec<OptionGiven>,
    pub(super) positionals: Vec<Word>,
    /// The text in which the words are.
    pub(super) text: Rc<Text>,
    /// Whether a trap sends it.
    pub(super) is_trap: bool,
    /// Whether it is `cfn-signal run`, which signals what becomes of the command after `--`.
    pub(super) runs: bool,
}

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    Failure,
    /// What comes of a command, or nobody knows.
    Varies,
}

/// An option and its value.
#[derive(Clone, Debug)]
pub(super) struct OptionGiven {
    /// The long name, without hyphens.
    pub(super) name: &'static str,
    /// Where the option's name is.
    pub(super) flag: Word,
    pub(super) value: Word,
}

/// What `aws cloudformation signal-resource` calls the same.
const AWS_OPTIONS: [(&str, &str); 6] = [
    ("stack-name", "stack"),
    ("logical-resource-id", "resource"),
    ("unique-id", "id"),
    ("status", "status"),
    ("region", "region"),
    ("endpoint-url", "url"),
];

/// Commands that run the command that follows their own options.
const WRAPPERS: [&str; 10] =
    ["sudo", "exec", "command", "env", "nohup", "time", "timeout", "nice", "setsid", "builtin"];

/// The names of the tools.
const NAMES: [&str; 8] = ["cfn-signal", "cfn-signal.exe", "aws", "curl", "wget", "http", "https", "xh"];

impl Signal {
    /// An option's value; the last one given counts.
    pub(super) fn option(&self, name: &str) -> Option<&OptionGiven> {
        self.options.iter().rev().find(|option| option.name == name)
    }

    /// The byte in the file where something of it stands.
    pub(super) fn at(&self, word: &Word) -> usize {
        self.text.file_byte(word.range.start)
    }

    /// Where the command stands.
    pub(super) fn start(&self) -> usize {
        self.words.first().map_or(0, |word| self.at(word))
    }

    /// What it says, whatever happened before it.
    pub(super) fn outcome(&self) -> Outcome {
        let is = |name: &str| self.option(name).map(|option| option.value.literal());
        let of = |is_success: bool| if is_success { Outcome::Success } else { Outcome::Failure };
        match self.tool {
            Tool::AwsCli | Tool::Cmdlet => match is("status") {
                Some(Some(status)) => of(status.eq_ignore_ascii_case("SUCCESS")),
                _ => Outcome::Varies,
            },
            Tool::CfnSignal if self.runs || self.may_hide_options() => Outcome::Varies,
            Tool::CfnSignal => match (is("exit-code"), is("success")) {
                (Some(Some(code)), _) => of(code == "0"),
                (None, Some(Some(success))) => of(success.eq_ignore_ascii_case("true")),
                (None, None) => Outcome::Success,
                _ => Outcome::Varies,
            },
            Tool::Curl | Tool::Wget | Tool::Httpie | Tool::WebRequest => Outcome::Varies,
        }
    }

    /// Whether it only fetches what is at an address, as far as its words say.
    pub(super) fn fetches(&self) -> bool {
        const SENDING: [&str; 14] = [
            "-X",
            "--request",
            "-d",
            "--data",
            "-T",
            "--upload-file",
            "--json",
            "--method",
            "--body",
            "--post",
            "PUT",
            "POST",
            "-Method",
            "-Body",
        ];
        let is_request = matches!(self.tool, Tool::Curl | Tool::Wget | Tool::Httpie | Tool::WebRequest);
        let sends = |word: &Word| {
            let beginning = word.beginning();
            let is_cmdlets = self.tool == Tool::WebRequest;
            SENDING.iter().any(|option| match beginning.get(..option.len()) {
                Some(start) if is_cmdlets => start.eq_ignore_ascii_case(option),
                start => start == Some(option),
            })
        };
        is_request && !self.words.iter().any(sends)
    }

    /// Whether it says the status of the command before it.
    pub(super) fn has_status(&self) -> bool {
        self.words.iter().any(Word::has_status)
    }

    /// Whether it signals a resource by its logical id.
    pub(super) fn is_resource_mode(&self) -> bool {
        self.option("resource").is_some()
    }
}

/// The signals of a script, those in its traps included.
pub(super) fn signals(text: &Text, language: Language, block: &Block) -> Vec<Signal> {
    let mut found = Vec::new();
    let text = Rc::new(text.clone());
    match language {
        Language::Shell => {
            let variables = Variables::of(&text, block);
            collect(&text, block, &variables, false, &mut found);
        }
        _ => shell::visit(block, &mut |command| {
            let unwrapped = windows::unwrapped(language, command);
            found.extend(unwrapped.map(|(tool, words)| read(&text, tool, words)));
        }),
    }
    found
}

fn collect(text: &Rc<Text>, block: &Block, variables: &Variables, is_trap: bool, found: &mut Vec<Signal>) {
    shell::visit(block, &mut |command| {
        let filled = variables.filled(text, command, is_trap);
        if let Some(signal) = signal(text, filled.as_ref().unwrap_or(command)) {
            found.push(Signal { is_trap, ..signal });
        }
        if !is_trap && let Some(body) = trap_body(text, command) {
            let body = Rc::new(body);
            if let Some(parsed) = shell::parse(&body) {
                collect(&body, &parsed.block, variables, true, found);
            }
        }
    });
}

/// The tool that a command is, by its words.
pub(super) fn tool(command: &Command) -> Option<Tool> {
    unwrapped(&command.words).map(|(tool, _)| tool)
}

/// A word without folders.
fn name(word: &Word) -> Option<String> {
    let path = word.literal()?;
    Some(path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
}

/// The words from the tool's name on.
fn behind_wrappers(words: &[Word]) -> Option<&[Word]> {
    if !name(words.first()?).is_some_and(|first| WRAPPERS.contains(&first.as_str())) {
        return Some(words);
    }
    // The wrapper's own options and numbers end where a tool's name stands.
    let is_tool = |word: &Word| name(word).is_some_and(|name| NAMES.contains(&name.as_str()));
    words.get(words.iter().take(8).position(is_tool)?..)
}

fn unwrapped(words: &[Word]) -> Option<(Tool, &[Word])> {
    let rest = behind_wrappers(words)?;
    match name(rest.first()?)?.as_str() {
        "cfn-signal" | "cfn-signal.exe" => part(rest).is_none().then_some((Tool::CfnSignal, rest)),
        "aws" => {
            let literal = |word: &Word, text: &str| word.literal().as_deref() == Some(text);
            rest.iter()
                .zip(rest.iter().skip(1))
                .any(|(a, b)| literal(a, "cloudformation") && literal(b, "signal-resource"))
                .then_some((Tool::AwsCli, rest))
        }
        name @ ("curl" | "wget" | "http" | "https" | "xh") => {
            let tool = match name {
                "curl" => Tool::Curl,
                "wget" => Tool::Wget,
                _ => Tool::Httpie,
            };
            rest.iter()
                .any(|word| word.pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Symbol(_))))
                .then_some((tool, rest))
        }
        _ => None,
    }
}

/// Parts of this project's command that send nothing now: what is armed is sent at its deadline.
pub(super) const SILENT: [&str; 4] = ["arm", "disarm", "check", "resume"];

fn part(words: &[Word]) -> Option<&'static str> {
    let second = words.get(1)?.literal()?;
    SILENT.into_iter().find(|part| *part == second)
}

/// What a command is that belongs to `cfn-signal` and signals nothing by itself, such as `arm`.
pub(super) fn silent_part(command: &Command) -> Option<&'static str> {
    let words = behind_wrappers(&command.words)?;
    name(words.first()?)
        .filter(|name| name.trim_end_matches(".exe") == "cfn-signal")
        .and_then(|_| part(words))
}

/// The words of the command that `cfn-signal run` runs.
pub(super) fn run_by(command: &Command) -> Option<&[Word]> {
    let words = behind_wrappers(&command.words)?;
    (name(words.first()?)?.trim_end_matches(".exe") == "cfn-signal").then(|| run_from(words))?
}

/// The same of the words of a `cfn-signal`.
fn run_from(words: &[Word]) -> Option<&[Word]> {
    let is = |word: Option<&Word>, text: &str| word.and_then(Word::literal).as_deref() == Some(text);
    let runs = is(words.get(1), "run");
    let begins = words.iter().position(|word| is(Some(word), "--")).filter(|_| runs)?;
    words.get(begins + 1..).filter(|words| !words.is_empty())
}

fn signal(text: &Rc<Text>, command: &Command) -> Option<Signal> {
    let (tool, words) = unwrapped(&command.words)?;
    Some(read(text, tool, words))
}

/// A call of a tool, with its options.
fn read(text: &Rc<Text>, tool: Tool, words: &[Word]) -> Signal {
    let mut signal = Signal {
        tool,
        words: words.to_vec(),
        options: Vec::new(),
        positionals: Vec::new(),
        text: Rc::clone(text),
        is_trap: false,
        runs: tool == Tool::CfnSignal && words.get(1).and_then(Word::literal).as_deref() == Some("run"),
    };
    match tool {
        Tool::CfnSignal | Tool::AwsCli => options(&mut signal),
        Tool::Cmdlet => windows::parameters(&mut signal),
        Tool::Curl | Tool::Wget | Tool::Httpie | Tool::WebRequest => {}
    }
    signal
}

/// Takes the words apart as optparse does.
fn options(signal: &mut Signal) {
    let words = signal.words.clone();
    let mut rest = words.iter().skip(if signal.runs { 2 } else { 1 });
    let mut only_positionals = false;
    while let Some(word) = rest.next() {
        let start = word.beginning();
        if only_positionals || !start.starts_with('-') || start == "-" {
            signal.positionals.push(word.clone());
        } else if start == "--" && word.pieces.len() == 1 {
            if signal.runs {
                // The command's own words.
                break;
            }
            only_positionals = true;
        } else if let Some(long) = start.strip_prefix("--") {
            let (written, length) = match long.split_once('=') {
                Some((name, _)) => (name, Some(name.chars().count() + 3)),
                None => (long, None),
            };
            let Some(name) = long_name(signal.tool, written) else {
                if length.is_none() && signal.tool == Tool::CfnSignal && OURS.contains(&written) {
                    rest.next();
                }
                continue;
            };
            let value = match length {
                Some(length) => word.without(length),
                None => rest.next().cloned().unwrap_or_default(),
            };
            signal.options.push(OptionGiven { name, flag: word.clone(), value });
        } else {
            let letter: String = start.chars().skip(1).take(1).collect();
            let Some((_, name)) = OPTIONS.iter().find(|(short, _)| *short == letter) else { continue };
            let attached = start.chars().count() > 2 || word.pieces.len() > 1;
            let value = if attached { word.without(2) } else { rest.next().cloned().unwrap_or_default() };
            signal.options.push(OptionGiven { name, flag: word.clone(), value });
        }
    }
}

/// A long option by its name, or by what begins one only.
fn long_name(tool: Tool, written: &str) -> Option<&'static str> {
    if tool == Tool::AwsCli {
        return AWS_OPTIONS.iter().find(|(name, _)| *name == written).map(|(_, name)| *name);
    }
    let names = || OPTIONS.iter().map(|(_, name)| *name);
    let mut matching = names().filter(|name| name.starts_with(written));
    names().find(|name| *name == written).or_else(|| match (matching.next(), matching.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    })
}

/// The commands of a `trap`, as a text of their own; none where it resets or ignores.
pub(super) fn trap_body(text: &Text, command: &Command) -> Option<Text> {
    if command.name().as_deref() != Some("trap") {
        return None;
    }
    let word = command.arguments().iter().find(|word| word.literal().as_deref() != Some("--"))?;
    let written = |piece: &Piece| match &piece.kind {
        PieceKind::Literal(literal) => literal.clone(),
        _ => text.text.get(piece.range.clone()).unwrap_or_default().to_owned(),
    };
    let body: String = word.pieces.iter().map(written).collect();
    if body.is_empty() || body.starts_with('-') {
        return None;
    }
    Some(text.scalar(word.range.start, &body))
}

impl Signal {
    /// Whether options may come from the value of a variable, as in `cfn-signal $OPTIONS`, or from an Fn::If.
    pub(super) fn may_hide_options(&self) -> bool {
        self.words.iter().any(|word| {
            word.pieces.iter().any(|piece| {
                !piece.quoted
                    && matches!(
                        piece.kind,
                        PieceKind::Variable(_)
                            | PieceKind::Substitution(_)
                            | PieceKind::Symbol(Symbol::Function(_))
                            | PieceKind::Other
                    )
            }) && !self
                .options
                .iter()
                .any(|option| option.value.range == word.range || option.flag.range == word.range)
                || word.pieces.iter().any(|piece| piece.kind == PieceKind::Other)
        })
    }
}
