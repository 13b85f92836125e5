//! Where a stack stands: what is printed when it is interrupted.

use super::record::{ResourceRecord, StackRecord};

/// A line for each resource: its status, its name, its type and, where it waits, for what.
#[must_use]
pub fn state(stack: &StackRecord) -> Vec<String> {
    let rows: Vec<_> = stack.own_resources().map(row).collect();
    let width = |column: fn(&[String; 4]) -> &String| {
        rows.iter().map(|it| column(it).chars().count()).max().unwrap_or(0)
    };
    let (status, id, kind) = (width(|it| &it[0]), width(|it| &it[1]), width(|it| &it[2]));
    rows.iter()
        .map(|[a, b, c, d]| format!("  {a:<status$}  {b:<id$}  {c:<kind$}  {d}").trim_end().to_owned())
        .collect()
}

fn row(resource: &ResourceRecord) -> [String; 4] {
    let status = resource.status.map_or("not begun", |it| it.as_str());
    let wait = match resource.waits.last() {
        Some(wait) => {
            format!("{} of {} signal(s)", wait.received, wait.expected)
        }
        // What was there before the update has its creation behind it.
        None => resource
            .planned
            .filter(|_| !resource.existed)
            .map_or_else(String::new, |it| format!("would wait for {} signal(s)", it.expected)),
    };
    [status.to_owned(), resource.logical_id.clone(), resource.resource_type.clone(), wait]
}
