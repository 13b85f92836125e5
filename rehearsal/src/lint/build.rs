//! From a template's value to text with places, without knowing any parameter.

use std::ops::Range;

use super::encoded::decoded;
use super::placeholders::MASK;
use super::read::FUNCTION;
use super::source::Source;
use super::text::{Symbol, Text};
use crate::template::{
    node::{Entry, Kind, Node},
    sub::{self, Part},
};

/// The branches of an `Fn::If` that are looked at, one within the other counted.
const MAX_BRANCHES: usize = 8;
/// More than any user data; a text that grows further, by aliases of aliases, is cut.
const MAX_TEXT: usize = 1 << 20;

/// The texts that user data may be: one for each branch of the `Fn::If`s around it. `Fn::Base64` is looked through, and
/// what is base64 without it is decoded.
pub(super) fn texts(source: &Source<'_>, node: &Node) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut rest = vec![(node, false)];
    while let Some((node, is_encoded_here)) = rest.pop() {
        match node.function() {
            Some(("Fn::Base64", inner)) => rest.push((inner, true)),
            Some(("Fn::If", argument)) if texts.len() + rest.len() < MAX_BRANCHES => {
                let branches = argument.items().unwrap_or_default().iter().skip(1).rev();
                rest.extend(branches.map(|branch| (branch, is_encoded_here)));
            }
            Some(("Ref", name)) if name.text() == Some("AWS::NoValue") => {}
            _ if is_encoded_here => texts.push(text(source, node)),
            _ => {
                let text = text(source, node);
                texts.push(decoded(&text).unwrap_or(text));
            }
        }
    }
    texts
}

/// The text that a value is.
pub(super) fn text(source: &Source<'_>, node: &Node) -> Text {
    let mut built = Text::default();
    Builder { source }.push(&mut built, node);
    built
}

struct Builder<'s, 't> {
    source: &'s Source<'t>,
}

impl Builder<'_, '_> {
    fn push(&self, into: &mut Text, node: &Node) {
        if into.text.len() > MAX_TEXT {
            return;
        }
        if let Some(text) = node.text() {
            let mut whole = Text::default();
            whole.push(text, self.source.locate(node));
            literal(into, &whole, 0..text.len());
            return;
        }
        match node.function() {
            Some(("Fn::Base64", inner)) => match inner.function() {
                // A wait condition's handle, as cmd has to have it.
                Some(("Ref", name)) if !into.text.is_empty() && name.text().is_some() => {
                    let name = name.text().unwrap_or_default().to_owned();
                    into.push_symbol(Symbol::Encoded(name), self.start(node));
                }
                _ => self.push(into, inner),
            },
            Some(("Fn::Sub", argument)) => self.substitute(into, argument),
            Some(("Fn::Join", argument)) => self.join(into, node, argument),
            Some(("Fn::If", argument)) => self.choose(into, node, argument, "\n"),
            Some((name, argument)) => {
                if let Some(symbol) = symbol(name, argument) {
                    into.push_symbol(symbol, self.start(node));
                }
            }
            None if matches!(node.kind, Kind::Null) => {}
            None => into.push_symbol(Symbol::Function(node.described().to_owned()), self.start(node)),
        }
    }

    fn substitute(&self, into: &mut Text, argument: &Node) {
        let (string, variables) = match argument.items() {
            Some([string, variables]) => (string, variables.entries()),
            Some([string]) => (string, [].as_slice()),
            _ => (argument, [].as_slice()),
        };
        let Some(text) = string.text() else {
            into.push_symbol(Symbol::Function("Fn::Sub".to_owned()), self.start(string));
            return;
        };
        // The whole string once, so that its parts are slices with places.
        let mut whole = Text::default();
        whole.push(text, self.source.locate(string));
        let mut at = 0;
        for part in sub::parts(text) {
            match part {
                Part::Literal(literal) => {
                    self::literal(into, &whole, at..at + literal.len());
                    at += literal.len();
                }
                Part::Escaped(literal) => {
                    into.append(&whole.slice(at..at + 2));
                    into.append(&whole.slice(at + 3..at + 4 + literal.len()));
                    at += 4 + literal.len();
                }
                Part::Variable { name, start } => {
                    self.variable(into, variables, name, whole.file_byte(start));
                    at = text
                        .get(start..)
                        .and_then(|rest| rest.find('}'))
                        .map_or(text.len(), |end| start + end + 1);
                }
            }
        }
    }

