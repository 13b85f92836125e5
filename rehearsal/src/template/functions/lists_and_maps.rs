//! The functions that take lists and mappings apart, or put them together.

use super::super::{
    error::{Fault, listed, quoted},
    extensions,
    node::Node,
    value::Value,
    zones,
};
use super::{MAX_TEXT, Resolver, shape};

impl Resolver<'_> {
    pub(super) fn join(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let Some([delimiter, list]) = argument.items() else {
            return Err(shape(node, "Fn::Join", "[delimiter, [value, …]]"));
        };
        let delimiter = self.string(delimiter)?;
        let Value::List(values) = self.value(list)? else {
            return Err(Fault::invalid(list, "Fn::Join joins a list"));
        };
        let mut result = String::new();
        for (index, value) in values.iter().enumerate() {
            let Value::Text(text) = value else {
                return Err(Fault::invalid(list, "Fn::Join joins text, and a list is in its list"));
            };
            if index > 0 {
                result.push_str(&delimiter);
            }
            result.push_str(text);
            if result.len() > MAX_TEXT {
                break;
            }
        }
        self.produce(node, result)
    }

    pub(super) fn select(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let Some([index, list]) = argument.items() else {
            return Err(shape(node, "Fn::Select", "[index, [value, …]]"));
        };
        let written = self.string(index)?;
        let Ok(wanted) = written.trim().parse::<usize>() else {
            return Err(Fault::invalid(index, format!("{} is no index: a number from 0", quoted(&written))));
        };
        let outside = |count: usize| {
            let problem =
                format!("Fn::Select wants the value at {wanted}, and the list has {count} (from 0)");
            let message =
                format!("Template error: Fn::Select cannot select nonexistent value at index {wanted}");
            Fault::invalid(node, problem).in_words(message)
        };
        // Of a list that is written out, only the one that is selected needs to be known.
        if let Some(items) = list.items() {
            return self.value(items.get(wanted).ok_or_else(|| outside(items.len()))?);
        }
        let Value::List(mut values) = self.value(list)? else {
            return Err(Fault::invalid(list, "Fn::Select selects from a list"));
        };
        if wanted >= values.len() {
            return Err(zones::beyond(list).unwrap_or_else(|| outside(values.len())));
        }
        Ok(values.swap_remove(wanted))
    }

    pub(super) fn split(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let Some([delimiter, source]) = argument.items() else {
            return Err(shape(node, "Fn::Split", "[delimiter, text]"));
        };
        let separator = self.string(delimiter)?;
        if separator.is_empty() {
            return Err(Fault::invalid(delimiter, "Fn::Split needs a delimiter that is not empty"));
        }
        let source = self.string(source)?;
        source
            .split(&separator)
            .map(|part| self.produce(node, part.to_owned()))
            .collect::<Result<_, _>>()
            .map(Value::List)
    }

    pub(super) fn find_in_map(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let items = argument.items().unwrap_or_default();
        let (Some([map, top, second]), options) = (items.get(..3), items.get(3)) else {
            return Err(shape(node, "Fn::FindInMap", "[map, top-level key, second-level key]"));
        };
        let mut found = self.root.get("Mappings");
        let mut way = String::from("Mappings");
        let names = [self.string(map)?, self.string(top)?, self.string(second)?];
        for (key, name) in [map, top, second].into_iter().zip(&names) {
            let keys = found.map(Node::entries).unwrap_or_default();
            let Some(entry) = keys.iter().find(|entry| entry.key == *name) else {
                if let Some(default) = options.and_then(|options| options.get("DefaultValue")) {
                    self.extended(default, "the DefaultValue of Fn::FindInMap")?;
                    return self.value(default);
                }
                let there: Vec<String> = keys.iter().map(|entry| entry.key.clone()).collect();
                let is_region = key.function().is_some_and(|(_, name)| name.text() == Some("AWS::Region"));
                let region = if is_region { "; the region is chosen with --region" } else { "" };
                let problem = format!("{way} has no {}; {}{region}", quoted(name), listed("it has", &there));
                let message = if std::ptr::eq(key, map) {
                    format!(
                        "Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
                    )
                } else {
                    format!("Template error: Unable to get mapping for {}", names.join("::"))
                };
                if extensions::writes_sections(self.root) {
                    let problem =
                        format!("{problem}; a macro may write it, which only the real service runs");
                    return Err(Fault::unresolved(key, problem));
                }
                return Err(Fault::invalid(key, problem).in_words(message));
            };
            way.push('.');
            way.push_str(name);
            found = Some(&entry.value);
        }
        found.map_or(Ok(Value::Absent), |node| self.value(node))
    }
}
