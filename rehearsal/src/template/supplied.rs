//! Values that somebody gives for what only the real service knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::value::Value;

#[cfg(test)]
mod tests;

/// How a dynamic reference begins and ends.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
const BEGIN: &str = "{{resolve:";
const END: &str = "}}";

/// Types whose `Ref` the rehearsal needs for itself.
pub(crate) const OWN: [&str; 3] =
    ["AWS::EC2::Instance", "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"];

/// What is between the logical ids of a path.
pub(crate) const PATH: char = '/';

/// What is given beside parameters: of every stack, for each that has what it is for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Supplied {
    /// What `Fn::GetAtt` gives, by `LogicalId.Attribute`, or `Path/LogicalId.Attribute` of one nested stack; a list is one in
    /// JSON.
    pub attributes: BTreeMap<String, String>,
    /// What `Ref` gives for a resource, by its logical id, or its path in one nested stack.
    pub references: BTreeMap<String, String>,
    /// What `Fn::ImportValue` gives, by the export's name.
    pub imports: BTreeMap<String, String>,
    /// What dynamic references stand for, by what they say after `resolve:`, such as `ssm:/app/count`.
    resolved: BTreeMap<String, String>,
    /// The nested stack that it is for, as logical ids from the root on: `Network/Gateway`. None of the root itself.
    within: Vec<String>,
    /// The resources that something is given for in that stack and in no other.
    own: BTreeSet<String>,
}

impl fmt::Debug for Supplied {
    /// Without the values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supplied")
            .field("attributes", &self.attributes.keys())
            .field("references", &self.references.keys())
            .field("imports", &self.imports.keys())
            .field("resolved", &self.resolved.keys())
            .finish()
    }
}

