//! Functions that are written wrongly, wherever they stand: CloudFormation refuses them before anything has a value.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use super::{
    error::{Fault, quoted},
    extensions,
    functions::shape,
    node::{Kind, Node},
    sections, sub,
};

#[cfg(test)]
mod tests;

const KNOWN: [&str; 30] = [
    "Ref",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::Implies",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::RefAll",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::ForEach",
    "Fn::Condition",
    "Condition",
];

const JOIN: &str = "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of \
    strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";
const SPLIT: &str = "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string \
    to be split or a function that returns a string to be split.";
const SUB: &str = "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a \
    string as first argument, and an optional second argument to specify a mapping of values to replace in the string";
const SELECT: &str =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and a list";
const FIND: &str = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the \
    attribute for return value";
const GET_ATT: &str = "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";
const GET_ATT_TEXT: &str = "Template error: if specifying one argument to Fn::GetAtt, that argument must be a non-empty \
    string in format <LogicalId>.<Attribute>";
const IF: &str = "Template error: Fn::If requires a list argument with three elements";
const IF_CONDITION: &str =
    "Template error: Fn::If requires a list argument with the first element being a condition";
const BASE64: &str = "Template error: every Fn::Base64 object must have a String-typed value.";
const REF: &str = "Template error: every Ref object must have a single String value.";

/// Refuses functions of a wrong form in the properties of resources and in outputs, and conditions that refer to
/// resources. Macros may make something else of them.
pub(super) fn check(root: &Node) -> Result<(), Fault> {
    if extensions::has_others(root) {
        return Ok(());
    }
    let walk = Walk { root, is_extended: extensions::is_extended(root) };
    root.get("Conditions").map_or(Ok(()), |it| walk.condition(it))?;
    sections::resources(root).filter_map(|it| it.value.get("Properties")).try_for_each(|it| walk.node(it))?;
    let outputs = root.get("Outputs").map(Node::entries).unwrap_or_default();
    outputs.iter().filter_map(|it| it.value.get("Value")).try_for_each(|it| walk.output(it))
}

struct Walk<'t> {
    root: &'t Node,
    is_extended: bool,
}

impl Walk<'_> {
    fn node(&self, node: &Node) -> Result<(), Fault> {
        if let Some((name, argument)) = node.function() {
            self.function(node, name, argument)?;
        }
        match &node.kind {
            Kind::List(items) => items.iter().try_for_each(|item| self.node(item)),
            Kind::Map(entries) => entries.iter().try_for_each(|entry| self.node(&entry.value)),
            _ => Ok(()),
        }
    }

    fn function(&self, node: &Node, name: &str, argument: &Node) -> Result<(), Fault> {
        // What a macro makes of it comes first.
        if is_macro(argument) || argument.items().unwrap_or_default().iter().any(is_macro) {
            return Ok(());
        }
        let wrong = |form: &str, message: &str| Err(shape(node, name, form).in_words(message));
        match name {
            "Ref" if argument.text().is_none() && argument.function().is_none() => {
                wrong("the name of a parameter or a resource", REF)
            }
            "Fn::GetAtt" => get_att(node, argument),
            "Fn::Join" => match argument.items() {
                Some([delimiter, list]) if is_text(delimiter) && is_list(list) => Ok(()),
                _ => wrong("[delimiter, [value, …]]", JOIN),
            },
            "Fn::Split" => match argument.items() {
                Some([delimiter, text]) if is_text(delimiter) && is_text(text) => Ok(()),
                _ => wrong("[delimiter, text]", SPLIT),
            },
            "Fn::Select" => select(node, argument),
            "Fn::Sub" => match argument.items() {
                None if argument.text().is_some() => Ok(()),
                Some([text]) if text.text().is_some() => Ok(()),
                Some([text, map]) if text.text().is_some() && map.is_map() => Ok(()),
                _ => wrong("text, or [text, {Name: value}]", SUB),
            },
            "Fn::Base64" if !is_text(argument) => wrong("text", BASE64),
            "Fn::If" => match argument.items() {
                Some([condition, ..]) if condition.text().is_none() => {
                    let problem = "the first of Fn::If is a condition's name; write the condition in the Conditions section";
                    Err(Fault::invalid(condition, problem).in_words(IF_CONDITION))
                }
                Some([_, _, _]) => Ok(()),
                _ => wrong("[condition, value if true, value if false]", IF),
            },
            "Fn::FindInMap" => self.find_in_map(node, argument),
            other if KNOWN.contains(&other) || extensions::is_loop(other) => Ok(()),
            other => {
                let problem = format!("CloudFormation has no function {}", quoted(other));
                let message = format!("Template Error: Encountered unsupported function: {other}");
                Err(Fault::invalid(node, problem).in_words(message))
            }
        }
    }

    fn find_in_map(&self, node: &Node, argument: &Node) -> Result<(), Fault> {
        let (most, items) = (if self.is_extended { 4 } else { 3 }, argument.items().unwrap_or_default());
        if !(3..=4).contains(&items.len()) {
            return Err(shape(node, "Fn::FindInMap", "[map, top-level key, second-level key]").in_words(FIND));
        }
        match items.get(most) {
            Some(default) => Err(Fault::invalid(
                default,
                format!(
                    "the DefaultValue of Fn::FindInMap needs \"Transform: {}\" in the template",
                    extensions::TRANSFORM
                ),
            )
            .in_words(FIND)),
            None => Ok(()),
        }
    }

    /// An output is text.
    fn output(&self, value: &Node) -> Result<(), Fault> {
        let what = match (&value.kind, value.function()) {
            (Kind::List(_), _) | (_, Some(("Fn::Split" | "Fn::GetAZs" | "Fn::Cidr", _))) => "List",
            (_, Some(("Ref", name))) if self.is_list_parameter(name.text().unwrap_or_default()) => "List",
            (Kind::Map(_), None) => "Map",
            _ => return self.node(value),
        };
        let message = format!(
            "Template format error: The Value field of every Outputs member must evaluate to a String and not a {what}."
        );
        let problem = "an output's Value is text; of a list Fn::Join makes text";
        Err(Fault::invalid(value, problem).in_words(message))
    }

    fn is_list_parameter(&self, name: &str) -> bool {
        let declared = self.root.get("Parameters").and_then(|it| it.get(name));
        let kind = declared.and_then(|it| it.get("Type")).and_then(Node::text).unwrap_or_default();
        kind.contains("List<") || kind == "CommaDelimitedList"
    }

    fn condition(&self, node: &Node) -> Result<(), Fault> {
        let (name, argument) = match node.function() {
            Some(("Fn::GetAtt", argument)) => {
                let text = argument.text().map(|text| text.split('.').next().unwrap_or_default());
                (text.or_else(|| argument.items()?.first()?.text()), argument)
            }
            Some(("Ref", argument)) => (argument.text(), argument),
            _ => (None, node),
        };
        let is_value = |name: &str| {
            sub::is_pseudo(name) || self.root.get("Parameters").is_some_and(|it| it.get(name).is_some())
        };
        if let Some(name) =
            name.filter(|name| !is_value(name) && sections::resource(self.root, name).is_some())
        {
            let message = format!(
                "Template format error: Unresolved dependencies [{name}]. Cannot reference resources in the Conditions \
                 block of the template"
            );
            return Err(Fault::invalid(node, "a condition cannot refer to a resource").in_words(message));
        }
        match &argument.kind {
            Kind::List(items) => items.iter().try_for_each(|item| self.condition(item)),
            Kind::Map(entries) => entries.iter().try_for_each(|entry| self.condition(&entry.value)),
            _ => Ok(()),
        }
    }
}

