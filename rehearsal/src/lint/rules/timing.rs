//! `$?` that is read too early, and loops that never end.

use super::flow::{Settings, blocks, has_trap, is_armed, signalling_functions, works};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::inner::EARLY_STATUS;
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Form, Kind, Statement};
use crate::lint::text::Symbol;

pub(super) const EARLY_STATUS_INSIDE: Rule = Rule {
    info: RuleInfo {
        code: "CFS216",
        name: "status-expanded-early",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` of a script inside another that the outer shell expands",
        why: "A here-document without quotes around its mark, and a text in double quotes, are expanded before the inner \
          script begins: the signal has the status of what was before it, mostly success, whatever the inner script does.",
        fix: "Quote the mark (`<<'EOF'`) or the text (single quotes), or write `\\$?`.",
    },
    check: early,
};

pub(super) const ENDLESS: Rule = Rule {
    info: RuleInfo {
        code: "CFS217",
        name: "waits-without-end",
        severity: Severity::Warning,
        is_default: false,
        summary: "a loop before the signal that waits for something without an end",
        why: "Where that never comes nothing is signalled, and the stack waits for the whole timeout.",
        fix: "Count the tries, or write `timeout 600 bash -c 'until …; do sleep 5; done'`; or let `cfn-signal --wait-for …` wait in \
          its place, which ends and says what was missing.",
    },
    check: endless,
};

fn early(check: &mut Check<'_, '_>) {
    for script in check.awaited_scripts().filter(|script| script.kind == ScriptKind::Inner) {
        for signal in script.signals.iter().filter(|signal| !signal.is_trap) {
            let Some(option) = signal.option("exit-code") else { continue };
            let is_early = matches!(option.value.symbol(), Some(Symbol::Function(it)) if it == EARLY_STATUS);
            let start = signal.words.first().map_or(0, |word| word.range.start);
            // The status of what the outer script did before it may be what is meant.
            let does_work = |statement: &Statement| statement.range.end <= start && may_fail(statement);
            if is_early && script.block.iter().any(does_work) {
                let message =
                    "$? is expanded before this script begins, so it is not the status of what is before it";
                check.at_byte(script, signal.at(&option.value), message);
            }
        }
    }
}

fn may_fail(statement: &Statement) -> bool {
    works(statement) || matches!(statement.kind, Kind::Chain { .. } | Kind::Compound { .. })
}

fn endless(check: &mut Check<'_, '_>) {
    for script in check.awaited_scripts().filter(|it| it.kind != ScriptKind::Init && !is_armed(it)) {
        let is_trapped = has_trap(script);
        let signals = script.signals.iter().filter(|signal| !signal.is_trap);
        let mut last = signals.filter_map(|it| it.words.first()).map(|word| word.range.start).max();
        // What a function sends is sent where it is called.
        let senders = signalling_functions(&script.block);
        shell::visit(&script.block, &mut |command| {
            if command.name().is_some_and(|name| senders.contains(&name)) {
                last = last.max(command.words.first().map(|word| word.range.start));
            }
        });
        let is_before = |statement: &&Statement| {
            is_endless(script, statement)
                && (is_trapped || last.is_some_and(|last| last > statement.range.end))
        };
        let blocks = blocks(&script.block, &Settings::default());
        let loops = blocks.iter().flat_map(|(block, _)| block.iter()).filter(is_before);
        // A script that waits so for several things has one habit.
        if let Some(first) = loops.min_by_key(|statement| statement.range.start) {
            let message = "this waits for as long as it takes, and the signal is after it";
            check.in_script(script, first.range.start, message);
        }
    }
}

/// Whether a loop has no end but what it waits for.
fn is_endless(script: &Script, statement: &Statement) -> bool {
    const COUNTS: [&str; 14] = [
        "((", "$[", "expr ", "let ", "seq ", "SECONDS", "timeout", " -lt ", " -le ", " -gt ", " -ge ",
        "exit", "return", "read ",
    ];
    let Kind::Compound { form: Form::Loop, .. } = statement.kind else { return false };
    let text = script.text.text.get(statement.range.clone()).unwrap_or_default();
    let waits = ["while", "until"].iter().any(|word| text.starts_with(word));
    waits && !statement.background && !COUNTS.iter().any(|count| text.contains(count))
}
