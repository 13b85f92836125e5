//! Signals that only cfn-init sends.

use crate::lint::awaited::{handle, is_awaited};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE};
use crate::lint::rule::{Check, Rule};

pub(super) const BY_INIT: Rule = Rule {
    info: RuleInfo {
        code: "CFS214",
        name: "signalled-by-init-only",
        severity: Severity::Warning,
        is_default: false,
        summary: "the only signal is a command of cfn-init",
        why: "cfn-init stops at the first failure, and what fails before that command is never signalled: the stack waits \
          for the whole timeout.",
        fix: "Signal in the user data, after cfn-init: `cfn-signal -e $? …`. Where the machine restarts between the two, \
          there is no easy way round.",
    },
    check: by_init,
};

fn by_init(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for resource in facts.resources.iter().filter(|it| it.may_wait() || matches!(it.kind, INSTANCE | GROUP)) {
        let scripts: Vec<&Script> = facts.scripts_of(resource.id).collect();
        let (commands, others): (Vec<&Script>, Vec<&Script>) =
            scripts.into_iter().partition(|script| script.kind == ScriptKind::Init);
        let mentions = |script: &&Script, word: &str| script.text.text.to_ascii_lowercase().contains(word);
        let runs = others.iter().any(|script| mentions(script, "cfn-init"));
        let signals = others.iter().any(|script| mentions(script, "signal"));
        let sender = commands.iter().find_map(|script| {
            let mut all = script.signals.iter();
            let signal = all.find(|it| resource.may_wait() || handle(facts, it).is_some())?;
            (resource.may_wait() || is_awaited(facts, signal)).then_some((script, signal))
        });
        if let Some((script, signal)) = sender.filter(|_| runs && !signals) {
            let waiting = handle(facts, signal).unwrap_or(resource.id);
            let message =
                format!("nothing but this signals {waiting}, and it is not reached where cfn-init fails");
            check.at_byte(script, signal.start(), message);
        }
    }
}
