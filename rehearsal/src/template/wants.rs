//! What a template may want that only the real service knows.

use std::collections::BTreeSet;

use super::{
    Template,
    node::{Kind, Node},
    sections,
    sub::{self, Part},
};

#[cfg(test)]
mod tests;

/// Names of what only the real service knows: some of it may never be needed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Such as `Thing.Size`.
    pub(crate) attributes: BTreeSet<String>,
    /// Logical ids.
    pub(crate) references: BTreeSet<String>,
    /// Names of exports.
    pub(crate) imports: BTreeSet<String>,
    /// What dynamic references say, and the names in SSM-typed parameters.
    pub(crate) resolved: BTreeSet<String>,
}

impl Template {
    /// What its resources may want.
    pub(crate) fn wants(&self) -> Wants {
        let mut walk = Walk { root: &self.root, wants: Wants::default() };
        for section in ["Conditions", "Resources"] {
            self.root.get(section).into_iter().for_each(|section| walk.node(section));
        }
        let stored = self.parameters.iter().filter(|it| it.is_stored()).filter_map(|it| it.default.as_ref());
        walk.wants.resolved.extend(stored.map(|name| format!("ssm:{name}")));
        walk.wants
    }
}

struct Walk<'t> {
    root: &'t Node,
    wants: Wants,
}

impl<'t> Walk<'t> {
    fn node(&mut self, node: &'t Node) {
        match (&node.kind, node.function()) {
            (Kind::List(items), _) => items.iter().for_each(|item| self.node(item)),
            (Kind::Map(_), Some((name, argument))) => self.function(name, argument),
            (Kind::Map(entries), None) => entries.iter().for_each(|entry| self.node(&entry.value)),
            _ => node.text().into_iter().for_each(|text| self.dynamic(text)),
        }
    }

    fn function(&mut self, name: &str, argument: &'t Node) {
        match (name, argument.text(), argument.items()) {
            ("Ref", Some(name), _) => self.reference(name),
            ("Fn::GetAtt", Some(text), _) => self.attribute(text),
            ("Fn::GetAtt", _, Some([id, name])) => {
                if let (Some(id), Some(name)) = (id.text(), name.text()) {
                    self.attribute(&format!("{id}.{name}"));
                }
            }
            ("Fn::ImportValue", Some(name), _) => {
                self.wants.imports.insert(name.to_owned());
            }
            ("Fn::Sub", Some(text), _) => self.string(text),
            ("Fn::Sub", _, Some([text, map])) => {
                text.text().into_iter().for_each(|text| self.string(text));
                self.node(map);
            }
            _ => self.node(argument),
        }
    }

    fn string(&mut self, text: &str) {
        self.dynamic(text);
        for part in sub::parts(text) {
            match part {
                Part::Variable { name, .. } if name.contains('.') => self.attribute(name),
                Part::Variable { name, .. } => self.reference(name),
                Part::Literal(_) | Part::Escaped(_) => {}
            }
        }
    }

    fn dynamic(&mut self, text: &str) {
        for rest in text.split("{{resolve:").skip(1) {
            let reference = rest.split("}}").next().unwrap_or_default();
            // One that is put together is known once it is needed.
            if !reference.contains("${") {
                self.wants.resolved.insert(reference.to_owned());
            }
        }
    }

    fn attribute(&mut self, name: &str) {
        if name.split_once('.').is_some_and(|(id, _)| self.is_unknown(id)) {
            self.wants.attributes.insert(name.to_owned());
        }
    }

    fn reference(&mut self, name: &str) {
        if self.is_unknown(name) {
            self.wants.references.insert(name.to_owned());
        }
    }

    /// Whether whoever makes the resource is no part of the rehearsal.
    fn is_unknown(&self, logical_id: &str) -> bool {
        let kind = sections::resource(self.root, logical_id).map(sections::type_of).unwrap_or_default();
        kind == "AWS::CloudFormation::CustomResource" || kind.starts_with("Custom::")
    }
}
