//! The commands that signal on Windows.

use super::{OptionGiven, Signal, Tool};
use crate::lint::shell::{Command, PieceKind, Word};
use crate::lint::windows::{self, Language};

/// What `Send-CFNResourceSignal` calls the options.
const PARAMETERS: [(&str, &str); 6] = [
    ("stackname", "stack"),
    ("logicalresourceid", "resource"),
    ("status", "status"),
    ("uniqueid", "id"),
    ("region", "region"),
    ("endpointurl", "url"),
];

/// The tool that a command is, and its words.
pub(super) fn unwrapped(language: Language, command: &Command) -> Option<(Tool, &[Word])> {
    let words = command.words.as_slice();
    let is_web = |tool| has_symbol(words).then_some((tool, words));
    match windows::name(command)?.as_str() {
        "cfn-signal" => super::part(words).is_none().then_some((Tool::CfnSignal, words)),
        "aws" | "aws.cmd" => {
            let has = |text: &str| words.iter().any(|word| word.literal().as_deref() == Some(text));
            (has("cloudformation") && has("signal-resource")).then_some((Tool::AwsCli, words))
        }
        "send-cfnresourcesignal" => Some((Tool::Cmdlet, words)),
        "invoke-restmethod" | "invoke-webrequest" | "irm" | "iwr" => is_web(Tool::WebRequest),
        // Windows PowerShell has other commands of these names; with `.exe` they are what they are elsewhere.
        name @ ("curl" | "wget") => {
            let is_program =
                words.first().is_some_and(|it| it.literal().is_some_and(|it| it.ends_with(".exe")));
            let tool = if name == "curl" { Tool::Curl } else { Tool::Wget };
            (is_program || language == Language::Batch).then(|| is_web(tool))?
        }
        _ => None,
    }
}

/// What a command is that belongs to `cfn-signal` and signals nothing by itself, such as `arm`.
pub(in crate::lint) fn silent_part(command: &Command) -> Option<&'static str> {
    is_ours(command).then(|| super::part(&command.words))?
}

/// The words of the command that `cfn-signal run` runs.
pub(in crate::lint) fn run_by(command: &Command) -> Option<&[Word]> {
    is_ours(command).then(|| super::run_from(&command.words))?
}

fn is_ours(command: &Command) -> bool {
    windows::name(command).is_some_and(|name| name == "cfn-signal")
}

fn has_symbol(words: &[Word]) -> bool {
    words.iter().any(|word| word.pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Symbol(_))))
}

/// Takes the words apart as a cmdlet does: names in any case, as far as they have to be written.
pub(super) fn parameters(signal: &mut Signal) {
    let words = signal.words.clone();
    let mut rest = words.iter().skip(1).peekable();
    while let Some(word) = rest.next() {
        let Some(written) = word.beginning().strip_prefix('-').map(str::to_ascii_lowercase) else {
            signal.positionals.push(word.clone());
            continue;
        };
        let (written, attached) = match written.split_once(':') {
            Some((name, _)) => (name.to_owned(), true),
            None => (written, false),
        };
        let mut matching = PARAMETERS.iter().filter(|(name, _)| name.starts_with(written.as_str()));
        let name = match (matching.next(), matching.next()) {
            (Some((_, name)), None) if !written.is_empty() => Some(*name),
            _ => PARAMETERS.iter().find(|(name, _)| *name == written).map(|(_, name)| *name),
        };
        let value = if attached {
            word.without(written.chars().count() + 2)
        } else {
            match rest.next_if(|next| !next.beginning().starts_with('-')) {
                Some(value) => value.clone(),
                None => continue,
            }
        };
        if let Some(name) = name {
            signal.options.push(OptionGiven { name, flag: word.clone(), value });
        }
    }
}
