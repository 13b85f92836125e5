//! What a template says as macros leave it: `GetTemplate`'s `Processed`, and what is told of macros before.

use super::node::{Kind, Node};
use super::{Template, transforms};

impl Template {
    /// The macros it asks for in its `Transform` section, in order.
    pub(crate) fn transforms(&self) -> Vec<&str> {
        transforms::names(&self.root)
    }

    /// Its `Metadata` section, in JSON.
    pub(crate) fn metadata(&self) -> Option<String> {
        Some(json(self.root.get("Metadata")?))
    }

    /// In JSON, in its own order, without its `Transform` section: that is done with.
    pub(crate) fn processed(&self) -> String {
        let entries = self.root.entries().iter().filter(|it| it.key != "Transform");
        map(entries.map(|it| (it.key.as_str(), json(&it.value))))
    }
}

fn json(node: &Node) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Number(text) => text.clone(),
        Kind::Text(text) => string(text),
        Kind::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Kind::Map(entries) => map(entries.iter().map(|it| (it.key.as_str(), json(&it.value)))),
    }
}

fn map<'n>(entries: impl Iterator<Item = (&'n str, String)>) -> String {
    let entries: Vec<_> = entries.map(|(key, value)| format!("{}:{value}", string(key))).collect();
    format!("{{{}}}", entries.join(","))
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