    fn variable(&self, into: &mut Text, variables: &[Entry], name: &str, file: usize) {
        match variables.iter().find(|entry| entry.key == name) {
            Some(entry) => self.push(into, &entry.value),
            None => into.push_symbol(named(name), file),
        }
    }

    fn join(&self, into: &mut Text, node: &Node, argument: &Node) {
        let parts = argument.items().and_then(|items| match items {
            [delimiter, list] => Some((delimiter.text()?, delimiter, listed(list)?)),
            _ => None,
        });
        let Some((delimiter, written, items)) = parts else {
            into.push_symbol(Symbol::Function("Fn::Join".to_owned()), self.start(node));
            return;
        };
        let pairs = self.source.locate(written);
        let mut first = true;
        for item in items {
            if matches!(item.function(), Some(("Ref", name)) if name.text() == Some("AWS::NoValue")) {
                continue;
            }
            if !first {
                into.push(delimiter, pairs.iter().copied());
            }
            first = false;
            match item.function() {
                // What stands between line breaks is whole lines.
                Some(("Fn::If", argument)) if delimiter.ends_with('\n') => {
                    self.choose(into, item, argument, "")
                }
                _ => self.push(into, item),
            }
        }
    }

    /// Whole lines of a script or of cloud-config are those of a branch; what is less is not known.
    fn choose(&self, into: &mut Text, node: &Node, argument: &Node, end: &str) {
        let branches = argument.items().unwrap_or_default().iter().skip(1);
        let chosen = branches
            .map(|branch| text(self.source, branch))
            .find(|text| !text.text.is_empty() && text.text.ends_with(end));
        match chosen.filter(|_| into.text.is_empty() || into.text.ends_with('\n')) {
            Some(lines) => into.append(&lines),
            None => into.push_symbol(Symbol::Function("Fn::If".to_owned()), self.start(node)),
        }
    }

    fn start(&self, node: &Node) -> usize {
        self.source.byte_at(node.place)
    }
}

/// Appends a part of a text; another tool's placeholders in it are values that are not known.
fn literal(into: &mut Text, whole: &Text, range: Range<usize>) {
    let Some(text) = whole.text.get(range.clone()) else { return };
    if !text.contains(MASK) {
        into.append(&whole.slice(range));
        return;
    }
    let mut at = range.start;
    let mut was_mask = false;
    for (offset, letter) in text.char_indices().map(|(offset, letter)| (range.start + offset, letter)) {
        if letter == MASK && !was_mask {
            into.append(&whole.slice(at..offset));
            into.push_symbol(Symbol::Function(FUNCTION.to_owned()), whole.file_byte(offset));
        } else if letter != MASK && was_mask {
            at = offset;
        }
        was_mask = letter == MASK;
    }
    if !was_mask {
        into.append(&whole.slice(at..range.end));
    }
}

/// The items of a list, or of the first list that an `Fn::If` may give.
fn listed(node: &Node) -> Option<&[Node]> {
    match node.function() {
        Some(("Fn::If", argument)) => argument.items()?.iter().skip(1).find_map(listed),
        _ => node.items(),
    }
}

/// What a function stands for; nothing for `AWS::NoValue`.
fn symbol(name: &str, argument: &Node) -> Option<Symbol> {
    match (name, argument.text(), argument.items()) {
        ("Ref", Some("AWS::NoValue"), _) => None,
        ("Ref", Some(name), _) => Some(Symbol::Ref(name.to_owned())),
        ("Fn::GetAtt", Some(name), _) if name.contains('.') => Some(named(name)),
        ("Fn::GetAtt", _, Some([id, attribute])) => match (id.text(), attribute.text()) {
            (Some(id), Some(attribute)) => Some(Symbol::Attribute(id.to_owned(), attribute.to_owned())),
            _ => Some(Symbol::Function(name.to_owned())),
        },
        (name, ..) => Some(Symbol::Function(name.to_owned())),
    }
}

/// What `${name}` stands for.
fn named(name: &str) -> Symbol {
    match name.split_once('.') {
        Some((id, attribute)) => Symbol::Attribute(id.to_owned(), attribute.to_owned()),
        None => Symbol::Ref(name.to_owned()),
    }
}
