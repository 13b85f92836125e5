//! Rules: what the parameters' values have to be, before anything is created.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html>

use super::{
    conditions::decide,
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
    value::Value,
};

#[cfg(test)]
mod tests;

/// Refuses parameters that a rule's assertion does not hold for. What cannot be known, such as the version of a CDK
/// bootstrap stack or an attribute of a subnet, stands in nobody's way.
pub(super) fn check(resolver: &Resolver<'_>) -> Result<(), Fault> {
    for rule in resolver.root.get("Rules").map(Node::entries).unwrap_or_default() {
        let applies =
            rule.value.get("RuleCondition").map_or(Ok(true), |condition| holds(resolver, condition));
        if !known(applies)?.unwrap_or(false) {
            continue;
        }
        let assertions = rule.value.get("Assertions").and_then(Node::items).unwrap_or_default();
        for assertion in assertions {
            let Some(assert) = assertion.get("Assert") else { continue };
            if known(holds(resolver, assert))? == Some(false) {
                let said = assertion.get("AssertDescription").and_then(Node::text);
                let said = said.map(|said| format!(": {}", quoted(said))).unwrap_or_default();
                let problem =
                    format!("the parameters do not meet an assertion of the rule {}{said}", rule.key);
                return Err(Fault::invalid(assert, problem));
            }
        }
    }
    Ok(())
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
