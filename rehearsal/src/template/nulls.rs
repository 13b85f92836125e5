//! Values that are empty: YAML's `Key:` with nothing behind it, and JSON's `null`.

use super::{
    error::Fault,
    node::{Kind, Node},
    transforms,
};

/// Refuses the first empty value, in CloudFormation's words. What macros are yet to rewrite may have some.
pub(super) fn check(root: &Node) -> Result<(), Fault> {
    if !transforms::leaves_as_written(root) {
        return Ok(());
    }
    let mut way = Vec::new();
    match first(root, &mut way) {
        Some(node) => {
            let problem = "this is empty, and CloudFormation takes no empty values";
            let message = format!("[{}] 'null' values are not allowed in templates", path(&way));
            Err(Fault::invalid(node, problem).in_words(message))
        }
        None => Ok(()),
    }
}

/// The first empty value below a node, and the way to it.
fn first<'n>(node: &'n Node, way: &mut Vec<String>) -> Option<&'n Node> {
    if matches!(node.kind, Kind::Null) {
        return Some(node);
    }
    let items = node.items().unwrap_or_default().iter().enumerate();
    let items = items.map(|(index, item)| (index.to_string(), item));
    let entries = node.entries().iter().map(|entry| (entry.key.clone(), &entry.value));
    for (key, value) in items.chain(entries) {
        way.push(key);
        if let Some(found) = first(value, way) {
            return Some(found);
        }
        way.pop();
    }
    None
}

/// The way as the service tells it, which says `Type` where a resource's properties are.
fn path(way: &[String]) -> String {
    let mut path = String::new();
    for (index, key) in way.iter().enumerate() {
        let inside = way.first().is_some_and(|section| section == "Resources") && index + 1 < way.len();
        path.push('/');
        path.push_str(if inside && index == 2 && key == "Properties" { "Type" } else { key });
    }
    path
}
