//! User data that nothing runs, and text that was meant to be replaced.

use std::collections::BTreeSet;

use crate::lint::encoded::decoded;
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{Also, RuleInfo, Severity};
use crate::lint::fold::listed;
use crate::lint::rule::{Check, Rule};
use crate::lint::text::Symbol;
use crate::template::error::quoted;

pub(super) const NO_SHEBANG: Rule = Rule {
    info: RuleInfo {
        code: "CFS301",
        name: "user-data-not-run",
        severity: Severity::Error,
        is_default: true,
        summary: "user data that cloud-init does not run: no `#!`, no `#cloud-config`, no MIME header",
        why: "cloud-init logs a warning and runs none of it, so nothing is configured or signalled, and the stack waits for \
          the whole timeout.",
        fix: "Begin the user data with `#!/bin/bash`.",
    },
    check: no_shebang,
};

pub(super) const NOT_SUBSTITUTED: Rule = Rule {
    info: RuleInfo {
        code: "CFS302",
        name: "not-substituted",
        severity: Severity::Error,
        is_default: true,
        summary: "`${AWS::…}` in text that is not inside Fn::Sub",
        why: "The shell gets it as it is and calls it a bad substitution, so the command does not run: no signal is sent.",
        fix: "Put Fn::Sub around the text (`Fn::Base64: !Sub |`), and write the shell's own `${NAME}` as `${!NAME}` then.",
    },
    check: not_substituted,
};

pub(super) const UNDEFINED: Rule = Rule {
    info: RuleInfo {
        code: "CFS304",
        name: "shell-variable-in-sub",
        severity: Severity::Error,
        is_default: true,
        summary: "Fn::Sub takes a variable that is the shell's",
        why: "CloudFormation refuses the template: it has no parameter and no resource of that name.",
        fix: "Write `${!NAME}` for what the shell is to expand; `$NAME` and `$?` need nothing.",
    },
    check: undefined,
};

pub(super) const TWICE: Rule = Rule {
    info: RuleInfo {
        code: "CFS309",
        name: "user-data-encoded-twice",
        severity: Severity::Warning,
        is_default: false,
        summary: "Fn::Base64 around user data that is base64 already",
        why: "Some images decode it a second time (Amazon Linux 2), others run nothing of it and signal nothing: there the \
          stack waits for the whole timeout.",
        fix: "Leave out Fn::Base64, or the encoding before it.",
    },
    check: twice,
};

/// What user data begins with that something runs.
const BEGINNINGS: [&str; 4] = ["#!", "#cloud-", "content-type:", "mime-version:"];

/// What only a script has in it, and not some other image's configuration.
const SCRIPTED: [&str; 8] =
    ["cfn-signal ", "cfn-init ", "signal-resource ", "yum ", "dnf ", "apt-get ", "systemctl ", "echo "];

fn no_shebang(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in facts.scripts.iter().filter(|script| script.kind == ScriptKind::Ignored) {
        let is_script = SCRIPTED.iter().any(|name| script.text.text.contains(name));
        let waits = || script.runs_on.iter().filter_map(|index| facts.at(*index)).any(|it| it.may_wait());
        let signals = || script.text.text.contains("cfn-signal");
        if is_script && (waits() || signals()) {
            let trimmed = script.text.text.trim_start();
            let start = script.text.text.len() - trimmed.len();
            let is_headed = trimmed.get(..13).is_some_and(|it| it.eq_ignore_ascii_case("content-type:"));
            let message = if is_headed {
                "without the header MIME-Version: 1.0, cloud-init does not take this for a MIME message"
            } else if trimmed.starts_with("#!") {
                "with blank space before its #! this cannot be run (exec format error)"
            } else {
                "no first line says what runs this, so cloud-init does not"
            };
            check.in_script(script, start, message);
        }
    }
}

fn twice(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in facts.scripts.iter().filter(|script| script.kind == ScriptKind::Opaque) {
        // What is not encoded by the template is decoded already.
        let Some(inner) = decoded(&script.text) else { continue };
        let lower = inner.text.to_ascii_lowercase();
        let waits = script.runs_on.iter().filter_map(|index| facts.at(*index)).any(|it| it.may_wait());
        if waits && BEGINNINGS.iter().any(|it| lower.starts_with(it)) {
            check.in_script(script, 0, "this is base64, and Fn::Base64 encodes it again");
        }
    }
}

fn not_substituted(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in &facts.scripts {
        for (at, _) in script.text.text.match_indices("${AWS::") {
            if is_comment(&script.text.text, at) {
                continue;
            }
            let rest = script.text.text.get(at..).unwrap_or_default();
            let name: String = rest.chars().take_while(|letter| *letter != '}').take(40).collect();
            check.in_script(script, at, format!("{name}}} is not replaced: the text is not inside Fn::Sub"));
        }
    }
}

fn undefined(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    let parameters = facts.root.get("Parameters");
    // One fragment without its parameters is one cause.
    let mut first: Option<(&Script, usize, String)> = None;
    let (mut others, mut also) = (BTreeSet::new(), Vec::new());
    for script in &facts.scripts {
        for (at, symbol) in script.text.symbols() {
            let (Symbol::Ref(name) | Symbol::Encoded(name) | Symbol::Attribute(name, _)) = symbol else {
                continue;
            };
            let is_defined = name.starts_with("AWS::")
                || facts.resource(name).is_some()
                || parameters.is_some_and(|parameters| parameters.get(name).is_some());
            if is_defined {
                continue;
            }
            let shown = quoted(&symbol.to_string());
            let Some((_, _, earlier)) = &first else {
                first = Some((script, at, shown));
                continue;
            };
            if *earlier != shown {
                others.insert(shown);
            }
            let resource = facts.at(script.owner).map_or("", |resource| resource.id).to_owned();
            also.push(Also { place: facts.source.place_of(script.text.file_byte(at)), resource });
        }
    }
    let Some((script, at, shown)) = first else { return };
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let rest = if others.is_empty() { String::new() } else { format!("; nor do {}", listed(&others)) };
    check.in_script(script, at, format!("{shown} names no parameter and no resource of the template{rest}"));
    if let Some(found) = check.findings.last_mut() {
        (found.also, found.cause) = (also, String::new());
    }
}

/// Whether the line that `at` is in begins with `#`.
fn is_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with('#')
}
