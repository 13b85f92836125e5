//! From a template to a stack.

use std::collections::HashMap;

use super::{
    canonical::{self, Digests, Properties, with_symbols},
    error::{Fault, quoted},
    extensions,
    functions::Resolver,
    node::{Entry, Kind, Node},
    order::order_but,
    physical::physical_id,
    policy,
    references::{check_outputs, dependencies},
    removal, returned, sections, transforms,
    unresolved::Missing,
};
use crate::model::{Resource, Role, Stack};

/// The stack that the template asks for.
pub(super) fn plan(resolver: &Resolver<'_>) -> Result<Stack, Fault> {
    let mut entries = Vec::new();
    for entry in sections::resources(resolver.root) {
        if resolver.is_created(&entry.value)? {
            entries.push(entry);
        }
    }
    conditions(resolver)?;
    types(resolver, &entries)?;
    let indices: HashMap<&str, usize> =
        entries.iter().enumerate().map(|(index, entry)| (entry.key.as_str(), index)).collect();
    let mut needed = Vec::with_capacity(entries.len());
    let mut missing = Missing::default();
    for entry in &entries {
        let mut others: Vec<usize> = dependencies(resolver, entry, &mut missing)?
            .into_iter()
            .filter_map(|name| indices.get(name).copied())
            .collect();
        others.sort_unstable();
        others.dedup();
        needed.push(others);
    }
    missing.check("Resources")?;
    check_outputs(resolver)?;
    mappings(resolver, &entries)?;
    let ordered = ordered(resolver, &entries, &mut needed)?;
    let digests = Digests::default();
    let resources: Result<Vec<Resource>, Fault> = with_symbols(resolver, &digests, |symbols| {
        let ordered = ordered.into_iter().filter_map(|index| entries.get(index).zip(needed.get(index)));
        ordered
            .map(|(entry, needed)| {
                let properties = canonical::properties(symbols, &digests, entry);
                let needed = needed.iter().filter_map(|other| entries.get(*other));
                let metadata = canonical::metadata(symbols, entry);
                resource(resolver, entry, needed, properties)
                    .map(|resource| Resource { metadata, ..resource })
            })
            .collect()
    });
    let resources = resources?;
    let extras = with_symbols(resolver, &digests, canonical::outputs);
    let (name, id) = (resolver.inputs.stack_name.clone(), resolver.inputs.stack_id.clone());
    let refusal = told(resolver, returned::of_outputs(resolver)).map(Fault::into_reason);
    Ok(Stack { name, id, resources, extras, refusal })
}

/// Each condition is decided, whether anything asks for it or not.
pub(super) fn conditions(resolver: &Resolver<'_>) -> Result<(), Fault> {
    if extensions::has_others(resolver.root) {
        return Ok(());
    }
    for entry in resolver.root.get("Conditions").map(Node::entries).unwrap_or_default() {
        match resolver.condition(&entry.value, &entry.key) {
            Err(fault) if !fault.is_unresolved() => return Err(fault),
            _ => {}
        }
    }
    Ok(())
}

/// Refuses the types that can be none, all of them at once. A type of what is not created is not looked at.
pub(super) fn types(resolver: &Resolver<'_>, entries: &[&Entry]) -> Result<(), Fault> {
    if extensions::has_others(resolver.root) {
        return Ok(());
    }
    let unknown: Vec<&Entry> = entries
        .iter()
        .copied()
        .filter(|entry| !sections::can_be_type(sections::type_of(&entry.value)))
        .collect();
    let Some(kind) = unknown.first().and_then(|entry| entry.value.get("Type")) else { return Ok(()) };
    let names: Vec<&str> = unknown.iter().map(|entry| sections::type_of(&entry.value)).collect();
    let problem = format!(
        "{} is no type of a resource; one is written as AWS::EC2::Instance or Custom::Name",
        quoted(kind.text().unwrap_or_default())
    );
    let message = format!("Template format error: Unrecognized resource types: [{}]", names.join(", "));
    Err(Fault::invalid(kind, problem).in_words(message))
}

/// Refuses what is looked up in a mapping and is not there, in whatever property.
pub(super) fn mappings(resolver: &Resolver<'_>, entries: &[&Entry]) -> Result<(), Fault> {
    if extensions::has_others(resolver.root) {
        return Ok(());
    }
    entries
        .iter()
        .filter_map(|entry| entry.value.get("Properties"))
        .try_for_each(|it| looked_up(resolver, it))
}

