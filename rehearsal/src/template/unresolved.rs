//! Names that nothing in the template has: what the service looks for before anything else, whatever conditions hold.

use std::collections::BTreeSet;

use super::{
    Template, extensions,
    node::{Kind, Node},
    sections,
    sub::{self, Part},
};

#[cfg(test)]
mod tests;

/// Names that a section of the template refers to in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unresolved {
    /// `Resources` or `Outputs`.
    pub(crate) section: &'static str,
    /// In the order of the alphabet.
    pub(crate) names: Vec<String>,
}

impl Template {
    /// The names that its resources refer to in vain, or else those that its outputs do. Macros may still write what
    /// is referred to.
    pub(crate) fn unresolved(&self) -> Option<Unresolved> {
        if sections::is_transformed(&self.root) || extensions::is_needed(&self.root) {
            return None;
        }
        ["Resources", "Outputs"].into_iter().find_map(|section| {
            let mut walk = Walk { root: &self.root, names: BTreeSet::new() };
            for entry in self.root.get(section).map(Node::entries).unwrap_or_default() {
                walk.entry(&entry.value);
            }
            let names: Vec<_> = walk.names.into_iter().map(str::to_owned).collect();
            (!names.is_empty()).then_some(Unresolved { section, names })
        })
    }
}

struct Walk<'t> {
    root: &'t Node,
    names: BTreeSet<&'t str>,
}

impl<'t> Walk<'t> {
    /// A resource or an output.
    fn entry(&mut self, node: &'t Node) {
        for attribute in node.entries() {
            match attribute.key.as_str() {
                "Type" | "Condition" => {}
                "DependsOn" => {
                    let names = attribute.value.items().unwrap_or(std::slice::from_ref(&attribute.value));
                    names.iter().filter_map(Node::text).for_each(|name| self.resource(name));
                }
                _ => self.node(&attribute.value),
            }
        }
    }

    fn node(&mut self, node: &'t Node) {
        match (&node.kind, node.function()) {
            (Kind::List(items), _) => items.iter().for_each(|item| self.node(item)),
            (Kind::Map(_), Some((name, argument))) => self.function(name, argument),
            (Kind::Map(entries), None) => entries.iter().for_each(|entry| self.node(&entry.value)),
            _ => {}
        }
    }

    fn function(&mut self, name: &str, argument: &'t Node) {
        match (name, argument.text(), argument.items()) {
            ("Ref", Some(name), _) => self.name(name),
            ("Fn::GetAtt", Some(text), _) => self.attribute(text),
            ("Fn::GetAtt", _, Some([logical_id, attribute])) => {
                logical_id.text().into_iter().for_each(|name| self.resource(name));
                self.node(attribute);
            }
            ("Fn::Sub", Some(text), _) => self.string(text, None),
            ("Fn::Sub", _, Some([string, map])) => {
                self.node(map);
                string.text().into_iter().for_each(|text| self.string(text, Some(map)));
            }
            // Its first argument is a condition's name.
            ("Fn::If", _, Some([_, then, otherwise])) => {
                self.node(then);
                self.node(otherwise);
            }
            _ => self.node(argument),
        }
    }

    fn string(&mut self, text: &'t str, variables: Option<&Node>) {
        for part in sub::parts(text) {
            let Part::Variable { name, .. } = part else { continue };
            if variables.is_some_and(|map| map.get(name).is_some()) {
                continue;
            }
            if name.contains('.') { self.attribute(name) } else { self.name(name) }
        }
    }

    fn attribute(&mut self, text: &'t str) {
        self.resource(text.split_once('.').map_or(text, |(logical_id, _)| logical_id));
    }

    fn name(&mut self, name: &'t str) {
        let declared = self.root.get("Parameters").is_some_and(|it| it.get(name).is_some());
        if !declared && !name.starts_with("AWS::") {
            self.resource(name);
        }
    }

    fn resource(&mut self, name: &'t str) {
        if sections::resource(self.root, name).is_none() {
            self.names.insert(name);
        }
    }
}
