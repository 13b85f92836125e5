//! Rules: what the parameters' values have to be, before anything is created.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html>

mod mentioned;

use std::collections::BTreeSet;

use super::{
    Inputs, Template, TemplateError,
    conditions::decide,
    error::{Fault, quoted},
    functions::Resolver,
    node::{Entry, Node},
    parameters,
    secrets::Secrets,
    value::Value,
};
use mentioned::Mentioned;

#[cfg(test)]
mod tests;

/// An assertion of a rule.
#[derive(Clone, Copy)]
struct Assertion<'t> {
    rule: &'t Entry,
    assertion: &'t Node,
    assert: &'t Node,
}

/// An assertion that the parameters do not meet.
pub(crate) struct Unmet {
    /// As it is told.
    pub(crate) error: TemplateError,
    /// The parameters that it and its rule's condition refer to.
    pub(crate) parameters: BTreeSet<String>,
    /// Texts that they have.
    pub(crate) texts: Vec<String>,
}

/// Refuses parameters that a rule's assertion does not hold for. What cannot be known, such as the version of a CDK
/// bootstrap stack or an attribute of a subnet, stands in nobody's way.
pub(super) fn check(resolver: &Resolver<'_>) -> Result<(), Fault> {
    assertions(resolver.root).try_for_each(|it| match it.is_unmet(resolver)? {
        true => Err(it.fault()),
        false => Ok(()),
    })
}

impl Template {
    /// The assertions that these values do not meet, whatever the parameters allow; none where a rule is none.
    pub(crate) fn unmet(&self, inputs: &Inputs<'_>) -> Vec<Unmet> {
        let values = parameters::unchecked(&self.parameters, inputs.parameters, inputs.supplied);
        let resolver = Resolver::new(&self.root, &self.text, inputs, values);
        let unmet = assertions(&self.root).map(|it| Ok((it, it.is_unmet(&resolver)?)));
        let Ok(unmet) = unmet.collect::<Result<Vec<_>, Fault>>() else { return Vec::new() };
        let secrets = Secrets::of(&self.parameters, inputs);
        let unmet = unmet.into_iter().filter(|(_, is_unmet)| *is_unmet).map(|(it, _)| Unmet {
            error: secrets.hidden(self.error(it.fault())),
            parameters: it.mentioned().parameters(&self.root),
            texts: it.mentioned().texts,
        });
        unmet.collect()
    }

    /// The parameters that each assertion and its rule's condition refer to.
    pub(crate) fn ruled_together(&self) -> Vec<BTreeSet<String>> {
        assertions(&self.root).map(|it| it.mentioned().parameters(&self.root)).collect()
    }
}

fn assertions(root: &Node) -> impl Iterator<Item = Assertion<'_>> {
    root.get("Rules").map(Node::entries).unwrap_or_default().iter().flat_map(|rule| {
        let assertions = rule.value.get("Assertions").and_then(Node::items).unwrap_or_default();
        assertions.iter().filter_map(move |assertion| {
            Some(Assertion { rule, assertion, assert: assertion.get("Assert")? })
        })
    })
}

impl<'t> Assertion<'t> {
    fn is_unmet(self, resolver: &Resolver<'_>) -> Result<bool, Fault> {
        let condition = self.rule.value.get("RuleCondition");
        let applies = condition.map_or(Ok(true), |condition| holds(resolver, condition));
        Ok(known(applies)?.unwrap_or(false) && known(holds(resolver, self.assert))? == Some(false))
    }

    fn fault(self) -> Fault {
        let said = self.assertion.get("AssertDescription").and_then(Node::text);
        let said = said.map(|said| format!(": {}", quoted(said))).unwrap_or_default();
        let problem = format!("the parameters do not meet an assertion of the rule {}{said}", self.rule.key);
        Fault::invalid(self.assert, problem)
    }

    fn mentioned(self) -> Mentioned<'t> {
        let mut mentioned = Mentioned::default();
        self.rule.value.get("RuleCondition").into_iter().for_each(|it| mentioned.add(it));
        mentioned.add(self.assert);
        mentioned
    }
}

fn known(holds: Result<bool, Fault>) -> Result<Option<bool>, Fault> {
    match holds {
        Ok(holds) => Ok(Some(holds)),
        Err(fault) if fault.is_unresolved() => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn holds(resolver: &Resolver<'_>, node: &Node) -> Result<bool, Fault> {
    const FORMS: &str = "a rule asserts one of Fn::And, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, Fn::Equals, \
                         Fn::Implies, Fn::Not and Fn::Or";

    let Some((name, argument)) = node.function() else { return Err(Fault::invalid(node, FORMS)) };
    let Some(items) = argument.items() else { return Err(Fault::invalid(node, FORMS)) };
    resolver.deeper(node, || match (name, items) {
        ("Fn::Implies", [one, other]) => match holds(resolver, one) {
            Ok(true) => holds(resolver, other),
            Ok(false) => Ok(true),
            // Where the other holds it does not matter.
            Err(fault) if fault.is_unresolved() && holds(resolver, other)? => Ok(true),
            Err(fault) => Err(fault),
        },
        ("Fn::Not", [one]) => Ok(!holds(resolver, one)?),
        ("Fn::And", items) => decide(items, false, |item| holds(resolver, item)),
        ("Fn::Or", items) => decide(items, true, |item| holds(resolver, item)),
        ("Fn::Equals", [one, other]) => Ok(resolver.value(one)? == resolver.value(other)?),
        ("Fn::Contains", [list, one]) => {
            let one = resolver.value(one)?;
            Ok(members(resolver, list)?.contains(&one))
        }
        ("Fn::EachMemberEquals", [list, one]) => {
            let one = resolver.value(one)?;
            Ok(members(resolver, list)?.iter().all(|member| *member == one))
        }
        ("Fn::EachMemberIn", [list, others]) => {
            let others = members(resolver, others)?;
            Ok(members(resolver, list)?.iter().all(|member| others.contains(member)))
        }
        _ => Err(Fault::invalid(node, FORMS)),
    })
}

/// The values of all parameters of one type, such as `AWS::EC2::VPC::Id`, those in lists of it too.
pub(super) fn ref_all(resolver: &Resolver<'_>, node: &Node, argument: &Node) -> Result<Value, Fault> {
    let wanted = resolver.string(argument)?;
    let mut values = Vec::new();
    for entry in resolver.root.get("Parameters").map(Node::entries).unwrap_or_default() {
        let declared = entry.value.get("Type").and_then(Node::text).unwrap_or_default();
        let element = declared.strip_prefix("List<").and_then(|inner| inner.strip_suffix('>'));
        if element.unwrap_or(declared) == wanted {
            match resolver.reference(node, &entry.key)? {
                Value::List(members) => values.extend(members),
                one => values.push(one),
            }
        }
    }
    Ok(Value::List(values))
}

fn members(resolver: &Resolver<'_>, list: &Node) -> Result<Vec<Value>, Fault> {
    match resolver.value(list)? {
        Value::List(members) => Ok(members),
        one => Ok(vec![one]),
    }
}