fn looked_up(resolver: &Resolver<'_>, node: &Node) -> Result<(), Fault> {
    match (&node.kind, node.function()) {
        (_, Some(("Fn::FindInMap", _))) => match resolver.afresh().value(node) {
            Err(fault) if !fault.is_unresolved() => Err(fault),
            _ => Ok(()),
        },
        // Where it is not known which of them it is, neither needs to be there.
        (_, Some(("Fn::If", _))) => match resolver.chosen(node) {
            Ok(Some(chosen)) => looked_up(resolver, chosen),
            Ok(None) | Err(_) => Ok(()),
        },
        (Kind::List(items), _) => items.iter().try_for_each(|item| looked_up(resolver, item)),
        (Kind::Map(entries), _) => entries.iter().try_for_each(|entry| looked_up(resolver, &entry.value)),
        _ => Ok(()),
    }
}

fn resource<'e, 't>(
    resolver: &Resolver<'t>,
    entry: &'t Entry,
    needed: impl Iterator<Item = &'e &'e Entry>,
    properties: Properties,
) -> Result<Resource, Fault> {
    let resource_type = sections::type_of(&entry.value);
    let launch = || canonical::launch(&properties);
    let asks = told(resolver, returned::of_resource(resolver, &entry.value));
    let role = match resolver.for_now(&entry.key, || policy::role(resolver, entry, launch)) {
        // Nothing else that is asked of what fails can matter.
        Err(_) if asks.is_some() => Role::Other,
        role => role?,
    };
    let refusal = resolver.refusal.take();
    Ok(Resource {
        logical_id: entry.key.clone(),
        resource_type: resource_type.to_owned(),
        physical_id: id(resolver, entry),
        dependencies: needed.map(|other| other.key.clone()).collect(),
        role,
        refusal: asks.or(refusal).map(Fault::into_reason),
        properties,
        metadata: None,
        deletion_policy: removal::policy(resolver, entry, "DeletionPolicy")?,
        update_replace_policy: removal::policy(resolver, entry, "UpdateReplacePolicy")?,
    })
}

/// A fault that the service finds late, in few words: what is meant is told beforehand.
fn told(resolver: &Resolver<'_>, found: Result<(), Fault>) -> Option<Fault> {
    let fault = found.err()?;
    resolver.notes.borrow_mut().push(fault.meaning());
    Some(fault)
}

/// A name that cannot be known stands in nobody's way here. A group that is replaced gets an id of its own, by which
/// others are found to refer to it: its name is for `Ref` only.
fn id<'t>(resolver: &Resolver<'t>, entry: &'t Entry) -> String {
    let resource_type = sections::type_of(&entry.value);
    let named = if resource_type == sections::GROUP {
        None
    } else {
        physical_id(resolver, &entry.key, &entry.value).ok()
    };
    named.unwrap_or_else(|| (resolver.inputs.physical_id)(&entry.key, resource_type))
}

/// The order of creation. Macros write more resources than the template has, and what one of theirs refers to may be needed
/// by another only: an event of a function of `AWS::Serverless` is no part of the function.
pub(super) fn ordered(
    resolver: &Resolver<'_>,
    entries: &[&Entry],
    needed: &mut [Vec<usize>],
) -> Result<Vec<usize>, Fault> {
    let has_own = transforms::has_own(resolver.root);
    let kind = |index: usize| entries.get(index).map(|it| sections::type_of(&it.value)).unwrap_or_default();
    let is_theirs = |index: &usize| has_own || kind(*index).starts_with("AWS::Serverless::");
    let has_events = |index: &usize| kind(*index) == "AWS::Serverless::Function";
    let opens = |cycle: &[usize]| {
        cycle.iter().copied().find(has_events).or_else(|| cycle.iter().copied().find(is_theirs))
    };
    order_but(needed, opens).map_err(|cycle| circular(entries, &cycle))
}

fn circular(entries: &[&Entry], cycle: &[usize]) -> Fault {
    let chain: Vec<&Entry> = cycle.iter().filter_map(|index| entries.get(*index).copied()).collect();
    let Some(first) = chain.first() else {
        return Fault::syntax(super::node::Place { line: 1, column: 1 }, "resources depend on each other");
    };
    let names: Vec<&str> = chain.iter().chain([first]).map(|entry| entry.key.as_str()).collect();
    let problem = match names.as_slice() {
        [one, _] => format!("{one} refers to itself, so it can never be created"),
        names => format!("resources wait for each other, so none can be created: {}", names.join(" -> ")),
    };
    let names: Vec<&str> = chain.iter().map(|entry| entry.key.as_str()).collect();
    let message = format!("Circular dependency between resources: [{}]", names.join(", "));
    Fault::invalid(&first.value, problem).at(first.place).in_words(message)
}
