//! Names that nothing in the template has: what the service looks for before anything else, whatever conditions hold.

use std::collections::BTreeMap;

use super::{
    error::{Fault, quoted},
    extensions,
    node::{Kind, Node},
    sections,
    sub::{self, Part},
};

#[cfg(test)]
mod tests;

/// Refuses names that the template's resources refer to in vain, or else those that its outputs do: all of them at
/// once, as the service does. Macros may still write what is referred to. `text` is the template's source.
pub(super) fn check(root: &Node, text: &str) -> Result<(), Fault> {
    if extensions::has_others(root) {
        return Ok(());
    }
    for section in ["Resources", "Outputs"] {
        let mut walk = Walk { root, text, missing: Missing::default(), malformed: None };
        for entry in root.get(section).map(Node::entries).unwrap_or_default() {
            walk.entry(&entry.value);
        }
        walk.malformed.map_or(Ok(()), Err)?;
        walk.missing.check(section)?;
    }
    Ok(())
}

/// Names that are referred to in vain, each with what is wrong where it was met first.
#[derive(Debug, Default)]
pub(super) struct Missing<'t> {
    names: BTreeMap<&'t str, usize>,
    faults: Vec<Fault>,
}

impl<'t> Missing<'t> {
    pub(super) fn add(&mut self, name: &'t str, fault: Fault) {
        self.names.entry(name).or_insert(self.faults.len());
        self.faults.push(fault);
    }

    /// How many have been met.
    pub(super) fn count(&self) -> usize {
        self.faults.len()
    }

    /// Tells those after the first `count` more exactly.
    pub(super) fn refine(&mut self, count: usize, refine: impl Fn(Fault) -> Fault) {
        let refined: Vec<Fault> = self.faults.drain(count.min(self.faults.len())..).map(refine).collect();
        self.faults.extend(refined);
    }

    /// The first that was met.
    pub(super) fn first(self) -> Option<Fault> {
        self.faults.into_iter().next()
    }

    /// Refuses them, in the service's words, where the first is.
    pub(super) fn check(self, section: &str) -> Result<(), Fault> {
        let names: Vec<&str> = self.names.keys().copied().collect();
        let message = format!(
            "Template format error: Unresolved resource dependencies [{}] in the {section} block of the template",
            names.join(", ")
        );
        self.first().map_or(Ok(()), |fault| Err(fault.in_words(message)))
    }
}

struct Walk<'t> {
    root: &'t Node,
    text: &'t str,
    missing: Missing<'t>,
    /// The first variable that can be none.
    malformed: Option<Fault>,
}

impl<'t> Walk<'t> {
    /// A resource or an output.
    fn entry(&mut self, node: &'t Node) {
        for attribute in node.entries() {
            match attribute.key.as_str() {
                "Type" | "Condition" => {}
                "DependsOn" => {
                    let names = attribute.value.items().unwrap_or(std::slice::from_ref(&attribute.value));
                    for node in names {
                        let Some(name) = node.text() else { continue };
                        let problem = format!("the template has no resource {}", quoted(name));
                        self.resource(name, || Fault::invalid(node, problem));
                    }
                }
                _ => self.node(&attribute.value),
            }
        }
    }

    fn node(&mut self, node: &'t Node) {
        match (&node.kind, node.function()) {
            (Kind::List(items), _) => items.iter().for_each(|item| self.node(item)),
            (Kind::Map(_), Some((name, argument))) => self.function(node, name, argument),
            (Kind::Map(entries), None) => entries.iter().for_each(|entry| self.node(&entry.value)),
            _ => {}
        }
    }

    fn function(&mut self, node: &'t Node, function: &str, argument: &'t Node) {
        let unknown = |name: &str| {
            Fault::invalid(node, format!("{} is no parameter and no resource of the template", quoted(name)))
        };
        match (function, argument.text(), argument.items()) {
            ("Ref", Some(name), _) => self.name(name, || unknown(name)),
            ("Fn::GetAtt", Some(text), _) => {
                let logical_id = before_dot(text);
                self.resource(logical_id, || unknown(logical_id));
            }
            ("Fn::GetAtt", _, Some([logical_id, attribute])) => {
                if let Some(name) = logical_id.text() {
                    self.resource(name, || unknown(name));
                }
                self.node(attribute);
            }
            ("Fn::Sub", Some(text), _) => self.string(argument, text, None),
            ("Fn::Sub", _, Some([string, map])) => {
                self.node(map);
                string.text().into_iter().for_each(|text| self.string(string, text, Some(map)));
            }
            // Its first argument is a condition's name.
            ("Fn::If", _, Some([_, then, otherwise])) => {
                self.node(then);
                self.node(otherwise);
            }
            _ => self.node(argument),
        }
    }

    fn string(&mut self, node: &'t Node, text: &'t str, variables: Option<&Node>) {
        let source = self.text;
        for part in sub::parts(text) {
            let Part::Variable { name, start } = part else { continue };
            if variables.is_some_and(|map| map.get(name).is_some()) {
                continue;
            }
            let fault = || sub::within(source, sub::undefined(node, name), node, text, start, name);
            if !sub::is_well_formed(name) {
                self.malformed.get_or_insert_with(|| fault().in_words(sub::MALFORMED));
                continue;
            }
            match name.split_once('.') {
                Some((logical_id, _)) => self.resource(logical_id, fault),
                None => self.name(name, fault),
            }
        }
    }

    fn name(&mut self, name: &'t str, fault: impl FnOnce() -> Fault) {
        let declared = self.root.get("Parameters").is_some_and(|it| it.get(name).is_some());
        if !declared && !sub::is_pseudo(name) {
            self.resource(name, fault);
        }
    }

    fn resource(&mut self, name: &'t str, fault: impl FnOnce() -> Fault) {
        if sections::resource(self.root, name).is_none() {
            self.missing.add(name, fault());
        }
    }
}

fn before_dot(text: &str) -> &str {
    text.split_once('.').map_or(text, |(logical_id, _)| logical_id)
}
