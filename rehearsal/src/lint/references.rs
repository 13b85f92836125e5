//! Who refers to what, by `Ref`, `Fn::GetAtt` and `Fn::Sub`.

use std::collections::HashSet;

use super::kinds::WAIT_CONDITION;
use crate::template::{
    node::{Kind, Node},
    sub::{self, Part},
};

/// The logical id that a value is a reference to, in any form.
pub(super) fn reference(node: &Node) -> Option<&str> {
    match node.function()? {
        ("Ref", name) => name.text(),
        ("Fn::GetAtt", argument) => match argument.items() {
            Some([id, ..]) => id.text(),
            _ => argument.text()?.split('.').next(),
        },
        ("Fn::Sub", text) => match sub::parts(text.text()?).as_slice() {
            [Part::Variable { name, .. }] => name.split('.').next(),
            _ => None,
        },
        _ => None,
    }
}

/// The names that are referred to anywhere, besides by the `Handle` of a wait condition.
pub(super) fn referred(root: &Node) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut rest = vec![root];
    while let Some(node) = rest.pop() {
        match &node.kind {
            Kind::List(items) => rest.extend(items),
            Kind::Map(entries) => {
                if let Some((function, argument)) = node.function() {
                    names(function, argument, &mut found);
                }
                let is_condition = node.get("Type").and_then(Node::text) == Some(WAIT_CONDITION);
                for entry in entries {
                    if is_condition && entry.key == "Properties" {
                        rest.extend(
                            entry
                                .value
                                .entries()
                                .iter()
                                .filter(|entry| entry.key != "Handle")
                                .map(|it| &it.value),
                        );
                    } else {
                        rest.push(&entry.value);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The names that are referred to in a value.
pub(super) fn mentions(node: &Node) -> HashSet<String> {
    let mut found = HashSet::new();
    each(node, &mut |function, argument| names(function, argument, &mut found));
    found
}

/// How often a name is referred to in a value.
pub(super) fn count(node: &Node, name: &str) -> usize {
    let mut count = 0;
    each(node, &mut |function, argument| {
        let text = argument.items().and_then(|items| items.first()).unwrap_or(argument).text();
        count += match function {
            "Ref" => usize::from(argument.text() == Some(name)),
            "Fn::Sub" => sub::parts(text.unwrap_or_default())
                .iter()
                .filter(|part| matches!(part, Part::Variable { name: found, .. } if *found == name))
                .count(),
            _ => 0,
        };
    });
    count
}

fn each<'n>(node: &'n Node, call: &mut dyn FnMut(&'n str, &'n Node)) {
    let mut rest = vec![node];
    while let Some(node) = rest.pop() {
        if let Some((function, argument)) = node.function() {
            call(function, argument);
        }
        rest.extend(node.items().unwrap_or_default());
        rest.extend(node.entries().iter().map(|entry| &entry.value));
    }
}

fn names(function: &str, argument: &Node, found: &mut HashSet<String>) {
    match function {
        "Ref" => found.extend(argument.text().map(str::to_owned)),
        "Fn::GetAtt" => {
            let id = argument.items().and_then(|items| items.first()).unwrap_or(argument);
            found.extend(id.text().and_then(|text| text.split('.').next()).map(str::to_owned));
        }
        "Fn::Sub" => {
            let text = argument.items().and_then(|items| items.first()).unwrap_or(argument).text();
            for part in sub::parts(text.unwrap_or_default()) {
                if let Part::Variable { name, .. } = part {
                    found.extend(name.split('.').next().map(str::to_owned));
                }
            }
        }
        _ => {}
    }
}
