//! The sections of a template, and the attributes of its resources.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

use super::{
    error::{Fault, quoted},
    extensions::{self, CALL},
    node::{Entry, Node},
    transforms,
};

pub(super) const INSTANCE: &str = "AWS::EC2::Instance";
pub(super) const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
pub(super) const LAUNCH_TEMPLATE: &str = "AWS::EC2::LaunchTemplate";
pub(super) const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
pub(super) const LAUNCH_CONFIGURATION: &str = "AWS::AutoScaling::LaunchConfiguration";

const SECTIONS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Hooks",
    "Resources",
    "Outputs",
];
const ATTRIBUTES: [&str; 11] = [
    "Type",
    "Properties",
    "Description",
    "Version",
    "Metadata",
    "DependsOn",
    "Condition",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
];

/// The resources in the template's order.
pub(super) fn resources(root: &Node) -> impl Iterator<Item = &Entry> {
    root.get("Resources").map(Node::entries).unwrap_or_default().iter()
}

/// The resources as they are written, those that loops make included.
pub(super) fn declared(root: &Node) -> Vec<&Entry> {
    root.get("Resources").map(extensions::written).unwrap_or_default()
}

/// The resource of that name; of a name such as `Module.Resource` or `ModuleResource` the module, which holds it.
pub(super) fn resource<'n>(root: &'n Node, logical_id: &str) -> Option<&'n Node> {
    resource_entry(root, logical_id).map(|entry| &entry.value)
}

/// The same, with its name.
pub(super) fn resource_entry<'n>(root: &'n Node, logical_id: &str) -> Option<&'n Entry> {
    resources(root).find(|entry| entry.key == logical_id).or_else(|| {
        let holds = |entry: &&Entry| is_module(&entry.value) && logical_id.starts_with(&entry.key);
        resources(root).filter(holds).max_by_key(|entry| entry.key.len())
    })
}

/// Whether a resource is a module of the account's registry, which stands for resources that are not in the template.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html>
pub(super) fn is_module(resource: &Node) -> bool {
    type_of(resource).ends_with("::MODULE")
}

/// Whether a type can be one: `Org::Service::Thing` of three parts or more, or `Custom::Name`.
pub(super) fn can_be_type(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '@' | '-'))
    };
    let least = if name.starts_with("Custom::") { 2 } else { 3 };
    name.split("::").count() >= least && name.split("::").all(part)
}

/// A resource's type; never empty once the template is checked.
pub(super) fn type_of(resource: &Node) -> &str {
    resource.get("Type").and_then(Node::text).unwrap_or_default()
}

/// Whether a resource is an instance, or launches some.
pub(super) fn boots(resource: &Node) -> bool {
    matches!(type_of(resource), INSTANCE | GROUP)
}

/// Checks the template's shape: that its sections are sections, and its resources are resources.
pub(super) fn check(root: &Node) -> Result<(), Fault> {
    if !root.is_map() {
        let problem = format!("a template is a map with a Resources section, this is {}", root.described());
        return Err(Fault::invalid(root, problem));
    }
    let known = |name: &str| SECTIONS.contains(&name) || transforms::has_section(root, name);
    let unknown: Vec<&Entry> = root.entries().iter().filter(|entry| !known(&entry.key)).collect();
    if let Some(entry) = unknown.first() {
        let problem =
            format!("a template has no section {}; it has {}", quoted(&entry.key), SECTIONS.join(", "));
        let names: Vec<&str> = unknown.iter().map(|entry| entry.key.as_str()).collect();
        let message = format!("Invalid template property or properties [{}]", names.join(", "));
        return Err(Fault::invalid(&entry.value, problem).at(entry.place).in_words(message));
    }
    check_version(root)?;
    for section in ["Parameters", "Mappings", "Conditions", "Resources"] {
        if let Some(section) = root.get(section).filter(|section| !section.is_map()) {
            let problem = format!("this section is a map by name, not {}", section.described());
            return Err(Fault::invalid(section, problem));
        }
    }
    let count = resources(root).count();
    if count == 0 {
        let problem = "the template has no resources; CloudFormation wants one at least";
        let message = "Template format error: At least one Resources member must be defined.";
        return Err(Fault::invalid(root.get("Resources").unwrap_or(root), problem).in_words(message));
    }
    resources(root).try_for_each(|entry| check_resource(entry, extensions::has_others(root)))
}

fn written_elsewhere(function: &str) -> String {
    format!(
        "{} writes resources that only the real service can tell; rehearse the processed template (aws cloudformation get-template --template-stage Processed)",
        quoted(function)
    )
}

fn check_version(root: &Node) -> Result<(), Fault> {
    match root.get("AWSTemplateFormatVersion") {
        Some(version) if version.text() != Some("2010-09-09") => {
            Err(Fault::invalid(version, "the only version there is: 2010-09-09"))
        }
        _ => Ok(()),
    }
}

fn check_resource(entry: &Entry, transformed: bool) -> Result<(), Fault> {
    let resource = &entry.value;
    // It is no resource, and what it makes is checked once it is made.
    if extensions::is_loop(&entry.key) {
        return Ok(());
    }
    if entry.key.starts_with("Fn::") {
        return Err(Fault::unsupported(resource, written_elsewhere(&entry.key)).at(entry.place));
    }
    if entry.key.is_empty() || !entry.key.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        let problem = format!("the logical id {} has to be letters and digits only", quoted(&entry.key));
        let message = format!("Template format error: Resource name {} is non alphanumeric.", entry.key);
        return Err(Fault::invalid(resource, problem).at(entry.place).in_words(message));
    }
    if !resource.is_map() {
        let problem = format!("a resource is a map with a Type, this is {}", resource.described());
        return Err(Fault::invalid(resource, problem).at(entry.place));
    }
    let unknown = resource.entries().iter().find(|entry| !ATTRIBUTES.contains(&entry.key.as_str()));
    if let Some(entry) = unknown.filter(|_| !transformed) {
        let problem = format!(
            "a resource has no attribute {}; it has {} (is it one of the Properties?)",
            quoted(&entry.key),
            ATTRIBUTES.join(", ")
        );
        let message = format!("Invalid template resource property '{}'", entry.key);
        return Err(Fault::invalid(&entry.value, problem).at(entry.place).in_words(message));
    }
    match resource.get("Type") {
        None if resource.get(CALL).is_some() => {
            Err(Fault::unsupported(resource, written_elsewhere(CALL)).at(entry.place))
        }
        None => {
            let message = format!(
                "Template format error: [/Resources/{}] Every Resources object must contain a Type member.",
                entry.key
            );
            Err(Fault::invalid(resource, "the resource has no Type").at(entry.place).in_words(message))
        }
        Some(kind) if kind.text().is_none_or(str::is_empty) => {
            Err(Fault::invalid(kind, "a Type is text such as AWS::EC2::Instance"))
        }
        Some(_) => Ok(()),
    }
}
