//! How much of each a template may have.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>

use super::{
    error::{Fault, quoted},
    node::{Entry, Node},
};

const MAX_RESOURCES: usize = 500;
/// Of parameters, of outputs and of mappings.
const MAX_NAMED: usize = 200;
/// Characters.
const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 1024;
/// Bytes of a parameter's value.
pub(super) const MAX_VALUE: usize = 4096;

/// Refuses more than there may be, in CloudFormation's words where they are known.
pub(super) fn check(root: &Node) -> Result<(), Fault> {
    description(root, true)?;
    for (section, most) in [
        ("Parameters", MAX_NAMED),
        ("Mappings", MAX_NAMED),
        ("Resources", MAX_RESOURCES),
        ("Outputs", MAX_NAMED),
    ] {
        let Some(node) = root.get(section) else { continue };
        let count = node.entries().len();
        if count > most {
            let problem = format!("{count} {}; CloudFormation takes {most} at most", section.to_lowercase());
            let fault = Fault::invalid(node, problem);
            return Err(match message(section, count, most) {
                Some(message) => fault.in_words(message),
                None => fault,
            });
        }
        node.entries().iter().try_for_each(name)?;
    }
    for output in root.get("Outputs").map(Node::entries).unwrap_or_default() {
        description(&output.value, false)?;
    }
    for parameter in root.get("Parameters").map(Node::entries).unwrap_or_default() {
        if let Some((default, text)) = parameter.value.get("Default").and_then(|it| Some((it, it.text()?))) {
            value(default, text)?;
        }
    }
    Ok(())
}

/// Refuses a parameter's value that is too long; `node` is who is told of.
pub(super) fn value(node: &Node, text: &str) -> Result<(), Fault> {
    let bytes = text.len();
    if bytes > MAX_VALUE {
        let problem =
            format!("a parameter's value of {bytes} bytes; CloudFormation takes {MAX_VALUE} at most");
        return Err(Fault::invalid(node, problem));
    }
    Ok(())
}

fn name(entry: &Entry) -> Result<(), Fault> {
    let count = entry.key.chars().count();
    if count > MAX_NAME {
        let problem = format!(
            "a name of {count} characters, {}; CloudFormation takes {MAX_NAME} at most",
            quoted(&entry.key)
        );
        return Err(Fault::invalid(&entry.value, problem).at(entry.place));
    }
    Ok(())
}

fn description(node: &Node, of_template: bool) -> Result<(), Fault> {
    let Some(description) = node.get("Description") else { return Ok(()) };
    let bytes = description.text().map_or(0, str::len);
    if bytes <= MAX_DESCRIPTION {
        return Ok(());
    }
    let problem = format!("a Description of {bytes} bytes; CloudFormation takes {MAX_DESCRIPTION} at most");
    let fault = Fault::invalid(description, problem);
    let message = format!("Template format error: 'Description' length is greater than {MAX_DESCRIPTION}.");
    Err(if of_template { fault.in_words(message) } else { fault })
}

fn message(section: &str, count: usize, most: usize) -> Option<String> {
    Some(match section {
        "Parameters" => {
            format!("Template format error: Parameter count {count} is greater than max allowed {most}")
        }
        "Outputs" => {
            format!("Template format error: Outputs count {count} is greater than max allowed {most}")
        }
        "Resources" => {
            format!(
                "Template format error: Number of resources, {count}, is greater than maximum allowed, {most}"
            )
        }
        _ => return None,
    })
}
