//! What a resource refers to: the order of creation follows from it.

use super::{
    error::{Fault, quoted},
    extensions,
    functions::Resolver,
    node::{Entry, Kind, Node},
    sections,
    sub::{self, Part},
    unresolved::Missing,
};

/// The logical ids that a resource depends on, by `DependsOn` and by reference, with repetitions.
///
/// A `DependsOn` a resource that is not created says nothing; a reference to one is added to what is `missing`.
pub(super) fn dependencies<'t>(
    resolver: &Resolver<'t>,
    resource: &'t Entry,
    missing: &mut Missing<'t>,
) -> Result<Vec<&'t str>, Fault> {
    let mut found = depends_on(resolver, &resource.value)?;
    let mut walk = Walk { resolver, found: Vec::new(), missing };
    for attribute in resource.value.entries() {
        if !matches!(attribute.key.as_str(), "Type" | "Condition" | "DependsOn") {
            walk.node(&attribute.value)?;
        }
    }
    found.append(&mut walk.found);
    Ok(found)
}

/// The logical ids that a value refers to.
pub(super) fn within<'t>(resolver: &Resolver<'t>, node: &'t Node) -> Result<Vec<&'t str>, Fault> {
    let mut missing = Missing::default();
    let mut walk = Walk { resolver, found: Vec::new(), missing: &mut missing };
    walk.node(node)?;
    let found = walk.found;
    missing.first().map_or(Ok(found), Err)
}

/// Refuses what outputs refer to and what is not created.
pub(super) fn check_outputs(resolver: &Resolver<'_>) -> Result<(), Fault> {
    let mut missing = Missing::default();
    let mut walk = Walk { resolver, found: Vec::new(), missing: &mut missing };
    for output in resolver.root.get("Outputs").map(Node::entries).unwrap_or_default() {
        match resolver.is_created(&output.value) {
            Ok(true) => output.value.entries().iter().try_for_each(|it| match it.key.as_str() {
                "Condition" => Ok(()),
                _ => walk.node(&it.value),
            })?,
            Ok(false) => {}
            Err(fault) if fault.is_unresolved() => {}
            Err(fault) => return Err(fault),
        }
    }
    missing.check("Outputs")
}

fn depends_on<'t>(resolver: &Resolver<'t>, resource: &'t Node) -> Result<Vec<&'t str>, Fault> {
    let Some(node) = resource.get("DependsOn") else {
        return Ok(Vec::new());
    };
    let names = node.items().unwrap_or(std::slice::from_ref(node));
    let mut found = Vec::new();
    for name in names {
        let Some(logical_id) = name.text() else {
            let needed = function_needs(name);
            return Err(Fault::invalid(
                name,
                format!("DependsOn takes a logical id, or a list of them{needed}"),
            ));
        };
        match sections::resource_entry(resolver.root, logical_id) {
            Some(other) if resolver.is_created(&other.value)? => found.push(other.key.as_str()),
            Some(_) => {}
            None if extensions::has_others(resolver.root) => {}
            None => {
                return Err(Fault::invalid(
                    name,
                    format!("the template has no resource {}", quoted(logical_id)),
                ));
            }
        }
    }
    Ok(found)
}

struct Walk<'r, 't> {
    resolver: &'r Resolver<'t>,
    found: Vec<&'t str>,
    missing: &'r mut Missing<'t>,
}

impl<'t> Walk<'_, 't> {
    fn node(&mut self, node: &'t Node) -> Result<(), Fault> {
        match &node.kind {
            Kind::List(items) => items.iter().try_for_each(|item| self.node(item)),
            Kind::Map(entries) => match node.function() {
                Some((name, argument)) => self.function(node, name, argument),
                None => entries.iter().try_for_each(|entry| self.node(&entry.value)),
            },
            _ => Ok(()),
        }
    }

    fn function(&mut self, node: &'t Node, name: &str, argument: &'t Node) -> Result<(), Fault> {
        match (name, argument.text(), argument.items()) {
            ("Ref", Some(name), _) => self.name(node, name),
            ("Ref", None, _) => {
                let needed = function_needs(argument);
                Err(Fault::invalid(node, format!("Ref takes the name of a parameter or a resource{needed}")))
            }
            ("Fn::GetAtt", Some(text), _) => {
                self.resource(node, text.split_once('.').map_or(text, |(logical_id, _)| logical_id))
            }
            ("Fn::GetAtt", _, Some([logical_id, attribute])) => {
                let Some(text) = logical_id.text() else {
                    let needed = function_needs(logical_id);
                    return Err(Fault::invalid(
                        node,
                        format!("Fn::GetAtt takes a resource's logical id{needed}"),
                    ));
                };
                self.resource(node, text)?;
                self.node(attribute)
            }
            ("Fn::Sub", Some(text), _) => self.string(argument, text, &[]),
            ("Fn::Sub", _, Some([string, map])) => {
                self.node(map)?;
                string.text().map_or(Ok(()), |text| self.string(string, text, map.entries()))
            }
            ("Fn::If", _, Some([condition, then, otherwise])) => {
                match self.resolver.condition(condition, condition.text().unwrap_or_default()) {
                    Ok(true) => self.node(then),
                    Ok(false) => self.node(otherwise),
                    // Whichever it is, to create a resource later than needed does no harm.
                    Err(fault) if fault.is_unresolved() => {
                        self.node(then)?;
                        self.node(otherwise)
                    }
                    Err(fault) => Err(fault),
                }
            }
            _ => self.node(argument),
        }
    }

    fn string(&mut self, node: &'t Node, text: &'t str, variables: &[Entry]) -> Result<(), Fault> {
        for part in sub::parts(text) {
            let Part::Variable { name, start } = part else {
                continue;
            };
            if variables.iter().any(|variable| variable.key == name) {
                continue;
            }
            let count = self.missing.count();
            let within = |fault| self.resolver.within(fault, node, text, start, name);
            self.variable(node, name).map_err(within)?;
            self.missing.refine(count, within);
        }
        Ok(())
    }

    fn variable(&mut self, node: &Node, name: &'t str) -> Result<(), Fault> {
        if let Some(fault) = self.resolver.undefined_variable(node, name) {
            return if extensions::has_others(self.resolver.root) { Ok(()) } else { Err(fault) };
        }
        match name.split_once('.') {
            Some((logical_id, _)) => self.resource(node, logical_id),
            None => self.name(node, name),
        }
    }

    fn name(&mut self, node: &Node, name: &'t str) -> Result<(), Fault> {
        if self.resolver.is_value(name) { Ok(()) } else { self.resource(node, name) }
    }

    fn resource(&mut self, node: &Node, logical_id: &'t str) -> Result<(), Fault> {
        match self.resolver.created(node, logical_id) {
            Ok(_) => {
                let entry = sections::resource_entry(self.resolver.root, logical_id);
                self.found.extend(entry.map(|entry| entry.key.as_str()));
                Ok(())
            }
            // Macros write resources that are not in the template's text.
            Err(_) if extensions::has_others(self.resolver.root) => Ok(()),
            Err(fault) if fault.is_unresolved() => Err(fault),
            Err(fault) => {
                self.missing.add(logical_id, fault);
                Ok(())
            }
        }
    }
}

/// What lets a function stand in a name's place.
fn function_needs(name: &Node) -> String {
    match name.function() {
        Some(_) => {
            format!("; for a function here the template needs \"Transform: {}\"", extensions::TRANSFORM)
        }
        None => String::new(),
    }
}
