//! A file of values to be filled in.

use std::fmt::Write as _;

use serde_json::json;

use crate::shown;
use crate::template::{Parameter, Template};

#[cfg(test)]
mod tests;

/// What is said of a parameter beside its description.
const BOUNDS: [&str; 6] =
    ["AllowedPattern", "ConstraintDescription", "MinLength", "MaxLength", "MinValue", "MaxValue"];

/// YAML with types, descriptions, defaults and what is allowed as comments; `file` is the template's name.
pub(crate) fn yaml(template: &Template, file: &str) -> String {
    let mut text = format!(
        "# Values for {}, for cfn-rehearse's --params. What is left empty counts as not given.\n",
        shown::escaped(file)
    );
    if !template.parameters().is_empty() {
        text.push_str("Parameters:\n");
    }
    for parameter in template.parameters() {
        about(&mut text, template, parameter);
        let name = scalar(&parameter.name);
        let _ = match (&parameter.default, parameter.is_account_specific()) {
            (Some(default), _) if parameter.no_echo || parameter.is_stored() => {
                let _ = default;
                writeln!(text, "  # {name}:")
            }
            (Some(default), _) => writeln!(text, "  # {name}: {}", scalar(default)),
            (None, _) => writeln!(text, "  {name}:"),
        };
    }
    text.push_str(
        "\n# What only the real service knows, where something needs it:\n\
         # Attributes:\n#   LogicalId.Attribute: value\n# Refs:\n#   LogicalId: value\n\
         # Imports:\n#   export-name: value\n# Resolve:\n#   ssm:/name: value\n",
    );
    text
}

/// The AWS CLI's list.
pub(crate) fn json(template: &Template) -> String {
    let entry = |parameter: &Parameter| {
        let default = parameter.default.as_deref().filter(|_| !parameter.no_echo).unwrap_or_default();
        json!({"ParameterKey": parameter.name, "ParameterValue": default})
    };
    let entries: Vec<_> = template.parameters().iter().map(entry).collect();
    format!("{:#}\n", serde_json::Value::from(entries))
}

fn about(text: &mut String, template: &Template, parameter: &Parameter) {
    let mut comment = |line: &str| {
        for line in line.lines() {
            let _ = writeln!(text, "  # {}", shown::escaped(line.trim_end()));
        }
    };
    if let Some(description) = &parameter.description {
        comment(description.trim());
    }
    let mut facts = vec![parameter.parameter_type.clone()];
    if parameter.no_echo {
        facts.push("NoEcho".to_owned());
    }
    match &parameter.default {
        None if parameter.is_account_specific() => {
            facts.push("wanted only where something needs it".to_owned())
        }
        None => facts.push("has to be given".to_owned()),
        Some(_) if parameter.no_echo => facts.push("has a default".to_owned()),
        Some(default) if parameter.is_stored() => {
            facts.push(format!("kept under {}; give it below, Resolve, or here", scalar(default)));
        }
        Some(_) => facts.push("the default is:".to_owned()),
    }
    if !parameter.allowed_values.is_empty() {
        let allowed: Vec<_> = parameter.allowed_values.iter().map(|it| scalar(it)).collect();
        facts.insert(1, format!("one of {}", allowed.join(", ")));
    }
    comment(&facts.join("; "));
    for key in BOUNDS {
        if let Some(said) = template.said_of(&parameter.name, key) {
            comment(&format!("{key}: {}", said.replace(['\n', '\r'], " ")));
        }
    }
}

/// Text as YAML: plain where that is the same text.
fn scalar(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./".contains(it);
    let begins = text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '/');
    let word =
        matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "null");
    if begins && !word && text.chars().all(plain) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}
