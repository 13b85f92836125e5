//! Policies that wait for a signal that nothing sends.

use std::collections::BTreeSet;
use std::ops::Range;

use super::image;
use crate::lint::facts::{Facts, Resource, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Kind, PieceKind, Statement};
use crate::lint::signal::SILENT;
use crate::lint::windows::Language;
use crate::template::node::Node;

pub(super) const NOBODY_SIGNALS: Rule = Rule {
    info: RuleInfo {
        code: "CFS001",
        name: "creation-policy-without-signal",
        severity: Severity::Error,
        is_default: true,
        summary: "a CreationPolicy waits for a signal, and nothing sends one",
        why: "The stack waits for the whole timeout, then rolls back, however well the instance came up.",
        fix: "End the user data with `/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource ID --region \
          ${AWS::Region}`, or remove the CreationPolicy.",
    },
    check: creation,
};

pub(super) const NOBODY_SIGNALS_UPDATE: Rule = Rule {
    info: RuleInfo {
        code: "CFS002",
        name: "rolling-update-without-signal",
        severity: Severity::Error,
        is_default: true,
        summary: "a rolling update waits for signals (WaitOnResourceSignals), and nothing sends one",
        why: "Each batch waits for the whole PauseTime, every missing signal counts as a failure, and the update rolls \
          back.",
        fix: "Let the user data of the group's launch template signal the group, or set WaitOnResourceSignals to false.",
    },
    check: update,
};

/// What a text has in it that signals, in whichever language.
const MARKS: [&str; 11] = [
    "cfn-signal",
    "cfn_signal",
    "cfnsignal",
    "signal-resource",
    "signal_resource",
    "signalresource",
    "send-cfnresourcesignal",
    "quickstartresourcesignal",
    "quickstartstatus",
    "launchwizardresourcesignal",
    "launchwizardstatus",
];

/// Commands that run code which the template does not show.
const FOREIGN: [&str; 29] = [
    "sh",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "source",
    ".",
    "eval",
    "python",
    "python3",
    "python2",
    "perl",
    "ruby",
    "node",
    "php",
    "java",
    "ansible",
    "ansible-playbook",
    "ansible-pull",
    "puppet",
    "chef-client",
    "chef-solo",
    "cinc-client",
    "salt-call",
    "docker",
    "podman",
    "make",
    "xargs",
    "su",
];

const KNOWN_PATHS: [&str; 7] =
    ["/opt/aws/bin/", "/usr/bin/", "/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/aws", "/etc/init.d/"];

fn creation(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for resource in facts.resources.iter().filter(|resource| matches!(resource.kind, INSTANCE | GROUP)) {
        let Some(signal) = resource.signal_policy() else { continue };
        if signal.get("Count").and_then(Node::text) == Some("0") {
            continue;
        }
        if nobody_signals(facts, resource) {
            let message =
                format!("{} waits for a signal, and nothing in the template sends one", resource.id);
            at_attribute(check, resource, "CreationPolicy", message);
        }
    }
}

fn update(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in facts.resources.iter().filter(|resource| resource.kind == GROUP) {
        if group.signal_policy().is_none() && group.waiting_update().is_some() && nobody_signals(facts, group)
        {
            let message = format!(
                "updates of {} wait for a signal of each new instance, and nothing in the template sends one",
                group.id
            );
            at_attribute(check, group, "UpdatePolicy", message);
        }
    }
}

fn at_attribute(check: &mut Check<'_, '_>, resource: &Resource<'_>, name: &str, message: String) {
    if let Some(entry) = resource.entry.value.entries().iter().find(|entry| entry.key == name) {
        check.at_place(resource.id, entry.place, message);
    }
}

/// Whether it can be shown that no signal for a resource is in the template.
pub(super) fn nobody_signals(facts: &Facts<'_>, resource: &Resource<'_>) -> bool {
    let Some(owner) = facts.launched_from(resource) else { return false };
    let is_visible = match facts.launch_property(owner, "UserData") {
        // An image of one's own may signal by itself. Amazon's do not.
        None => image::public(facts, owner).is_some(),
        Some(_) => facts.scripts_of(resource.id).all(shows_everything),
    };
    is_visible
        && !facts.is_transformed
        && !is_signalled(facts, resource)
        && !runs_out_of_sight(facts)
        && !facts.hidden_signals.get_or_init(|| is_mentioned_elsewhere(facts))
}

/// Whether something in the template runs code that is not in it, which may signal: a function from S3, a document of
/// Systems Manager, another stack, a resource of somebody's own.
fn runs_out_of_sight(facts: &Facts<'_>) -> bool {
    facts.resources.iter().any(|resource| match resource.kind {
        "AWS::Lambda::Function" => {
            resource.property("Code").is_none_or(|code| code.get("ZipFile").and_then(Node::text).is_none())
        }
        "AWS::SSM::Association" | "AWS::SSM::MaintenanceWindowTask" | "AWS::CloudFormation::Stack" => true,
        "AWS::CloudFormation::CustomResource" => true,
        kind => kind.starts_with("Custom::"),
    })
}

