//! A loop's parts, and its variable wherever it is written.

use crate::template::{
    error::{Fault, quoted},
    node::{Entry, Kind, Node},
};

/// `[Identifier, Collection, {OutputKey: OutputValue}]`.
pub(super) struct Loop<'n> {
    pub(super) identifier: &'n str,
    pub(super) collection: &'n Node,
    pub(super) body: &'n Node,
}

impl<'n> Loop<'n> {
    pub(super) fn read(entry: &'n Entry) -> Result<Self, Fault> {
        let node = &entry.value;
        if let Some(name) = entry.key.strip_prefix("Fn::ForEach::").filter(|name| is_name(name)) {
            let Some([identifier, collection, body]) = node.items() else {
                let problem = format!(
                    "the loop {name} is a list of three: an identifier, a list to go over, and what to make"
                );
                return Err(Fault::invalid(node, problem).at(entry.place));
            };
            let Some(identifier) = identifier.text().filter(|text| is_name(text)) else {
                return Err(Fault::invalid(
                    identifier,
                    "the first of a loop is its identifier: letters and digits",
                ));
            };
            if !body.is_map() {
                let problem =
                    format!("the third of a loop is a map of what it makes, this is {}", body.described());
                return Err(Fault::invalid(body, problem));
            }
            return Ok(Self { identifier, collection, body });
        }
        let problem =
            format!("{} is no loop's name: Fn::ForEach:: and letters and digits", quoted(&entry.key));
        Err(Fault::invalid(node, problem).at(entry.place))
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric())
}

/// What a loop's identifier stands for in one of its turns; none where that cannot be known.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

impl Variable {
    /// Whether a text has the variable of this name in it.
    pub(super) fn is_in(name: &str, text: &str) -> bool {
        text.contains(&format!("${{{name}}}")) || text.contains(&format!("&{{{name}}}"))
    }
}

/// The node that a variable stands for, or a text with variables in it; none where there are none.
pub(super) fn substituted(node: &Node, variables: &[Variable]) -> Option<Node> {
    let text = match (&node.kind, node.function()) {
        (Kind::Text(text), _) => substituted_text(text, variables)?,
        (_, Some(("Ref", name))) => {
            let name = name.text()?;
            variables.iter().find(|variable| variable.name == name)?.value.clone()?
        }
        _ => return None,
    };
    Some(Node { kind: Kind::Text(text), ..*node })
}

/// A text with each variable's value in its place: `${Name}` as it is, `&{Name}` its letters and digits.
pub(super) fn substituted_text(text: &str, variables: &[Variable]) -> Option<String> {
    if !text.contains("${") && !text.contains("&{") {
        return None;
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_changed = false;
    while let Some(start) = rest.find(['$', '&']) {
        let (before, after) = rest.split_at(start);
        result.push_str(before);
        match value(after, variables) {
            Some((value, length)) => {
                result.push_str(&value);
                rest = after.get(length..).unwrap_or_default();
                is_changed = true;
            }
            None => {
                let (sign, others) = after.split_at(1);
                result.push_str(sign);
                rest = others;
            }
        }
    }
    result.push_str(rest);
    is_changed.then_some(result)
}

/// The value of the variable that a text begins with, and how many bytes its name takes there.
fn value(text: &str, variables: &[Variable]) -> Option<(String, usize)> {
    let (name, _) = text.get(1..)?.strip_prefix('{')?.split_once('}')?;
    let value = variables.iter().find(|variable| variable.name == name)?.value.as_ref()?;
    let value = match text.starts_with('&') {
        true => value.chars().filter(char::is_ascii_alphanumeric).collect(),
        false => value.clone(),
    };
    Some((value, name.len() + 3))
}
