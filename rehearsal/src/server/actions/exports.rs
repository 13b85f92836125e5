//! `ListExports` and `ListImports`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html>

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::Call;
use super::paging::page;

/// What stacks export, by its name.
pub(super) fn exports(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut all = exported(call);
    all.sort();
    let mut fields = Vec::new();
    let shown = page("ListExports", all, call.get("NextToken"), |it| it.0.clone(), &mut fields)?;
    let export = |(name, value, stack): (String, String, String)| {
        Node::Map(vec![
            ("ExportingStackId", Node::Text(stack)),
            ("Name", Node::Text(name)),
            ("Value", Node::Text(value)),
        ])
    };
    fields.insert(0, ("Exports", Node::List(shown.into_iter().map(export).collect())));
    Ok(Node::Map(fields))
}

/// The stacks that import something.
pub(super) fn imports(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.length("exportName", call.get("ExportName"), 1, usize::MAX);
    validation.finish()?;
    if !exported(call).iter().any(|(exported, ..)| exported == name) {
        return Err(ApiError::validation(format!("No export named {name} found.")));
    }
    let all = call.account.all().into_iter();
    let importing = all.filter(|it| !it.is_deleted() && it.version().imports.contains(name));
    let names: Vec<_> = importing.map(|it| it.name.clone()).collect();
    if names.is_empty() {
        return Err(ApiError::validation(format!("Export '{name}' is not imported by any stack.")));
    }
    let mut fields = Vec::new();
    let shown = page("ListImports", names, call.get("NextToken"), Clone::clone, &mut fields)?;
    fields.insert(0, ("Imports", Node::List(shown.into_iter().map(Node::Text).collect())));
    Ok(Node::Map(fields))
}

/// Names, values and the stacks that export them.
fn exported(call: &Call<'_>) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for stack in call.account.all().into_iter().filter(|it| it.has_outputs()) {
        let outputs = stack.outputs().into_iter();
        all.extend(outputs.filter_map(|it| Some((it.export_name?, it.value, stack.id.clone()))));
    }
    all
}