impl Supplied {
    /// Nothing is given.
    #[cfg(any(test, feature = "fuzzing"))]
    pub fn nothing() -> &'static Self {
        static NOTHING: Supplied = Supplied {
            attributes: BTreeMap::new(),
            references: BTreeMap::new(),
            imports: BTreeMap::new(),
            resolved: BTreeMap::new(),
            within: Vec::new(),
            own: BTreeSet::new(),
        };
        &NOTHING
    }

    /// Gives what a dynamic reference stands for: `{{resolve:ssm:/app/count}}`, `ssm:/app/count`, or the name of a parameter
    /// in Systems Manager alone.
    pub fn resolve(&mut self, reference: &str, value: &str) {
        self.resolved.insert(canonical(reference), value.to_owned());
    }

    /// What is given of the stack that the resource `logical_id` is: what every stack is given, and what has its path.
    pub(crate) fn below(&self, logical_id: &str) -> Self {
        let (attributes, of_attributes) = below(&self.attributes, logical_id);
        let (references, of_references) = below(&self.references, logical_id);
        let ids = of_attributes
            .iter()
            .map(|name| resource_of(name))
            .chain(of_references.iter().map(String::as_str));
        let own = ids.map(str::to_owned).collect();
        let within = self.within.iter().cloned().chain([logical_id.to_owned()]).collect();
        let (imports, resolved) = (self.imports.clone(), self.resolved.clone());
        Self { attributes, references, imports, resolved, within, own }
    }

    /// The resources that something is given for in this nested stack and in no other: their logical ids, or paths.
    pub(crate) fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// Whether it is for a nested stack.
    pub(super) fn is_nested(&self) -> bool {
        !self.within.is_empty()
    }

    /// What a resource is called where values are given: by its logical id, and in a nested stack by its path.
    pub(crate) fn path(&self, logical_id: &str) -> String {
        let path = self.within.iter().map(String::as_str).chain([logical_id]);
        path.collect::<Vec<_>>().join("/")
    }

    /// What `Fn::GetAtt` gives.
    pub(super) fn attribute(&self, logical_id: &str, attribute: &str) -> Option<Value> {
        let text = self.attributes.get(&format!("{logical_id}.{attribute}"))?;
        let list = text.starts_with('[').then(|| serde_json::from_str::<Vec<String>>(text).ok()).flatten();
        Some(match list {
            Some(items) => Value::List(items.into_iter().map(Value::Text).collect()),
            None => Value::Text(text.clone()),
        })
    }

    /// What is given for secrets: whole, and each text that one in JSON has.
    pub(super) fn secrets(&self) -> Vec<String> {
        let is_secret = |name: &str| name.starts_with("ssm-secure:") || name.starts_with("secretsmanager:");
        let mut secrets = Vec::new();
        for value in self.resolved.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value) {
            let parts =
                serde_json::from_str::<BTreeMap<String, serde_json::Value>>(value).unwrap_or_default();
            secrets.extend(parts.values().filter_map(|it| it.as_str().map(str::to_owned)));
            secrets.push(value.clone());
        }
        secrets
    }

    /// What Systems Manager keeps under a name, which may end with a version.
    pub(crate) fn stored(&self, name: &str) -> Option<&str> {
        let of = |name: &str| {
            let kept = ["ssm", "ssm-secure"].map(|service| self.resolved.get(&format!("{service}:{name}")));
            kept.into_iter().flatten().next().map(String::as_str)
        };
        of(name).or_else(|| of(without_version(name)?))
    }

    /// Systems Manager keeps this under a name, whatever was given: as a secret, or for all to see.
    pub(crate) fn keep(&mut self, name: &str, value: &str, is_secret: bool) {
        let (service, other) = if is_secret { ("ssm-secure", "ssm") } else { ("ssm", "ssm-secure") };
        self.resolved.remove(&format!("{other}:{name}"));
        self.resolved.insert(format!("{service}:{name}"), value.to_owned());
    }

    /// The names, without versions, and the values of what was given for Systems Manager.
    pub(crate) fn all_stored(&self) -> impl Iterator<Item = (&str, &str)> {
        let name = |it: &'_ str| {
            let name = it.strip_prefix("ssm:").or_else(|| it.strip_prefix("ssm-secure:"))?;
            without_version(name).is_none().then_some(it.len() - name.len())
        };
        self.resolved.iter().filter_map(move |(it, value)| Some((it.get(name(it)?..)?, value.as_str())))
    }

    /// Text with its dynamic references resolved; the first that is not given is the error.
    pub(crate) fn substitute(&self, text: &str) -> Result<String, String> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let Some((reference, next)) = after.split_once(END) else { break };
            result.push_str(before);
            result.push_str(&self.known(reference).ok_or_else(|| reference.to_owned())?);
            rest = next;
        }
        result.push_str(rest);
        Ok(result)
    }

    /// Text with those of its dynamic references resolved that are known and no secrets; others stay as they are.
    pub(crate) fn shown(&self, text: &str) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(BEGIN) {
            let Some((reference, next)) = after.split_once(END) else { break };
            result.push_str(before);
            let name = reference.strip_prefix("ssm:").unwrap_or_default();
            let of = |name: &str| self.resolved.get(&format!("ssm:{name}"));
            match of(name).or_else(|| of(without_version(name)?)) {
                Some(value) => result.push_str(value),
                None => result.extend([BEGIN, reference, END]),
            }
            rest = next;
        }
        result.push_str(rest);
        result
    }

    fn known(&self, reference: &str) -> Option<String> {
        if let Some(value) = self.resolved.get(reference) {
            return Some(value.clone());
        }
        match reference.split_once(':')? {
            ("ssm" | "ssm-secure", name) => self.stored(name).map(str::to_owned),
            ("secretsmanager", secret) => self.secret(secret),
            _ => None,
        }
    }

    /// A secret, or what its JSON has under a key: `id:SecretString:key:stage:version`, of which the end may be missing.
    fn secret(&self, reference: &str) -> Option<String> {
        let (id, rest) = reference.split_once(":SecretString").unwrap_or((reference, ""));
        let key = rest.trim_start_matches(':').split(':').next().unwrap_or_default();
        let of = |reference: String| self.resolved.get(&reference);
        if !key.is_empty()
            && let Some(value) = of(format!("secretsmanager:{id}:SecretString:{key}"))
        {
            return Some(value.clone());
        }
        let whole =
            of(format!("secretsmanager:{id}:SecretString")).or_else(|| of(format!("secretsmanager:{id}")))?;
        if key.is_empty() {
            return Some(whole.clone());
        }
        match serde_json::from_str::<serde_json::Value>(whole).ok()?.get(key)? {
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

/// Values as a nested stack has them, and the names of those that it has for itself.
fn below(values: &BTreeMap<String, String>, logical_id: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let named = |name: &str| name.strip_prefix(logical_id)?.strip_prefix(PATH).map(str::to_owned);
    let own: Vec<_> = values.iter().filter_map(|(name, value)| Some((named(name)?, value.clone()))).collect();
    let names = own.iter().map(|(name, _)| name.clone()).collect();
    let common = values.iter().filter(|(name, _)| !resource_of(name).contains(PATH));
    let common = common.map(|(name, value)| (name.clone(), value.clone()));
    (common.chain(own).collect(), names)
}

/// The resource, or its path, that `LogicalId.Attribute` is of.
pub(crate) fn resource_of(attribute: &str) -> &str {
    attribute.split('.').next().unwrap_or_default()
}

/// How references are kept.
fn canonical(reference: &str) -> String {
    let inner = reference.strip_prefix(BEGIN).and_then(|it| it.strip_suffix(END));
    let inner = inner.unwrap_or(reference).trim_end_matches(':');
    match inner.split_once(':') {
        Some(("ssm" | "ssm-secure" | "secretsmanager", _)) => inner.to_owned(),
        // Anything else that has a colon is a name with a version, or an ARN.
        _ => format!("ssm:{inner}"),
    }
}

fn without_version(name: &str) -> Option<&str> {
    let (name, version) = name.rsplit_once(':')?;
    (!version.is_empty() && version.bytes().all(|it| it.is_ascii_digit())).then_some(name)
}
