//! Images that have no cfn-signal.

use crate::lint::facts::{Facts, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::INIT;
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::Tool;
use crate::template::node::Node;

pub(super) const NOT_INSTALLED: Rule = Rule {
    info: RuleInfo {
        code: "CFS303",
        name: "cfn-signal-not-installed",
        severity: Severity::Error,
        is_default: true,
        summary: "the image has no cfn-signal, and nothing installs it",
        why: "`command not found` is all that comes of it, and the stack waits for the whole timeout.",
        fix: "Install it first: this project's cfn-signal is one file; Amazon's is \
          https://s3.amazonaws.com/cloudformation-examples/aws-cfn-bootstrap-py3-latest.tar.gz, for pip. Only Amazon \
          Linux and Windows images have it.",
    },
    check: not_installed,
};

/// Where the public images without Amazon's helpers are published.
const WITHOUT_HELPERS: [(&str, &str); 5] = [
    ("/aws/service/canonical/", "Ubuntu"),
    ("/aws/service/debian/", "Debian"),
    ("/aws/service/freebsd/", "FreeBSD"),
    ("/aws/service/bottlerocket/", "Bottlerocket"),
    ("/aws/service/ami-amazon-linux-latest/al2023-ami-minimal", "the minimal Amazon Linux 2023"),
];

/// What installs it, or may.
const INSTALLS: [&str; 8] =
    ["aws-cfn-bootstrap", "cfn-bootstrap", "pip", "easy_install", "heat-cfntools", "snap ", "PATH", "ln -s"];

/// The public parameter that an image's id comes from, such as `/aws/service/ami-amazon-linux-latest/…`.
pub(super) fn public<'t>(facts: &Facts<'t>, owner: usize) -> Option<&'t str> {
    let image = facts.launch_property(owner, "ImageId")?;
    let text = match image.function() {
        Some(("Ref", name)) => facts.root.get("Parameters")?.get(name.text()?)?.get("Default")?.text()?,
        Some(("Fn::Sub", argument)) => argument.text()?,
        _ => image.text()?,
    };
    text.find("/aws/service/").and_then(|at| text.get(at..))
}

fn not_installed(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals() {
        if signal.tool != Tool::CfnSignal
            || !matches!(script.kind, ScriptKind::Shell | ScriptKind::CloudConfig)
        {
            continue;
        }
        let Some(image) = public(check.facts, script.owner) else { continue };
        let Some((_, name)) = WITHOUT_HELPERS.iter().find(|(start, _)| image.starts_with(start)) else {
            continue;
        };
        // Named more often than it is called: it may be fetched.
        let named = script.text.text.matches("cfn-signal").count();
        let is_fetched = named > script.signals.len()
            || INSTALLS.iter().any(|word| script.text.text.contains(word))
            || check.facts.resources.get(script.owner).is_some_and(|it| {
                it.attribute("Metadata").and_then(|metadata| metadata.get(INIT)).is_some_and(Node::is_map)
            });
        if !is_fetched {
            let message = format!("images of {name} have no cfn-signal, and this script installs none");
            check.at_byte(script, signal.start(), message);
        }
    }
}
