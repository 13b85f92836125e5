//! What Systems Manager runs: the shell steps of its documents and associations, and their calls of `SignalResource`.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html>,
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html>

use super::build::text;
use super::facts::{Facts, Resource};
use super::kinds::{ASSOCIATION, DOCUMENT, GROUP, INSTANCE, WINDOW_TASK};
use super::references::{mentions, reference};
use super::source::Source;
use super::text::{Symbol, Text};
use crate::template::node::Node;
use crate::template::yaml;

/// Maps within maps that are looked at.
const MAX_DEPTH: usize = 20;

/// Options of `aws cloudformation signal-resource`, by what the API calls them.
const CALL: [(&str, &str); 4] = [
    ("StackName", "--stack-name"),
    ("LogicalResourceId", "--logical-resource-id"),
    ("UniqueId", "--unique-id"),
    ("Status", "--status"),
];

/// The shell scripts of a resource of Systems Manager.
pub(super) fn scripts(source: &Source<'_>, resource: &Resource<'_>) -> Vec<Text> {
    let part = match resource.kind {
        DOCUMENT => resource.property("Content"),
        ASSOCIATION | WINDOW_TASK => resource.entry.value.get("Properties"),
        _ => None,
    };
    let Some(part) = part else { return Vec::new() };
    let is_shell = match resource.kind {
        DOCUMENT => true,
        _ => !named(resource).is_some_and(|name| name.contains("PowerShell")),
    };
    let mut found = Found { read: &|node| text(source, node), scripts: Vec::new() };
    if part.is_map() && part.function().is_none() {
        found.walk(part, is_shell, 0);
        return found.scripts;
    }
    // A document that is text is JSON or YAML of its own.
    let whole = text(source, part);
    let Ok(root) = yaml::read(&whole.text) else { return Vec::new() };
    let inner = Source::new(&whole.text);
    let read = |node: &Node| whole.scalar(inner.byte_at(node.place), node.text().unwrap_or_default());
    let mut found = Found { read: &read, scripts: Vec::new() };
    found.walk(&root, is_shell, 0);
    found.scripts
}

/// The document that an association or a task runs.
fn named<'t>(resource: &Resource<'t>) -> Option<&'t str> {
    resource.property("Name").or_else(|| resource.property("TaskArn"))?.text()
}

/// The machines on which a resource of Systems Manager is run by name; none where that cannot be told.
pub(super) fn machines<'t>(facts: &Facts<'t>, resource: &Resource<'t>) -> Vec<String> {
    let runs = |other: &&Resource<'_>| {
        matches!(other.kind, ASSOCIATION | WINDOW_TASK)
            && (other.id == resource.id
                || other
                    .property("Name")
                    .or_else(|| other.property("TaskArn"))
                    .and_then(reference)
                    .is_some_and(|it| it == resource.id))
    };
    let mut found: Vec<String> = Vec::new();
    for runner in facts.resources.iter().filter(runs) {
        let targets = ["InstanceId", "Targets"].into_iter().filter_map(|name| runner.property(name));
        found.extend(targets.flat_map(mentions));
    }
    found.retain(|id| facts.resource(id).is_some_and(|it| matches!(it.kind, INSTANCE | GROUP)));
    found.sort();
    found.dedup();
    found
}

struct Found<'r> {
    /// The text of a value.
    read: &'r dyn Fn(&Node) -> Text,
    scripts: Vec<Text>,
}

impl Found<'_> {
    fn walk(&mut self, node: &Node, is_shell: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for item in node.items().unwrap_or_default() {
            self.walk(item, is_shell, depth + 1);
        }
        let said = |name: &str| node.get(name).and_then(Node::text).unwrap_or_default();
        let is_shell = is_shell
            && !said("action").contains("PowerShell")
            && !said("DocumentName").contains("PowerShell");
        if said("Api").eq_ignore_ascii_case("SignalResource") || said("Api") == "signal_resource" {
            self.call(node);
        }
        for entry in node.entries() {
            let is_script = matches!(entry.key.as_str(), "runCommand" | "commands");
            if is_script && is_shell {
                self.lines(&entry.value);
            } else if !is_script {
                self.walk(&entry.value, is_shell && !entry.key.contains("PowerShell"), depth + 1);
            }
        }
    }

    /// The lines of a script.
    fn lines(&mut self, node: &Node) {
        let mut script = Text::default();
        for line in node.items().unwrap_or(std::slice::from_ref(node)) {
            script.append(&(self.read)(line));
            script.push_made_up("\n");
        }
        self.scripts.push(filled(&script));
    }

    /// A call of the API, as the command that makes it.
    fn call(&mut self, inputs: &Node) {
        let mut script = Text::default();
        let named = CALL.iter().filter_map(|(name, option)| Some((option, inputs.get(name)?)));
        let mut is_begun = false;
        for (option, value) in named {
            let value = filled(&(self.read)(value));
            if !is_begun {
                // It stands where its first value does.
                script.push("aws cloudformation signal-resource", [(0, value.file_byte(0))]);
                is_begun = true;
            }
            script.push_made_up(&format!(" {option} '"));
            script.append(&value);
            script.push_made_up("'");
        }
        script.push_made_up("\n");
        self.scripts.push(script);
    }
}

/// A text in which what stands as `{{ NAME }}`, such as a document's own parameters, are values that nobody knows.
pub(super) fn filled(text: &Text) -> Text {
    let mut read = Text::default();
    let mut from = 0;
    while let Some(at) = text.text.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at) {
        let Some(end) = text.text.get(at..).and_then(|rest| rest.find("}}")).map(|end| at + end + 2) else {
            break;
        };
        read.append(&text.slice(from..at));
        let name = text.text.get(at..end).unwrap_or_default().to_owned();
        read.push_symbol(Symbol::Function(name), text.file_byte(at));
        from = end;
    }
    read.append(&text.slice(from..text.text.len()));
    read
}
