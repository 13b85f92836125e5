//! Handles in the shell: a presigned URL, full of `&`, that takes one kind of request only.

use crate::lint::facts::{Facts, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::HANDLE;
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{PieceKind, Word};
use crate::lint::signal::{Signal, Tool};
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
        summary: "curl or wget sends a handle something else than a PUT without a Content-Type",
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
            Tool::Curl => wrong(signal),
            Tool::Wget => wrong_wget(signal),
            Tool::WebRequest => super::windows::wrong_request(signal),
            Tool::CfnSignal | Tool::AwsCli | Tool::Cmdlet => None,
        };
        if let Some((word, message)) = found {
            check.at_byte(script, signal.at(word), message);
        }
    }
}

/// What is wrong with a request to a handle.
fn wrong(signal: &Signal) -> Option<(&Word, &'static str)> {
    let starts = |word: &&Word, names: &[&str]| {
        let text = word.beginning();
        names.iter().any(|name| match name.starts_with("--") {
            true => text == *name || text.starts_with(&format!("{name}=")),
            false => text.starts_with(name) && !text.starts_with("--"),
        })
    };
    let find = |names: &[&str]| signal.words.iter().find(|word| starts(word, names));
    // Clusters of short options, configuration files and variables may say anything.
    let is_opaque = signal.may_hide_options()
        || find(&["-K", "--config"]).is_some()
        || signal.words.iter().any(|word| {
            let text = word.beginning();
            text.starts_with('-')
                && !text.starts_with("--")
                && text.len() > 2
                && text.contains(['T', 'H', 'd', 'X', 'K'])
                && !["-X", "-H", "-T", "-d"].iter().any(|it| text.starts_with(it))
        });
    if is_opaque {
        return None;
    }
    // A file is sent as it is, unless a header is given.
    if let Some(upload) = find(&["-T", "--upload-file"]) {
        let is_typed = content_type(signal).is_some_and(|header| !header.is_empty());
        return is_typed.then_some((upload, TYPED));
    }
    let method = signal.words.iter().enumerate().find_map(|(index, word)| {
        let text = word.literal()?;
        match text.as_str() {
            "-X" | "--request" => signal.words.get(index + 1)?.literal(),
            _ => text.strip_prefix("-X").or_else(|| text.strip_prefix("--request=")).map(str::to_owned),
        }
    });
    let name = signal.words.first()?;
    if method.as_deref() != Some("PUT") {
        return Some((name, "the handle takes a PUT, and this is none: add -X PUT"));
    }
    let data =
        find(&["-d", "--data", "--data-binary", "--data-raw", "--data-ascii", "--data-urlencode", "--json"])?;
    match content_type(signal).as_deref() {
        Some("") => None,
        Some(_) => Some((name, TYPED)),
        None => {
            Some((data, "curl adds a Content-Type to this, which the handle refuses: add -H 'Content-Type:'"))
        }
    }
}

const TYPED: &str = "the handle takes no Content-Type: send an empty one, -H 'Content-Type:'";

/// The Content-Type that is asked for, empty where it is to be left out.
fn content_type(signal: &Signal) -> Option<String> {
    signal.words.iter().find_map(|word| {
        let text = word.literal()?.to_ascii_lowercase();
        let at = text.find("content-type")?;
        text.get(at + "content-type".len()..).map(|rest| rest.trim_matches([':', ';', ' ']).to_owned())
    })
}

/// The same for wget, which adds a Content-Type to every body.
fn wrong_wget(signal: &Signal) -> Option<(&Word, &'static str)> {
    let find = |names: &[&str]| {
        signal.words.iter().find(|word| names.iter().any(|name| word.beginning().starts_with(name)))
    };
    if signal.may_hide_options() || find(&["-i", "--input-file", "--config", "-e", "--execute"]).is_some() {
        return None;
    }
    let name = signal.words.first()?;
    let Some(method) = find(&["--method"]) else {
        return Some((name, "the handle takes a PUT, and this is none: add --method=PUT"));
    };
    let is_put =
        signal.words.iter().any(|word| word.literal().is_some_and(|it| it == "PUT" || it == "--method=PUT"));
    if !is_put {
        return method
            .literal()
            .map(|_| (name, "the handle takes a PUT, and this is none: write --method=PUT"));
    }
    let body = find(&["--body-data", "--body-file"])?;
    match content_type(signal).as_deref() {
        Some("") => None,
        _ => Some((
            body,
            "wget adds a Content-Type to this, which the handle refuses: add --header='Content-Type:'",
        )),
    }
}
