//! Tags: the short forms of functions.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html>

use granit_parser::Tag;

use crate::template::{
    error::{Fault, quoted},
    node::Place,
};

const FUNCTIONS: [&str; 26] = [
    "And",
    "Base64",
    "Cidr",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "Implies",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "RefAll",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
    "ValueOf",
    "ValueOfAll",
];

/// What `!!` stands for.
const YAML: &str = "tag:yaml.org,2002:";

/// The long form of a short tag; `None` for YAML's own tags.
pub(super) fn function(tag: &Tag, at: Place) -> Result<Option<String>, Fault> {
    if tag.handle() == YAML {
        return match tag.suffix() {
            "str" | "int" | "float" | "bool" | "null" | "seq" | "map" => Ok(None),
            other => Err(Fault::syntax(at, format!("CloudFormation takes no !!{other}"))),
        };
    }
    match (tag.handle(), tag.suffix()) {
        ("", "!") | ("!", "") => Ok(None),
        ("!", name @ ("Ref" | "Condition")) => Ok(Some(name.to_owned())),
        ("!", name) if FUNCTIONS.contains(&name) => Ok(Some(format!("Fn::{name}"))),
        (_, name) => {
            let known = name.strip_prefix("Fn::").filter(|name| FUNCTIONS.contains(name));
            let hint = known.map(|name| format!("; write !{name}")).unwrap_or_default();
            Err(Fault::syntax(at, format!("CloudFormation has no tag {}{hint}", quoted(&tag.to_string()))))
        }
    }
}
