//! `Fn::ForEach`: the loops of a template, written out before anything else is made of it.
//!
//! Every copy keeps the places of the text that it is made from.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::{
    TRANSFORM, is_extended,
    variables::{Loop, Variable, substituted, substituted_text},
};
use crate::template::{
    error::{Fault, quoted},
    node::{Entry, Kind, Node},
};
use crate::yaml::{Budget, Size};

#[cfg(test)]
mod tests;

const NAME: &str = "Fn::ForEach";
/// Where loops may stand.
const SECTIONS: [&str; 3] = ["Conditions", "Resources", "Outputs"];
/// Sections in which a loop's name could be nothing else.
const OTHERS: [&str; 4] = ["Parameters", "Mappings", "Rules", "Hooks"];
/// More than a template of the greatest size holds.
const MAX_VALUES: usize = 250_000;

/// What a loop goes over: none where that cannot be known, and nobody needs it.
pub(super) type Collection<'c> = &'c dyn Fn(&Node) -> Result<Option<Vec<String>>, Fault>;

/// Whether a key is a loop's.
pub(in crate::template) fn is_loop(key: &str) -> bool {
    key.strip_prefix(NAME).is_some_and(|name| name.is_empty() || name.starts_with("::"))
}

/// Whether there is any loop in a tree.
pub(super) fn has_loops(node: &Node) -> bool {
    match &node.kind {
        Kind::List(items) => items.iter().any(has_loops),
        Kind::Map(entries) => entries.iter().any(|entry| is_loop(&entry.key) || has_loops(&entry.value)),
        _ => false,
    }
}

/// The lines that loops stand on.
pub(crate) fn lines(root: &Node) -> Vec<RangeInclusive<u32>> {
    loops(root).into_iter().map(|entry| entry.place.line..=entry.value.last_line).collect()
}

/// Every loop of a tree.
fn loops(node: &Node) -> Vec<&Entry> {
    let mut found = Vec::new();
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        rest.extend(node.items().unwrap_or_default());
        for entry in node.entries() {
            found.extend(is_loop(&entry.key).then_some(entry));
            rest.push(&entry.value);
        }
    }
    found
}

/// What a loop is called.
fn name(entry: &Entry) -> &str {
    entry.key.strip_prefix("Fn::ForEach::").unwrap_or_default()
}

/// What is written in a section, loops looked into: the entries of their bodies as they are written.
pub(in crate::template) fn written(section: &Node) -> Vec<&Entry> {
    let mut found = Vec::new();
    let mut rest: Vec<&Entry> = section.entries().iter().rev().collect();
    while let Some(entry) = rest.pop() {
        match entry.value.items() {
            Some([_, _, body]) if is_loop(&entry.key) => rest.extend(body.entries().iter().rev()),
            _ if is_loop(&entry.key) => {}
            _ => found.push(entry),
        }
    }
    found
}

/// The template with its loops written out. Its nodes have numbers of their own.
pub(super) fn write_out(root: &Node, collection: Collection<'_>) -> Result<Node, Fault> {
    let mut writer = Writer { is_extended: is_extended(root), budget: Budget::new(MAX_VALUES), collection };
    let Kind::Map(sections) = &root.kind else { return Ok(root.clone()) };
    let mut entries = Vec::with_capacity(sections.len());
    for section in sections {
        let name = section.key.as_str();
        if OTHERS.contains(&name)
            && let Some(found) = section.value.entries().iter().find(|entry| is_loop(&entry.key))
        {
            let problem = format!("{NAME} stands in {} only, not in {name}", SECTIONS.join(", "));
            return Err(Fault::invalid(&found.value, problem).at(found.place));
        }
        let value = if SECTIONS.contains(&name) {
            writer.node(&section.value, &Vec::new(), 1)?
        } else {
            section.value.clone()
        };
        entries.push(Entry { key: section.key.clone(), place: section.place, value });
    }
    let mut written = Node { kind: Kind::Map(entries), ..root.clone() };
    let resources = written.get("Resources").map(Node::entries).unwrap_or_default();
    let ids: HashSet<&str> = resources.iter().map(|entry| entry.key.as_str()).collect();
    if let Some(found) = loops(root).into_iter().find(|entry| ids.contains(name(entry))) {
        let problem = format!("the loop {} has the name of a resource", name(found));
        return Err(Fault::invalid(&found.value, problem).at(found.place));
    }
    renumber(&mut written, &mut 0);
    Ok(written)
}

/// A tree with made-up names in the place of those that an unknown loop makes: what is between `${` and `}` is one.
pub(crate) fn with_names(root: &Node) -> Node {
    let mut named = root.clone();
    let Kind::Map(sections) = &mut named.kind else { return named };
    for section in sections.iter_mut().filter(|section| SECTIONS.contains(&section.key.as_str())) {
        let Kind::Map(entries) = &mut section.value.kind else { continue };
        for entry in entries.iter_mut().filter(|it| it.key.contains("${") || it.key.contains("&{")) {
            entry.key.retain(|letter| !"$&{}".contains(letter));
        }
    }
    named
}

