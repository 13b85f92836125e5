//! Calls of cfn-signal that do not say what they seem to.

use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::Tool;
use crate::lint::text::Symbol;

pub(super) const BOTH_MODES: Rule = Rule {
    info: RuleInfo {
        code: "CFS106",
        name: "handle-and-resource",
        severity: Severity::Error,
        is_default: true,
        summary: "a wait condition handle and --resource in one call",
        why: "cfn-signal refuses it and sends nothing, so the stack waits for the whole timeout.",
        fix: "Signal either the handle's URL, or --stack, --resource and --region. For both, make two calls.",
    },
    check: both,
};

pub(super) const INCOMPLETE: Rule = Rule {
    info: RuleInfo {
        code: "CFS107",
        name: "incomplete-call",
        severity: Severity::Error,
        is_default: true,
        summary: "--resource without --stack, or neither a resource nor a handle",
        why: "cfn-signal refuses it and sends nothing, so the stack waits for the whole timeout.",
        fix: "Add `--stack ${AWS::StackName} --resource ID --region ${AWS::Region}`, or the handle's URL.",
    },
    check: incomplete,
};

pub(super) const DROPPED: Rule = Rule {
    info: RuleInfo {
        code: "CFS108",
        name: "reason-dropped",
        severity: Severity::Warning,
        is_default: false,
        summary: "--reason or --data with --resource",
        why: "A resource's signal carries neither: they are dropped without a word, and the events do not say what failed.",
        fix: "Leave them out and keep the reason in a log that leaves the instance, or signal a wait condition's handle.",
    },
    check: dropped,
};

fn both(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals().filter(|(_, signal)| signal.tool == Tool::CfnSignal) {
        let Some(url) = signal.positionals.first().filter(|_| signal.is_resource_mode()) else { continue };
        // A value that is empty is no handle, and that of a variable or of an Fn::If may be, or may be options.
        let is_one = url.literal().is_some_and(|text| !text.is_empty())
            || url.symbol().is_some_and(|it| !matches!(it, Symbol::Function(_)));
        if is_one && !signal.may_hide_options() {
            let message =
                format!("{} is taken for a handle's URL, and there is a --resource", url.shown(&signal.text));
            check.at_byte(script, signal.at(url), message);
        }
    }
}

fn incomplete(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals().filter(|(_, signal)| signal.tool == Tool::CfnSignal) {
        let is_help = signal
            .words
            .iter()
            .any(|word| matches!(word.literal().as_deref(), Some("-h" | "--help" | "--version")));
        if signal.may_hide_options() || is_help {
            continue;
        }
        let message = match (signal.is_resource_mode(), signal.option("stack").is_some()) {
            (true, false) => "--resource needs --stack",
            (false, _) if signal.positionals.is_empty() => "neither a resource nor a handle is named",
            _ => continue,
        };
        check.at_byte(script, signal.start(), message);
    }
}

fn dropped(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals() {
        if signal.tool != Tool::CfnSignal || !signal.is_resource_mode() {
            continue;
        }
        for option in signal.options.iter().filter(|option| matches!(option.name, "reason" | "data")) {
            let message = format!("--{} is dropped: a resource's signal has none", option.name);
            check.at_byte(script, signal.at(&option.flag), message);
        }
    }
}
