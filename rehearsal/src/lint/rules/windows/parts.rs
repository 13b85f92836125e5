//! What runs first, and what cmd makes of a handle.

use super::flow::{named, sent, works};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::HANDLE;
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::PieceKind;
use crate::lint::signal::Outcome;
use crate::lint::text::Symbol;
use crate::lint::windows::Language;

pub(in crate::lint::rules) const BATCH_FIRST: Rule = Rule {
    info: RuleInfo {
        code: "CFS412",
        name: "batch-before-powershell",
        severity: Severity::Error,
        is_default: true,
        summary: "the batch script signals, and the PowerShell script of the same user data does the work",
        why: "The batch script runs first, in whichever order the two stand: success is signalled before the work begins, \
          and a failure of it is never seen.",
        fix: "Signal at the end of the PowerShell script, or do all of it in one of them.",
    },
    check: batch_first,
};

pub(in crate::lint::rules) const RAW_HANDLE: Rule = Rule {
    info: RuleInfo {
        code: "CFS416",
        name: "handle-in-batch",
        severity: Severity::Error,
        is_default: true,
        summary: "a wait condition handle's URL in a batch script",
        why: "The URL has `%3A` and its like in it, of which cmd takes `%3` for an argument of the script: S3 refuses what is \
          left, and the stack waits for the whole timeout.",
        fix: "Give cfn-signal.exe the URL in base64, which it takes: `Fn::Base64: !Ref HANDLE` inside the Fn::Join.",
    },
    check: raw_handle,
};

fn batch_first(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    let of = |script: &&Script, language| script.kind == ScriptKind::Windows && script.language == language;
    for batch in check.with_awaited_signals().filter(|it| of(it, Language::Batch)) {
        // What of one resource is user data stands one after the other, and files are not user data.
        let mut own = facts.scripts.iter().filter(|it| it.owner == batch.owner && it.is_user_data);
        let others = facts.scripts.iter().filter(|it| it.owner == batch.owner);
        let signals: usize = others.map(|it| it.signals.len()).sum();
        let Some(later) = own.find(|it| of(it, Language::PowerShell)).filter(|_| batch.is_user_data) else {
            continue;
        };
        if signals > batch.signals.len() || super::flow::mentions_signal(later) {
            continue;
        }
        let signal = batch.windows.iter().find_map(|it| Some((it, sent(batch, it)?)));
        let work = later.windows.iter().find(|it| works(later, it));
        if let (Some((statement, _)), Some(work)) =
            (signal.filter(|(_, signal)| signal.outcome() != Outcome::Failure), work)
        {
            let message = format!("this runs before {} and the rest of the PowerShell script", named(work));
            check.in_script(batch, statement.range.start, message);
        }
    }
}

fn raw_handle(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals() {
        if script.language != Language::Batch || script.kind != ScriptKind::Windows {
            continue;
        }
        for piece in signal.words.iter().flat_map(|word| &word.pieces) {
            if let PieceKind::Symbol(symbol @ Symbol::Ref(name)) = &piece.kind
                && facts.resource(name).is_some_and(|it| it.kind == HANDLE)
            {
                let message = format!("{symbol} is a URL full of %, which cmd takes for its own");
                check.at_byte(script, signal.text.file_byte(piece.range.start), message);
            }
        }
    }
}
