//! What a change set shows of a resource before and after: its attributes in JSON, references and all resolved.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::mention::{Mentioned, mentioned};
use crate::model::Removal;
use crate::secrets::Secrets;
use crate::stack::{Action, Attributes, Preview, Replacement};

#[cfg(test)]
mod tests;

/// What stands for a value that nobody knows before the change set is executed, in the service's words.
const LATER: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// A resource before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Context {
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// Those of each of `previews`, which are all that there are.
pub(super) fn contexts(previews: &[Preview], secrets: &Secrets) -> Vec<Context> {
    let ids = |is: &dyn Fn(&Preview) -> bool| -> BTreeSet<&str> {
        previews.iter().filter(|it| is(it)).map(|it| it.logical_id.as_str()).collect()
    };
    let is_another = |it: &Preview| {
        it.action == Action::Add
            || matches!(it.replacement, Some(Replacement::True | Replacement::Conditional))
    };
    let before = Sight { secrets, others: BTreeSet::new(), changed: BTreeSet::new() };
    let after = Sight { secrets, others: ids(&is_another), changed: ids(&|it| it.action != Action::Remove) };
    let context = |it: &Preview| Context {
        before: it.before.as_ref().map(|it| before.attributes(it)),
        after: it.after.as_ref().map(|it| after.attributes(it)),
    };
    previews.iter().map(context).collect()
}

/// What can be known of references.
struct Sight<'a> {
    secrets: &'a Secrets,
    /// Resources whose ids nobody knows yet.
    others: BTreeSet<&'a str>,
    /// Resources of which an attribute may be another.
    changed: BTreeSet<&'a str>,
}

impl Sight<'_> {
    fn attributes(&self, of: &Attributes) -> Value {
        let properties = self.properties(&of.properties);
        let mut all = Map::from_iter([("Properties".to_owned(), properties.into())]);
        if let Some(metadata) = &of.metadata {
            all.insert("Metadata".to_owned(), self.value(metadata));
        }
        let policies =
            [("UpdateReplacePolicy", of.update_replace_policy), ("DeletionPolicy", of.deletion_policy)];
        for (name, policy) in policies {
            let policy = match policy {
                Removal::Delete => continue,
                Removal::Retain => "Retain",
                Removal::RetainExceptOnCreate => "RetainExceptOnCreate",
            };
            all.insert(name.to_owned(), policy.into());
        }
        all.into()
    }

    fn properties(&self, texts: &BTreeMap<String, String>) -> Map<String, Value> {
        // What is compared besides is no property.
        let own = texts.iter().filter(|(name, _)| !name.contains(' '));
        own.map(|(name, text)| (name.clone(), self.value(text))).collect()
    }

    fn value(&self, text: &str) -> Value {
        match serde_json::from_str(text) {
            Ok(value) => self.shown(value),
            Err(_) => self.text(text).into(),
        }
    }

    fn shown(&self, value: Value) -> Value {
        match value {
            Value::String(text) => self.text(&text).into(),
            Value::Array(items) => items.into_iter().map(|it| self.shown(it)).collect(),
            Value::Object(entries) => self.object(entries),
            other => other,
        }
    }

    fn object(&self, mut entries: Map<String, Value>) -> Value {
        // Where a parameter without a value would have one from is none of the template's.
        if entries.len() == 2 && entries.contains_key("Ref") {
            entries.remove("Default");
        }
        let shown: Map<_, _> = entries.into_iter().map(|(key, it)| (key, self.shown(it))).collect();
        match shown.get("Fn::Base64") {
            Some(Value::String(text)) if shown.len() == 1 && text == LATER => LATER.into(),
            Some(Value::String(text)) if shown.len() == 1 => STANDARD.encode(text).into(),
            _ => shown.into(),
        }
    }

    /// A text in which resources may be mentioned. One with anything in it that nobody knows yet is not known at all.
    fn text(&self, text: &str) -> String {
        let mut shown = String::new();
        for part in mentioned(text) {
            match part {
                Mentioned::Text(text) => shown.push_str(text),
                Mentioned::Id { of, .. } if self.others.contains(of) => return LATER.to_owned(),
                Mentioned::Id { id: Some(id), .. } => shown.push_str(id),
                Mentioned::Id { of, id: None } => shown.push_str(&format!("${{{of}}}")),
                Mentioned::Attribute { of, .. } if self.others.contains(of) => return LATER.to_owned(),
                Mentioned::Attribute { of, now: Some(_), .. } if self.changed.contains(of) => {
                    return LATER.to_owned();
                }
                Mentioned::Attribute { name, now: Some(now), .. } if name.starts_with("Outputs.") => {
                    shown.push_str(now);
                }
                // What the service would know nobody here does: as the template has it.
                Mentioned::Attribute { of, name, .. } => shown.push_str(&format!("${{{of}.{name}}}")),
            }
        }
        self.secrets.without(&shown).into_owned()
    }
}

/// What of a value is another, part by part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// As in `/Properties/Tags/0/Value`.
    pub(crate) path: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Context {
    /// What is another in what is at `path`; the whole, where nothing that is shown is.
    pub(crate) fn parts(&self, path: &str) -> Vec<Part> {
        let at = |of: &Option<Value>| of.as_ref().and_then(|it| it.pointer(path)).cloned();
        let (before, after) = (at(&self.before), at(&self.after));
        let mut parts = Vec::new();
        compare(path, before.as_ref(), after.as_ref(), &mut parts);
        if parts.is_empty() {
            parts.push(part(path, before.as_ref(), after.as_ref()));
        }
        parts
    }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, parts: &mut Vec<Part>) {
    // A document is a value of its own.
    let is_whole = path.ends_with("Document");
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) if !is_whole => {
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for name in names {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                compare(&format!("{path}/{escaped}"), before.get(name), after.get(name), parts);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if !is_whole => {
            for at in 0..before.len().max(after.len()) {
                compare(&format!("{path}/{at}"), before.get(at), after.get(at), parts);
            }
        }
        (before, after) => parts.push(part(path, before, after)),
    }
}

fn part(path: &str, before: Option<&Value>, after: Option<&Value>) -> Part {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Part { path: path.to_owned(), before: before.map(text), after: after.map(text) }
}
