//! Unique ids that no instance has.

use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{PieceKind, Word};
use crate::lint::text::Symbol;
use crate::template::error::quoted;

pub(super) const FOREIGN: Rule = Rule {
    info: RuleInfo {
        code: "CFS109",
        name: "unique-id-not-instance",
        severity: Severity::Error,
        is_default: true,
        summary: "an instance or a group is signalled with a unique id that is not an instance id",
        why: "The service takes the signal and never counts it: only the ids of the resource's own instances count.",
        fix: "Leave out --id, which is the instance id by default, or take it from the metadata service.",
    },
    check: foreign,
};

fn foreign(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals() {
        let (Some(id), Some(resource)) = (signal.option("id"), signal.option("resource")) else { continue };
        let resource = resource.value.literal().and_then(|name| facts.resource(&name));
        if resource.is_none_or(|resource| !matches!(resource.kind, INSTANCE | GROUP)) {
            continue;
        }
        if let Some(message) = wrong(&id.value) {
            check.at_byte(script, signal.at(&id.value), message);
        }
    }
}

fn wrong(value: &Word) -> Option<String> {
    const COMMANDS: [&str; 6] = ["hostname", "uname", "uuidgen", "date", "random", "whoami"];

    if let Some(text) = value.literal().filter(|text| !text.is_empty()) {
        return Some(format!("{} is written out, and no new instance has that id", quoted(&text)));
    }
    let [piece] = value.pieces.as_slice() else { return None };
    match &piece.kind {
        PieceKind::Symbol(symbol @ Symbol::Ref(name)) if name.starts_with("AWS::") => {
            Some(format!("{symbol} is no instance id"))
        }
        PieceKind::Variable(name)
            if matches!(name.as_str(), "HOSTNAME" | "RANDOM" | "COMPUTERNAME" | "env:COMPUTERNAME") =>
        {
            Some(format!("${name} is no instance id"))
        }
        PieceKind::Substitution(text) => {
            let inner = text.trim_start_matches(['$', '(', '`']).trim_start();
            let first = inner.split(|letter: char| !letter.is_ascii_alphanumeric()).next()?;
            COMMANDS.contains(&first).then(|| format!("`{first}` gives no instance id"))
        }
        _ => None,
    }
}
