//! The macros that a template names in its `Transform` section.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html>

use super::node::Node;

/// Its functions are known here.
const EXTENSIONS: &str = "AWS::LanguageExtensions";
const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// The macros' names, in order; one that is no text is none.
pub(super) fn names(root: &Node) -> Vec<&str> {
    let Some(transform) = root.get("Transform") else { return Vec::new() };
    let list = transform.items().unwrap_or(std::slice::from_ref(transform));
    list.iter().filter_map(|one| one.text().or_else(|| one.get("Name")?.text())).collect()
}

/// Whether nothing that is written in the template is rewritten before CloudFormation looks at it.
pub(super) fn leaves_as_written(root: &Node) -> bool {
    root.get("Transform").is_none() || names(root) == [EXTENSIONS]
}

/// Whether functions may stand where the template's language wants text.
pub(super) fn extends_language(root: &Node) -> bool {
    names(root).contains(&EXTENSIONS) || has_own(root)
}

/// Whether a macro of one's own may write anything in the template.
pub(super) fn has_own(root: &Node) -> bool {
    names(root).iter().any(|name| !name.starts_with("AWS::"))
}

/// Whether a macro takes a section of that name: a macro of one's own may take any.
pub(super) fn has_section(root: &Node, section: &str) -> bool {
    names(root).iter().any(|name| !name.starts_with("AWS::") || (*name == SERVERLESS && section == "Globals"))
}

/// Whether a macro is asked for, in whatever part of the template.
pub(super) fn used(root: &Node) -> bool {
    root.get("Transform").is_some() || asks_for_one(root)
}

fn asks_for_one(node: &Node) -> bool {
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        if node.entries().iter().any(|entry| entry.key == "Fn::Transform") {
            return true;
        }
        rest.extend(node.items().unwrap_or_default());
        rest.extend(node.entries().iter().map(|entry| &entry.value));
    }
    false
}
