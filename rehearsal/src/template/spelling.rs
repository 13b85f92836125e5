//! Names and attributes as they may be written in the sections of a template.

use super::{
    error::{Fault, quoted},
    extensions,
    node::{Entry, Node},
    pattern, sections,
};

/// A section, and how CloudFormation begins to tell of a name in it.
const NAMED: [(&str, &str); 3] =
    [("Parameters", "Parameter name "), ("Mappings", "Mappings name "), ("Outputs", "Outputs name ")];

/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
const OF_PARAMETERS: [&str; 11] = [
    "Type",
    "Default",
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
];

/// Refuses names that are not letters and digits, what parameters have no attributes for, and properties that are no
/// map. Macros may make something else of them.
pub(super) fn check(root: &Node) -> Result<(), Fault> {
    if extensions::has_others(root) {
        return Ok(());
    }
    for (section, told) in NAMED {
        root.get(section).map(Node::entries).unwrap_or_default().iter().try_for_each(|it| name(it, told))?;
    }
    root.get("Parameters").map(Node::entries).unwrap_or_default().iter().try_for_each(parameter)?;
    sections::resources(root).filter(|it| !it.key.starts_with("Fn::")).try_for_each(properties)
}

fn name(entry: &Entry, told: &str) -> Result<(), Fault> {
    // A loop, or what a macro writes into the section.
    if entry.key.starts_with("Fn::") {
        return Ok(());
    }
    if !entry.key.is_empty() && entry.key.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let problem = format!("the name {} has to be letters and digits only", quoted(&entry.key));
    let shown = if told.starts_with("Outputs") { format!("'{}'", entry.key) } else { entry.key.clone() };
    let message = format!("Template format error: {told}{shown} is non alphanumeric.");
    Err(Fault::invalid(&entry.value, problem).at(entry.place).in_words(message))
}

fn parameter(entry: &Entry) -> Result<(), Fault> {
    let unknown = entry.value.entries().iter().find(|it| !OF_PARAMETERS.contains(&it.key.as_str()));
    if let Some(unknown) = unknown {
        let problem = format!(
            "a parameter has no attribute {}; it has {}",
            quoted(&unknown.key),
            OF_PARAMETERS.join(", ")
        );
        let message = format!("Invalid template parameter property '{}'", unknown.key);
        return Err(Fault::invalid(&unknown.value, problem).at(unknown.place).in_words(message));
    }
    match entry.value.get("AllowedPattern") {
        Some(node) if node.text().is_some_and(pattern::is_broken) => {
            let problem = format!(
                "the AllowedPattern {} is no regular expression: a bracket or a parenthesis is not closed, or nothing is repeated",
                quoted(node.text().unwrap_or_default())
            );
            Err(Fault::invalid(node, problem))
        }
        _ => Ok(()),
    }
}

fn properties(entry: &Entry) -> Result<(), Fault> {
    match entry.value.get("Properties") {
        Some(node) if !node.is_map() => {
            let problem = format!("Properties is a map by the properties' names, not {}", node.described());
            Err(Fault::invalid(node, problem))
        }
        _ => Ok(()),
    }
}
