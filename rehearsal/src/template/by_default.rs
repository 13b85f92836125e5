//! What CloudFormation refuses of a template when its parameters have their defaults: what is found out once a stack is
//! made of it, told without one.

use std::collections::{BTreeMap, HashMap};

use super::{
    error::Fault,
    functions::Resolver,
    inputs::Inputs,
    node::Entry,
    parameters::{self, Values},
    plan, policy,
    references::{check_outputs, dependencies},
    removal, sections,
    supplied::Supplied,
    unresolved::Missing,
    written::Refusal,
};

/// Each of what there is to refuse, as far as one does not follow from another. A parameter without a default is unknown,
/// and so is what only a stack or the service knows: whatever needs it is not judged. Nor are rules, which are there to
/// have other values given.
pub(super) fn refusals(root: &super::node::Node, text: &str) -> Vec<Refusal> {
    let Ok(declared) = parameters::declared(root) else { return Vec::new() };
    let (none, supplied) = (BTreeMap::new(), Supplied::default());
    let inputs = Inputs::of_no_stack(&none, &supplied);
    let unknown: Values<'_> = declared.iter().map(|it| (it.name.as_str(), None)).collect();
    let always = faults(&Resolver::new(root, text, &inputs, unknown));
    let (found, when) = match parameters::values(root, &declared, &none, &supplied) {
        _ if !always.is_empty() => (always, ""),
        Err(fault) => (vec![fault], ""),
        Ok(values) => {
            (faults(&Resolver::new(root, text, &inputs, values)), "; so it is with the parameters' defaults")
        }
    };
    found
        .into_iter()
        .map(Fault::into_refusal)
        .map(|refusal| Refusal { text: refusal.text + when, ..refusal })
        .collect()
}

/// What there is to refuse: the same as of a stack, each resource by itself.
fn faults(resolver: &Resolver<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    note(&mut found, plan::conditions(resolver));
    let mut entries: Vec<&Entry> = Vec::new();
    for entry in sections::resources(resolver.root) {
        // What may not be created is not judged.
        if note(&mut found, resolver.is_created(&entry.value)) == Some(true) {
            entries.push(entry);
        }
    }
    note(&mut found, plan::types(resolver, &entries));
    let indices: HashMap<&str, usize> =
        entries.iter().enumerate().map(|(index, entry)| (entry.key.as_str(), index)).collect();
    let mut missing = Missing::default();
    let mut needed = Vec::with_capacity(entries.len());
    for entry in &entries {
        let others = note(&mut found, dependencies(resolver, entry, &mut missing)).unwrap_or_default();
        let mut others: Vec<usize> =
            others.into_iter().filter_map(|name| indices.get(name).copied()).collect();
        others.sort_unstable();
        others.dedup();
        needed.push(others);
    }
    note(&mut found, missing.check("Resources"));
    note(&mut found, check_outputs(resolver));
    note(&mut found, plan::mappings(resolver, &entries));
    note(&mut found, plan::ordered(resolver, &entries, &mut needed));
    for entry in &entries {
        note(&mut found, policy::role(resolver, entry, String::new));
        for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
            note(&mut found, removal::policy(resolver, entry, key));
        }
        // The stack begins, and fails once CloudFormation comes to the resource.
        found.extend(resolver.refusal.take());
    }
    found
}

/// Keeps a fault, unless it is that something is unknown.
fn note<T>(found: &mut Vec<Fault>, result: Result<T, Fault>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(fault) => {
            found.extend((!fault.is_unresolved()).then_some(fault));
            None
        }
    }
}
