//! Tags of parameters.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Asked, Refusal, own_name};

impl Asked<'_> {
    /// Keys and values of a list.
    pub(super) fn pairs(&self, name: &str) -> BTreeMap<String, String> {
        let text = |it: &Value, key| it.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = self.body.get(name).and_then(Value::as_array).into_iter().flatten();
        list.map(|it| (text(it, "Key"), text(it, "Value"))).collect()
    }

    pub(super) fn tag(&self) -> Result<Value, Refusal> {
        let added = self.pairs("Tags");
        self.change(|tags| tags.extend(added))
    }

    pub(super) fn untag(&self) -> Result<Value, Refusal> {
        let removed = self.list("TagKeys");
        self.change(|tags| tags.retain(|key, _| !removed.contains(&key.as_str())))
    }

    pub(super) fn tags(&self) -> Result<Value, Refusal> {
        let stored = self.stored(self.tagged()?).ok_or_else(none)?;
        let tags = stored.details.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
        Ok(json!({ "TagList": tags.collect::<Vec<_>>() }))
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<Value, Refusal> {
        let name = self.tagged()?;
        if self.services.account.tag_parameter(name, change) {
            return Ok(json!({}));
        }
        if self.stored(name).is_some() {
            let message =
                format!("{name} was not put by a client, so its tags are not changed in a rehearsal");
            return Err(("UnsupportedOperation", message));
        }
        Err(none())
    }

    /// The parameter whose tags are meant.
    fn tagged(&self) -> Result<&str, Refusal> {
        match self.text("ResourceType") {
            "Parameter" => Ok(own_name(self.text("ResourceId"))),
            other => Err(("InvalidResourceType", format!("{other}: only tags of a Parameter are rehearsed"))),
        }
    }
}

fn none() -> Refusal {
    ("InvalidResourceId", "The resource ID isn't valid: there is no such parameter".to_owned())
}
