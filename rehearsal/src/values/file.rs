//! Files with values, told apart by their shape.
//!
//! Sources: <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-stack.html> (`--parameters`),
//! <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/> (`--parameter-overrides`),
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html>.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use super::{ValuesError, samconfig};
use crate::template::Place;
use crate::template::node::{Entry, Node};
use crate::template::yaml;

#[cfg(test)]
mod tests;

/// More than any file of values has; a template's limit.
const MAX_BYTES: u64 = 1_048_576;

const FORMS: &str = "values are a map of names and values; {\"Parameters\": {…}}; a list of {\"ParameterKey\": …, \
                     \"ParameterValue\": …}; a list of \"NAME=VALUE\"; a samconfig.toml; or a map of the sections \
                     Parameters, Attributes, Refs, Imports and Resolve";

/// Sections of a file of our own, and keys that others' files have beside them.
const SECTIONS: [&str; 5] = ["Parameters", "Attributes", "Refs", "Imports", "Resolve"];
const IGNORED: [&str; 5] = ["Tags", "StackPolicy", "tags", "template-file-path", "parameters"];

/// What a file gives.
#[derive(Default)]
pub(crate) struct FileValues {
    /// By parameter.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Parameters that keep the value they have.
    pub(crate) previous: BTreeSet<String>,
    /// By `LogicalId.Attribute`.
    pub(crate) attributes: BTreeMap<String, String>,
    /// By logical id.
    pub(crate) references: BTreeMap<String, String>,
    /// By the export's name.
    pub(crate) imports: BTreeMap<String, String>,
    /// By what a dynamic reference says.
    pub(crate) resolved: BTreeMap<String, String>,
}

/// Reads a file, or standard input for `-`; `environment` is whose values a samconfig.toml is asked for.
///
/// # Errors
///
/// [`ValuesError`].
pub(crate) fn read(path: &Path, environment: &str) -> Result<FileValues, ValuesError> {
    let (file, bytes) = if path == Path::new("-") {
        ("standard input".to_owned(), bounded(std::io::stdin()))
    } else {
        (path.display().to_string(), std::fs::File::open(path).and_then(bounded))
    };
    let bytes = bytes.map_err(|error| ValuesError::Unreadable { file: file.clone(), error })?;
    let Ok(text) = String::from_utf8(bytes) else { return Err(ValuesError::NotText { file }) };
    if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("toml")) {
        return samconfig::parse(&text, &file, environment);
    }
    parse(&text, &file)
}

