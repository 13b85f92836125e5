//! Handles in the shell: a presigned URL, full of `&`, that takes one kind of request only.

use super::{clients, python};
use crate::lint::facts::{Facts, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::HANDLE;
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{PieceKind, Word};
use crate::lint::signal::Tool;
use crate::lint::text::Symbol;
use crate::lint::windows::Language;

pub(super) const UNQUOTED: Rule = Rule {
    info: RuleInfo {
        code: "CFS110",
        name: "handle-unquoted",
        severity: Severity::Error,
        is_default: true,
        summary: "a wait condition handle's URL without quotes",
        why: "The URL has `&` in it, which ends the command: the signature is cut off, and S3 refuses the rest.",
        fix: "Put it in single quotes: `'${HANDLE}'`.",
    },
    check: unquoted,
};

pub(super) const REQUEST: Rule = Rule {
    info: RuleInfo {
        code: "CFS111",
        name: "handle-request",
        severity: Severity::Error,
        is_default: true,
        summary: "curl, wget, HTTPie or Python sends a handle something else than a PUT without a Content-Type",
        why: "The URL is signed for a PUT with an empty Content-Type: S3 refuses anything else (403 SignatureDoesNotMatch), \
          curl exits with 0 all the same, and the stack waits for the whole timeout.",
        fix: "Write `curl --fail -X PUT -H 'Content-Type:' --data-binary '{…}' '${HANDLE}'`, or `curl --fail -T FILE \
          '${HANDLE}'`.",
    },
    check: request,
};

fn is_handle(facts: &Facts<'_>, symbol: &Symbol) -> bool {
    matches!(symbol, Symbol::Ref(name) if facts.resource(name).is_some_and(|resource| resource.kind == HANDLE))
}

fn has_handle(facts: &Facts<'_>, word: &Word) -> bool {
    word.pieces
        .iter()
        .any(|piece| matches!(&piece.kind, PieceKind::Symbol(symbol) if is_handle(facts, symbol)))
}

fn unquoted(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals() {
        // There a rule of its own says so.
        if script.language == Language::Batch && script.kind == ScriptKind::Windows {
            continue;
        }
        for piece in signal.words.iter().flat_map(|word| &word.pieces).filter(|piece| !piece.quoted) {
            let PieceKind::Symbol(symbol) = &piece.kind else { continue };
            if is_handle(facts, symbol) {
                let message = format!("{symbol} is a URL with & in it, and here the shell reads it");
                check.at_byte(script, signal.text.file_byte(piece.range.start), message);
            }
        }
    }
}

fn request(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals() {
        if !signal.words.iter().any(|word| has_handle(facts, word)) {
            continue;
        }
        let found = match signal.tool {
            Tool::Curl => clients::curl(signal),
            Tool::Wget => clients::wget(signal),
            Tool::Httpie => clients::httpie(signal),
            Tool::WebRequest => super::windows::wrong_request(signal),
            Tool::CfnSignal | Tool::AwsCli | Tool::Cmdlet => None,
        };
        if let Some((word, message)) = found {
            check.at_byte(script, signal.at(word), message);
        }
    }
    for script in facts.scripts.iter().filter(|script| script.kind != ScriptKind::Replaced) {
        for (at, message) in python::wrong(script, |symbol| is_handle(facts, symbol)) {
            check.at_byte(script, at, message);
        }
    }
}
