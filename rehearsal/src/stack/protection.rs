//! Stack policies: what an update may do with which resources.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

#[cfg(test)]
mod tests;

/// What resources are named by.
const LOGICAL_ID: &str = "LogicalResourceId/";

/// Why an update may not do what no statement allows.
const NOT_ALLOWED: &str = "Action not allowed by stack policy";

/// What an update does with a resource that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Modify,
    Replace,
    Delete,
}

/// A stack policy. One without statements lets everything be, as does none.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct StackPolicy {
    #[serde(rename = "Statement", default, deserialize_with = "one_or_more")]
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    #[serde(default, rename = "Sid")]
    _name: IgnoredAny,
    effect: Effect,
    principal: Value,
    #[serde(default, deserialize_with = "one_or_more")]
    action: Vec<String>,
    #[serde(default, deserialize_with = "one_or_more")]
    not_action: Vec<String>,
    #[serde(default, deserialize_with = "one_or_more")]
    resource: Vec<String>,
    #[serde(default, deserialize_with = "one_or_more")]
    not_resource: Vec<String>,
    #[serde(default)]
    condition: Option<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

/// Which types of resources are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Condition {
    #[serde(default)]
    string_equals: Option<Types>,
    #[serde(default)]
    string_like: Option<Types>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    #[serde(rename = "ResourceType", deserialize_with = "one_or_more")]
    types: Vec<String>,
}

impl StackPolicy {
    /// A policy, in JSON.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, String> {
        let invalid = || "Invalid stack policy".to_owned();
        let policy: Value = serde_json::from_str(text).map_err(|_| invalid())?;
        // Lists would be taken for the members in their order.
        let mut statements = policy.get("Statement").and_then(Value::as_array).into_iter().flatten();
        let Some(members) = policy.as_object().filter(|_| statements.all(Value::is_object)) else {
            return Err(invalid());
        };
        if !members.is_empty() && !members.contains_key("Statement") {
            return Err("Invalid stack policy: it has no Statement".to_owned());
        }
        let policy: Self =
            serde_json::from_value(policy).map_err(|error| format!("Invalid stack policy: {error}"))?;
        for statement in &policy.statements {
            statement.check()?;
        }
        Ok(policy)
    }

    /// What it names that is not known.
    pub fn unknown(&self, is_known: impl Fn(&str) -> bool) -> Option<&str> {
        let named = self.statements.iter().flat_map(|it| it.resource.iter().chain(&it.not_resource));
        named.map(String::as_str).find(|it| {
            it.strip_prefix(LOGICAL_ID).is_some_and(|id| !id.contains(['*', '?']) && !is_known(id))
        })
    }

    /// Why it does not let an update do this; none where it does.
    pub(super) fn denial(&self, deed: Deed, logical_id: &str, resource_type: &str) -> Option<String> {
        if self.statements.is_empty() {
            return None;
        }
        let mut denying = 0;
        let mut reasons = String::new();
        let mut allowed = false;
        for statement in &self.statements {
            let meant = statement.means(deed, logical_id, resource_type);
            match statement.effect {
                Effect::Allow => allowed |= meant,
                Effect::Deny => {
                    denying += 1;
                    if meant {
                        reasons.push_str(&statement.denies(denying));
                    }
                }
            }
        }
        match (reasons.is_empty(), allowed) {
            (true, true) => None,
            (true, false) => Some(NOT_ALLOWED.to_owned()),
            (false, _) => Some(format!("Action denied by stack policy: {reasons}")),
        }
    }
}

impl Statement {
    fn check(&self) -> Result<(), String> {
        if self.principal != "*" {
            return Err("Invalid stack policy: Principal is \"*\" and nothing else".to_owned());
        }
        let one = |name: &str, own: &[String], other: &[String]| match (own.is_empty(), other.is_empty()) {
            (true, true) => Err(format!("Invalid stack policy: a statement has no {name}")),
            (false, false) => Err(format!("Invalid stack policy: a statement has {name} and Not{name}")),
            _ => Ok(()),
        };
        one("Action", &self.action, &self.not_action)?;
        one("Resource", &self.resource, &self.not_resource)?;
        let actions = ["Update:Modify", "Update:Replace", "Update:Delete", "Update:*"];
        if let Some(other) =
            self.action.iter().chain(&self.not_action).find(|it| !actions.contains(&it.as_str()))
        {
            return Err(format!("Invalid stack policy: {other} is none of {}", actions.join(", ")));
        }
        let names = |it: &&String| **it == "*" || it.starts_with(LOGICAL_ID);
        match self.resource.iter().chain(&self.not_resource).find(|it| !names(it)) {
            Some(other) => {
                Err(format!("Invalid stack policy: {other} is neither * nor {LOGICAL_ID} and a logical id"))
            }
            None => Ok(()),
        }
    }

    fn means(&self, deed: Deed, logical_id: &str, resource_type: &str) -> bool {
        let acts = |list: &[String]| list.iter().any(|it| it == "Update:*" || it == deed.action());
        let names = |list: &[String]| {
            list.iter()
                .any(|it| it == "*" || it.strip_prefix(LOGICAL_ID).is_some_and(|id| like(id, logical_id)))
        };
        let acts = if self.action.is_empty() { !acts(&self.not_action) } else { acts(&self.action) };
        let names = if self.resource.is_empty() { !names(&self.not_resource) } else { names(&self.resource) };
        acts && names && self.condition.as_ref().is_none_or(|it| it.holds(resource_type))
    }

    /// What is said of one that denies something: what it says itself.
    fn denies(&self, number: usize) -> String {
        let (actions, resources) = match (self.action.is_empty(), self.resource.is_empty()) {
            (false, false) => (&self.action, &self.resource),
            (true, false) => (&self.not_action, &self.resource),
            (false, true) => (&self.action, &self.not_resource),
            (true, true) => (&self.not_action, &self.not_resource),
        };
        let (actions, resources) = (actions.join(", "), resources.join(", "));
        format!("Statement [#{number}] does not allow [{actions}] for resource [{resources}];")
    }
}

impl Condition {
    fn holds(&self, resource_type: &str) -> bool {
        let equals =
            self.string_equals.as_ref().is_none_or(|it| it.types.iter().any(|it| it == resource_type));
        let is_like =
            self.string_like.as_ref().is_none_or(|it| it.types.iter().any(|it| like(it, resource_type)));
        equals && is_like
    }
}

impl Deed {
    fn action(self) -> &'static str {
        match self {
            Self::Modify => "Update:Modify",
            Self::Replace => "Update:Replace",
            Self::Delete => "Update:Delete",
        }
    }
}

/// Whether a text is as a pattern says, in which `*` stands for any characters and `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    globset::GlobBuilder::new(&pattern.replace(['[', ']', '{', '}', '\\'], "?"))
        .build()
        .is_ok_and(|it| it.compile_matcher().is_match(text))
}

/// A list, or its only element.
fn one_or_more<'d, D: serde::Deserializer<'d>, T: serde::de::DeserializeOwned>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    use serde::de::Error as _;

    let value = Value::deserialize(from)?;
    let list = if value.is_array() { value } else { Value::Array(vec![value]) };
    serde_json::from_value(list).map_err(D::Error::custom)
}