fn is_macro(node: &Node) -> bool {
    node.get("Fn::Transform").is_some()
}

fn is_text(node: &Node) -> bool {
    node.text().is_some() || node.function().is_some()
}

fn is_list(node: &Node) -> bool {
    node.items().is_some() || node.function().is_some()
}

/// Whether a function may give a name hangs on the transform: that is told where references are followed.
fn get_att(node: &Node, argument: &Node) -> Result<(), Fault> {
    let is_name = |node: &Node| node.text() != Some("") && is_text(node);
    match (argument.text(), argument.items()) {
        (Some(text), _) => match text.split_once('.') {
            Some((logical_id, attribute)) if !logical_id.is_empty() && !attribute.is_empty() => Ok(()),
            _ => Err(shape(node, "Fn::GetAtt", "Resource.Attribute").in_words(GET_ATT_TEXT)),
        },
        (_, Some([logical_id, attribute])) if is_name(logical_id) && is_name(attribute) => Ok(()),
        (None, None) if argument.function().is_some() => Ok(()),
        _ => Err(shape(node, "Fn::GetAtt", "[Resource, Attribute]").in_words(GET_ATT)),
    }
}

fn select(node: &Node, argument: &Node) -> Result<(), Fault> {
    let Some([index, list]) = argument.items().filter(|items| items.get(1).is_some_and(is_list)) else {
        return Err(shape(node, "Fn::Select", "[index, [value, …]]").in_words(SELECT));
    };
    let Some(written) = index.text() else {
        let problem = "the first of Fn::Select is an index";
        return if is_text(index) { Ok(()) } else { Err(Fault::invalid(index, problem).in_words(SELECT)) };
    };
    let Ok(wanted) = written.trim().parse::<usize>() else {
        let problem = format!("{} is no index: a number from 0", quoted(written));
        return Err(Fault::invalid(index, problem).in_words(SELECT));
    };
    match list.items().map(<[Node]>::len) {
        Some(count) if wanted >= count => {
            let problem =
                format!("Fn::Select wants the value at {wanted}, and the list has {count} (from 0)");
            let message =
                format!("Template error: Fn::Select cannot select nonexistent value at index {wanted}");
            Err(Fault::invalid(node, problem).in_words(message))
        }
        _ => Ok(()),
    }
}
