//! The conditions of a template.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>

use std::collections::HashMap;

use super::{
    error::{Fault, quoted},
    extensions,
    functions::{Resolver, shape},
    node::Node,
};

/// What is known of each condition by its name.
pub(super) type Conditions<'t> = HashMap<&'t str, State>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is being found out: to ask again is to go in a circle.
    Asked,
    Known(bool),
}

impl<'t> Resolver<'t> {
    /// Whether a resource is created: its condition holds, or it has none.
    pub(super) fn is_created(&self, resource: &Node) -> Result<bool, Fault> {
        let Some(condition) = resource.get("Condition") else {
            return Ok(true);
        };
        match condition.text() {
            Some(name) => self.condition(condition, name),
            None => {
                Err(Fault::invalid(condition, "a Condition is the name of one in the Conditions section"))
            }
        }
    }

    /// Whether the condition of that name holds; `node` is who asks.
    pub(super) fn condition(&self, node: &Node, name: &str) -> Result<bool, Fault> {
        let conditions = self.root.get("Conditions").map(Node::entries).unwrap_or_default();
        let Some(entry) = conditions.iter().find(|entry| entry.key == name) else {
            let problem = format!("the template has no condition {}", quoted(name));
            return Err(if extensions::writes_sections(self.root) {
                let problem = format!("{problem}; a macro may write it, which only the real service runs");
                Fault::unresolved(node, problem)
            } else {
                Fault::invalid(node, problem)
            });
        };
        let known = self.conditions.borrow().get(name).copied();
        match known {
            Some(State::Known(holds)) => return Ok(holds),
            Some(State::Asked) => {
                return Err(Fault::invalid(node, format!("the condition {name} depends on itself")));
            }
            None => {}
        }
        self.conditions.borrow_mut().insert(&entry.key, State::Asked);
        let holds = self.holds(&entry.value);
        match holds {
            Ok(holds) => self.conditions.borrow_mut().insert(&entry.key, State::Known(holds)),
            Err(_) => self.conditions.borrow_mut().remove(name),
        };
        holds
    }

    fn holds(&self, node: &Node) -> Result<bool, Fault> {
        const FORMS: &str = "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition";

        let [entry] = node.entries() else {
            return Err(Fault::invalid(node, FORMS));
        };
        let argument = &entry.value;
        self.deeper(node, || match entry.key.as_str() {
            "Condition" => match argument.text() {
                Some(name) => self.condition(argument, name),
                None => Err(Fault::invalid(argument, "Condition takes the name of one")),
            },
            "Fn::Equals" => match argument.items() {
                Some([one, other]) => Ok(self.operand(one)? == self.operand(other)?),
                _ => Err(shape(node, "Fn::Equals", "[value, value]")),
            },
            "Fn::Not" => match argument.items() {
                Some([condition]) => Ok(!self.holds(condition)?),
                _ => Err(shape(node, "Fn::Not", "[condition]")),
            },
            "Fn::And" | "Fn::Or" => match argument.items() {
                Some(items) if (2..=10).contains(&items.len()) => {
                    decide(items, entry.key == "Fn::Or", |item| self.holds(item))
                }
                _ => Err(shape(node, &entry.key, "two to ten conditions")),
            },
            _ => Err(Fault::invalid(node, FORMS)),
        })
    }

    fn operand(&self, node: &Node) -> Result<super::value::Value, Fault> {
        if let Some(("Ref", name)) = node.function()
            && super::sections::resource(self.root, name.text().unwrap_or_default()).is_some()
        {
            let message = format!(
                "Template format error: Unresolved dependencies [{}]. Cannot reference resources in the Conditions \
                 block of the template",
                name.text().unwrap_or_default()
            );
            return Err(Fault::invalid(node, "a condition cannot refer to a resource").in_words(message));
        }
        self.value(node)
    }
}

/// `so` where any is so: then the others need not be known.
pub(super) fn decide(
    items: &[Node],
    so: bool,
    holds: impl Fn(&Node) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    let mut unknown = None;
    for item in items {
        match holds(item) {
            Ok(holds) if holds == so => return Ok(so),
            Ok(_) => {}
            Err(fault) if fault.is_unresolved() => unknown = Some(fault),
            Err(fault) => return Err(fault),
        }
    }
    unknown.map_or(Ok(!so), Err)
}
