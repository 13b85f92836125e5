//! `#cloud-config-archive`: parts in a list of YAML.
//!
//! Source: <https://docs.cloud-init.io/en/latest/explanation/format.html#cloud-config-archive>

use super::{
    Part, kind,
    yaml::{Value, read},
};
use crate::yaml::Budget;

/// The parts; or what is wrong.
pub(super) fn parts(content: &[u8], budget: &mut Budget) -> Result<Vec<Part>, String> {
    let value = read(&String::from_utf8_lossy(content), budget).map_err(|error| error.to_string())?;
    let Some(items) = value.items() else {
        return Err(format!("a cloud-config archive is a list, this is {}", value.described()));
    };
    Ok(items.iter().filter_map(part).collect())
}

/// What is neither text nor a map is passed over.
fn part(item: &Value) -> Option<Part> {
    let text = |key: &str| item.get(key).and_then(Value::text).map(str::to_owned);
    let content = match item {
        Value::Text(content) => content.clone(),
        Value::Map(_) => text("content").unwrap_or_default(),
        _ => return None,
    }
    .into_bytes();
    let unless_told = || match kind::of(&content) {
        Some(_) => "text/plain".to_owned(),
        None => "text/cloud-config".to_owned(),
    };
    Some(Part {
        content_type: Some(text("type").map_or_else(unless_told, |name| name.to_ascii_lowercase())),
        file_name: text("filename"),
        merge_type: text("Merge-Type").or_else(|| text("X-Merge-Type")),
        content,
    })
}
