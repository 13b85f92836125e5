//! What a parameter's value has to be one of, by where the template uses it: a mapping's keys, an attribute's words.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html>

use super::{
    Template,
    node::{Kind, Node},
    removal,
};

#[cfg(test)]
mod tests;

impl Template {
    /// The keys, or words, that the template looks a parameter's value up in, without those that fail somewhere else; none
    /// where it is used as any text may be.
    pub(crate) fn keys_for(&self, parameter: &str, region: &str) -> Vec<String> {
        let mut walk = Walk { mappings: self.root.get("Mappings"), parameter, region, uses: Vec::new() };
        walk.node(&self.root);
        let mut uses = walk.uses.into_iter();
        let first = uses.next().unwrap_or_default();
        let others: Vec<_> = uses.collect();
        first.into_iter().filter(|key| others.iter().all(|it| it.contains(key))).collect()
    }
}

struct Walk<'t> {
    mappings: Option<&'t Node>,
    parameter: &'t str,
    region: &'t str,
    /// What each use takes.
    uses: Vec<Vec<String>>,
}

impl<'t> Walk<'t> {
    fn node(&mut self, node: &'t Node) {
        match &node.kind {
            Kind::List(items) => items.iter().for_each(|item| self.node(item)),
            Kind::Map(entries) => {
                for entry in entries {
                    let words = removal::words(&entry.key);
                    if !words.is_empty() && self.is_it(&entry.value) {
                        self.uses.push(words.iter().map(|&it| it.to_owned()).collect());
                    }
                    if entry.key == "Fn::FindInMap" {
                        self.look_up(&entry.value);
                    }
                    self.node(&entry.value);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Text(_) | Kind::Number(_) => {}
        }
    }

    fn look_up(&mut self, argument: &'t Node) {
        let Some([map, first, second, rest @ ..]) = argument.items() else { return };
        let has_default = rest.iter().any(|it| it.get("DefaultValue").is_some());
        let Some(map) = map.text().and_then(|name| self.mappings?.get(name)) else { return };
        if has_default {
            return;
        }
        if self.is_it(first) {
            let second = self.known(second);
            let fits = |inner: &Node| second.is_none_or(|key| inner.get(key).is_some());
            let keys = map.entries().iter().filter(|it| fits(&it.value)).map(|it| it.key.clone());
            self.uses.push(keys.collect());
        }
        if self.is_it(second) {
            let inner = match self.known(first) {
                Some(key) => map.get(key),
                None => map.entries().first().map(|it| &it.value),
            };
            let keys = inner.into_iter().flat_map(Node::entries).map(|it| it.key.clone());
            self.uses.push(keys.collect());
        }
    }

    /// A key as far as it is the same whatever the parameters are.
    fn known(&self, key: &'t Node) -> Option<&'t str> {
        match key.function() {
            Some(("Ref", name)) if name.text() == Some("AWS::Region") => Some(self.region),
            Some(_) => None,
            None => key.text(),
        }
    }

    fn is_it(&self, node: &Node) -> bool {
        matches!(node.function(), Some(("Ref", name)) if name.text() == Some(self.parameter))
    }
}