struct Writer<'c> {
    is_extended: bool,
    budget: Budget,
    collection: Collection<'c>,
}

impl Writer<'_> {
    /// A copy in which loops are written out and variables have their values. Its nodes keep their numbers, by which
    /// faults are found.
    fn node(&mut self, node: &Node, variables: &Vec<Variable>, depth: usize) -> Result<Node, Fault> {
        if let Some(value) = substituted(node, variables) {
            self.spend(node, value.text().map_or(0, str::len), depth)?;
            return Ok(value);
        }
        self.spend(node, 0, depth)?;
        let kind = match &node.kind {
            Kind::List(items) => Kind::List(
                items.iter().map(|item| self.node(item, variables, depth + 1)).collect::<Result<_, _>>()?,
            ),
            Kind::Map(entries) => Kind::Map(self.entries(entries, variables, depth)?),
            other => other.clone(),
        };
        Ok(Node { kind, ..*node })
    }

    fn entries(
        &mut self,
        entries: &[Entry],
        variables: &Vec<Variable>,
        depth: usize,
    ) -> Result<Vec<Entry>, Fault> {
        let mut map = Written::default();
        for entry in entries {
            self.entry(entry, variables, depth, &mut map)?;
        }
        Ok(map.entries)
    }

    fn entry(
        &mut self,
        entry: &Entry,
        variables: &Vec<Variable>,
        depth: usize,
        map: &mut Written,
    ) -> Result<(), Fault> {
        if is_loop(&entry.key) {
            return self.repeat(entry, variables, depth, map);
        }
        let key = substituted_text(&entry.key, variables).unwrap_or_else(|| entry.key.clone());
        self.spend(&entry.value, key.len(), depth)?;
        let value = self.node(&entry.value, variables, depth + 1)?;
        map.add(Entry { key, place: entry.place, value }, entry)
    }

    /// Adds what a loop makes to the map that it stands in.
    fn repeat(
        &mut self,
        entry: &Entry,
        variables: &Vec<Variable>,
        depth: usize,
        map: &mut Written,
    ) -> Result<(), Fault> {
        let refused = |problem: String| Fault::invalid(&entry.value, problem).at(entry.place);
        if !self.is_extended {
            return Err(refused(format!("{NAME} needs \"Transform: {TRANSFORM}\" in the template")));
        }
        let Loop { identifier, collection, body } = Loop::read(entry)?;
        if variables.iter().any(|known| known.name == identifier) {
            let problem = format!("the identifier {} is that of a loop around this one", quoted(identifier));
            return Err(refused(problem));
        }
        let items = self.items(collection, variables, depth)?;
        let mut inner = variables.clone();
        for item in &items {
            inner.push(Variable { name: identifier.to_owned(), value: item.clone() });
            for made in body.entries() {
                if !is_loop(&made.key) && !Variable::is_in(identifier, &made.key) {
                    let problem = format!(
                        "the key {} has neither ${{{identifier}}} nor &{{{identifier}}} in it, so each turn of the loop would make the same",
                        quoted(&made.key)
                    );
                    return Err(Fault::invalid(&made.value, problem).at(made.place));
                }
                self.entry(made, &inner, depth, map)?;
            }
            inner.pop();
        }
        Ok(())
    }

    /// What a loop goes over; one turn with its variable as it is where nobody knows.
    fn items(
        &mut self,
        collection: &Node,
        variables: &Vec<Variable>,
        depth: usize,
    ) -> Result<Vec<Option<String>>, Fault> {
        let collection = self.node(collection, variables, depth + 1)?;
        Ok(match (self.collection)(&collection)? {
            Some(items) => items.into_iter().map(Some).collect(),
            None => vec![None],
        })
    }

    fn spend(&mut self, node: &Node, bytes: usize, depth: usize) -> Result<(), Fault> {
        let spent = self.budget.spend(Size::one(bytes), depth);
        spent.map(drop).map_err(|excess| {
            Fault::invalid(node, format!("written out, the loops make a template of {excess}"))
        })
    }
}

/// A map that loops add to.
#[derive(Default)]
struct Written {
    entries: Vec<Entry>,
    keys: HashSet<String>,
}

impl Written {
    fn add(&mut self, made: Entry, from: &Entry) -> Result<(), Fault> {
        if !self.keys.insert(made.key.clone()) {
            let problem =
                format!("the key {} is here twice once the loops are written out", quoted(&made.key));
            return Err(Fault::invalid(&from.value, problem).at(from.place));
        }
        self.entries.push(made);
        Ok(())
    }
}

/// Gives every node a number of its own.
pub(super) fn renumber(node: &mut Node, last: &mut u32) {
    *last = last.saturating_add(1);
    node.id = *last;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| renumber(item, last)),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| renumber(&mut entry.value, last)),
        _ => {}
    }
}