fn bounded(from: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other(format!("more than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

/// Reads values from text that is YAML or JSON; `file` is what errors call it.
pub(super) fn parse(text: &str, file: &str) -> Result<FileValues, ValuesError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let says_something = |line: &str| !line.is_empty() && !line.starts_with('#') && line != "---";
    if !text.lines().map(str::trim).any(says_something) {
        return Ok(FileValues::default());
    }
    let root = yaml::read(text).map_err(|fault| ValuesError::Syntax(fault.into_error(file, None)))?;
    let mut reader = Reader { file, values: FileValues::default() };
    match root.items() {
        Some(items) => items.iter().try_for_each(|item| reader.item(item))?,
        None if root.is_map() => reader.map(&root)?,
        None => return Err(reader.wrong(&root, format!("this is {}; {FORMS}", root.described()))),
    }
    Ok(reader.values)
}

struct Reader<'f> {
    file: &'f str,
    values: FileValues,
}

impl Reader<'_> {
    fn map(&mut self, root: &Node) -> Result<(), ValuesError> {
        if root.get("ParameterKey").is_some() {
            return self.item(root);
        }
        // A parameter may be called as a section is; then it has a value.
        let is_section = |entry: &Entry| {
            let inner = entry.value.is_map() || entry.value.items().is_some() || entry.value.text().is_none();
            inner && (SECTIONS.contains(&entry.key.as_str()) || entry.key == "parameters")
        };
        if !root.entries().iter().any(is_section) {
            return self.parameters(root);
        }
        // A request of the AWS CLI's has more than its parameters.
        let is_request = root.get("Parameters").is_some_and(|it| it.items().is_some());
        for Entry { key, value, place } in root.entries() {
            match key.as_str() {
                "Parameters" | "parameters" => match value.items() {
                    Some(items) => items.iter().try_for_each(|item| self.item(item))?,
                    None => self.parameters(value)?,
                },
                "Attributes" => self.attributes("", value)?,
                "Refs" => self.texts(value, |values| &mut values.references)?,
                "Imports" => self.texts(value, |values| &mut values.imports)?,
                "Resolve" => self.texts(value, |values| &mut values.resolved)?,
                other if IGNORED.contains(&other) || is_request => {}
                other => {
                    let problem = format!("there is no section {other}; {FORMS}");
                    return Err(self.at(*place, problem));
                }
            }
        }
        Ok(())
    }

    /// One of a list.
    fn item(&mut self, item: &Node) -> Result<(), ValuesError> {
        if let Some(text) = item.text() {
            let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
                return Err(self.wrong(item, format!("this is not NAME=VALUE; {FORMS}")));
            };
            self.values.parameters.insert(name.to_owned(), value.to_owned());
            return Ok(());
        }
        let Some(key) = item.get("ParameterKey").and_then(Node::text) else {
            let problem = format!("this is {} without a ParameterKey; {FORMS}", item.described());
            return Err(self.wrong(item, problem));
        };
        if item.get("UsePreviousValue").and_then(Node::text) == Some("true") {
            self.values.previous.insert(key.to_owned());
        }
        let value = item.get("ParameterValue").map(|value| self.value(value)).transpose()?.flatten();
        let Some(value) = value else { return Ok(()) };
        // What a stack's description says that a name in Systems Manager stands for.
        if let Some(resolved) = item.get("ResolvedValue").and_then(Node::text) {
            self.values.resolved.insert(format!("ssm:{value}"), resolved.to_owned());
        }
        self.values.parameters.insert(key.to_owned(), value);
        Ok(())
    }

    fn parameters(&mut self, map: &Node) -> Result<(), ValuesError> {
        self.texts(map, |values| &mut values.parameters)
    }

    fn texts(
        &mut self,
        map: &Node,
        into: fn(&mut FileValues) -> &mut BTreeMap<String, String>,
    ) -> Result<(), ValuesError> {
        if map.text().is_some() || map.items().is_some() {
            return Err(
                self.wrong(map, format!("this is {}, not a map of names and values", map.described()))
            );
        }
        for entry in map.entries() {
            if let Some(value) = self.value(&entry.value)? {
                into(&mut self.values).insert(entry.key.clone(), value);
            }
        }
        Ok(())
    }

    /// `Id.Name: value`, or `Id: {Name: value}`. A list stays one.
    fn attributes(&mut self, before: &str, map: &Node) -> Result<(), ValuesError> {
        for Entry { key, value, .. } in map.entries() {
            let name = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
            if value.is_map() && value.function().is_none() {
                self.attributes(&name, value)?;
                continue;
            }
            let text = match (value.items(), self.value(value)?) {
                (_, None) => continue,
                (Some(items), Some(_)) => {
                    let items: Vec<_> = items.iter().filter_map(Node::text).collect();
                    serde_json::Value::from(items).to_string()
                }
                (None, Some(text)) => text,
            };
            if !name.contains('.') {
                return Err(self.wrong(value, format!("{name} is no attribute: Id.Name, or Id: {{Name: …}}")));
            }
            self.values.attributes.insert(name, text);
        }
        Ok(())
    }

    /// A value as a parameter takes it; none where it is left empty.
    fn value(&self, node: &Node) -> Result<Option<String>, ValuesError> {
        if let Some(text) = node.text() {
            return Ok(Some(text.to_owned()));
        }
        if let Some(items) = node.items() {
            let texts: Option<Vec<&str>> = items.iter().map(Node::text).collect();
            if let Some(texts) = texts {
                return Ok(Some(texts.join(",")));
            }
        } else if !node.is_map() {
            return Ok(None);
        }
        let problem = format!(
            "this is {}, and a value is text, a number, true or false, or a list of them",
            if node.items().is_some() { "a list of more than that" } else { node.described() }
        );
        Err(self.wrong(node, problem))
    }

    fn wrong(&self, node: &Node, problem: String) -> ValuesError {
        self.at(node.place, problem)
    }

    fn at(&self, place: Place, problem: String) -> ValuesError {
        ValuesError::Form { file: self.file.to_owned(), place, problem }
    }
}