fn is_signalled(facts: &Facts<'_>, resource: &Resource<'_>) -> bool {
    facts.signalled.as_ref().is_none_or(|ids| ids.contains(resource.id))
        || facts.scripts_of(resource.id).any(|script| {
            let said = only_said(&script.block);
            let is_idle = |at: &usize| is_comment(script, *at) || said.iter().any(|it| it.contains(at));
            marks(&script.text.text).iter().any(|at| !is_idle(at))
        })
}

/// What a script only prints, or hands to a command that reads nothing.
fn only_said(block: &[Statement]) -> Vec<Range<usize>> {
    const SAYING: [&str; 5] = ["echo", "printf", "logger", ":", "true"];
    let mut said = Vec::new();
    let mut rest: Vec<&Statement> = block.iter().collect();
    while let Some(statement) = rest.pop() {
        match &statement.kind {
            Kind::Command(command) => {
                let is_terminal = |it: &shell::Word| it.literal().is_some_and(|it| it == "2" || it == "1");
                let says = command.name().is_some_and(|it| SAYING.contains(&it.as_str()));
                if says && command.output.as_ref().is_none_or(is_terminal) {
                    said.push(statement.range.clone());
                }
            }
            Kind::Group { body } | Kind::Function { body, .. } => rest.extend(body),
            Kind::Compound { tests, body, .. } => rest.extend(tests.iter().chain(body)),
            Kind::Chain { left, right, .. } => rest.extend([&**left, &**right]),
            Kind::Negated(inner) => rest.push(inner),
            // What goes through a pipe may be run behind it.
            Kind::Pipeline(_) | Kind::Assignment(_) | Kind::Test | Kind::Unknown => {}
        }
    }
    said
}

/// Whether something signals in a place that is not parsed: a function's code, a file that cfn-init writes, a policy
/// that allows somebody else to.
fn is_mentioned_elsewhere(facts: &Facts<'_>) -> bool {
    let parsed: BTreeSet<usize> = facts
        .scripts
        .iter()
        .filter(|script| !matches!(script.kind, ScriptKind::Opaque | ScriptKind::Ignored))
        .flat_map(|script| marks(&script.text.text).into_iter().map(|at| script.text.file_byte(at)))
        .collect();
    marks(facts.source.text).iter().any(|at| !parsed.contains(at) && !is_remark(facts.source.text, *at))
}

/// Whether a byte of a script is in a comment.
fn is_comment(script: &Script, at: usize) -> bool {
    let after = script.comments.partition_point(|comment| comment.start <= at);
    let comment = after.checked_sub(1).and_then(|index| script.comments.get(index));
    // The first line says what runs the script, and swallows it where its newlines are lost.
    comment.is_some_and(|comment| comment.contains(&at))
        && !(comment.is_some_and(|it| it.start == 0) && script.text.text.starts_with("#!"))
}

/// Whether the line that a byte of the file is in begins with `#`.
fn is_remark(text: &str, at: usize) -> bool {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next());
    line.is_some_and(|line| line.trim_start().starts_with('#'))
}

fn marks(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let all = MARKS.iter().flat_map(|mark| lower.match_indices(mark).map(|(at, mark)| (at, at + mark.len())));
    // `cfn-signal arm` and the like send no success.
    let is_silent = |end| {
        let next = lower.get(end..).and_then(|after| after.strip_prefix(' ')?.split_whitespace().next());
        next.is_some_and(|part| SILENT.contains(&part))
    };
    all.filter(|(_, end)| !is_silent(*end)).map(|(at, _)| at).collect()
}

/// Whether nothing runs that the template does not show.
pub(super) fn shows_everything(script: &Script) -> bool {
    if script.language != Language::Shell {
        return !script.hides;
    }
    match script.kind {
        ScriptKind::Opaque | ScriptKind::Ignored => return false,
        ScriptKind::Shell
        | ScriptKind::CloudConfig
        | ScriptKind::Init
        | ScriptKind::Inner
        | ScriptKind::Windows
        | ScriptKind::Replaced => {}
    }
    let mut shows = !has_unknown(&script.block);
    shell::visit(&script.block, &mut |command| {
        let Some(path) = command.words.first().and_then(shell::Word::literal) else {
            shows = false;
            return;
        };
        let is_foreign = FOREIGN.contains(&command.name().unwrap_or_default().as_str());
        let is_script = path.contains('/') && !KNOWN_PATHS.iter().any(|known| path.starts_with(known));
        let runs_text = command
            .words
            .iter()
            .any(|word| word.pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Substitution(_))));
        shows &= !is_foreign && !is_script && !runs_text;
    });
    shows
}

fn has_unknown(block: &[Statement]) -> bool {
    block.iter().any(|statement| match &statement.kind {
        Kind::Unknown => true,
        Kind::Pipeline(body) | Kind::Group { body, .. } | Kind::Function { body, .. } => has_unknown(body),
        Kind::Compound { tests, body, .. } => has_unknown(tests) || has_unknown(body),
        Kind::Chain { left, right, .. } => {
            has_unknown(std::slice::from_ref(&**left)) || has_unknown(std::slice::from_ref(&**right))
        }
        Kind::Negated(inner) => has_unknown(std::slice::from_ref(&**inner)),
        Kind::Command(_) | Kind::Assignment(_) | Kind::Test => false,
    })
}
