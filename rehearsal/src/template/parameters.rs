//! A template's parameters: what it declares, and the values it gets.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use std::collections::{BTreeMap, HashMap};

use super::{
    error::{Fault, listed, quoted},
    limits,
    node::{Entry, Node},
    pattern::{Pattern, Steps},
    supplied::Supplied,
    value::Value,
};

#[cfg(test)]
mod tests;

/// A parameter that a template declares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Such as `String`, `Number`, `CommaDelimitedList` or `AWS::EC2::Subnet::Id`.
    pub parameter_type: String,
    /// Its value unless one is given; for an `AWS::SSM::Parameter::Value` type, where the value is stored.
    pub default: Option<String>,
    /// Whether its value is a secret that CloudFormation masks.
    pub no_echo: bool,
    /// The only values it takes, where there are any.
    pub allowed_values: Vec<String>,
    /// What its author says of it.
    pub description: Option<String>,
}

impl Parameter {
    /// Whether the value is one that only the account knows: then it is asked for only where it is needed.
    #[must_use]
    pub fn is_account_specific(&self) -> bool {
        self.parameter_type.contains("AWS::")
    }

    /// Its name, its type, and the beginning of what its author says of it.
    pub(super) fn described(&self) -> String {
        let said = self.description.as_deref().map(str::trim).filter(|said| !said.is_empty());
        let said = said.map(|said| format!(", {}", quoted(said))).unwrap_or_default();
        format!("{} ({}{said})", self.name, self.parameter_type)
    }

    pub(crate) fn is_list(&self) -> bool {
        self.parameter_type.contains("List<") || self.parameter_type == "CommaDelimitedList"
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.parameter_type.as_str(), "Number" | "List<Number>")
    }

    /// Its value is the name under which Systems Manager keeps what `Ref` gives.
    pub(crate) fn is_stored(&self) -> bool {
        self.parameter_type.starts_with("AWS::SSM::Parameter::Value<")
    }
}

/// What `Ref` gives for each parameter; `None` where it cannot be known.
pub(super) type Values<'t> = HashMap<&'t str, Option<Value>>;

/// The parameters that a template declares.
pub(super) fn declared(root: &Node) -> Result<Vec<Parameter>, Fault> {
    root.get("Parameters").map(Node::entries).unwrap_or_default().iter().map(parameter).collect()
}

fn parameter(entry: &Entry) -> Result<Parameter, Fault> {
    let node = &entry.value;
    if !node.is_map() {
        let problem = format!("a parameter is a map with a Type, this is {}", node.described());
        return Err(Fault::invalid(node, problem).at(entry.place));
    }
    let Some(kind) = node.get("Type") else {
        return Err(Fault::invalid(node, "the parameter has no Type, such as String").at(entry.place));
    };
    let parameter_type = kind.text().unwrap_or_default();
    if !is_type(parameter_type) {
        let problem = format!("{} is no parameter type; String is", quoted(parameter_type));
        return Err(Fault::invalid(kind, problem));
    }
    let allowed_values = match node.get("AllowedValues") {
        None => Vec::new(),
        Some(list) => {
            let items = list.items().ok_or_else(|| Fault::invalid(list, "AllowedValues is a list"))?;
            items.iter().map(scalar).collect::<Result<_, _>>()?
        }
    };
    Ok(Parameter {
        name: entry.key.clone(),
        parameter_type: parameter_type.to_owned(),
        default: node.get("Default").map(scalar).transpose()?,
        no_echo: node.get("NoEcho").and_then(Node::text).is_some_and(|it| it.eq_ignore_ascii_case("true")),
        allowed_values,
        description: node.get("Description").and_then(Node::text).map(str::to_owned),
    })
}

fn is_type(name: &str) -> bool {
    matches!(name, "String" | "Number" | "List<Number>" | "List<String>" | "CommaDelimitedList")
        || name.starts_with("AWS::")
        || name.starts_with("List<AWS::")
}

fn scalar(node: &Node) -> Result<String, Fault> {
    let problem = || format!("a parameter's value is text or a number, this is {}", node.described());
    node.text().map(str::to_owned).ok_or_else(|| Fault::invalid(node, problem()))
}

/// The parameters that have no value and would have one from nowhere.
pub(super) fn missing<'t>(
    parameters: &'t [Parameter],
    given: &BTreeMap<String, String>,
) -> Vec<&'t Parameter> {
    parameters
        .iter()
        .filter(|parameter| parameter.default.is_none() && !parameter.is_account_specific())
        .filter(|parameter| !given.contains_key(&parameter.name))
        .collect()
}

/// What each parameter stands for, checked against what it allows.
pub(super) fn values<'t>(
    root: &Node,
    parameters: &'t [Parameter],
    given: &BTreeMap<String, String>,
    supplied: &Supplied,
) -> Result<Values<'t>, Fault> {
    let section = root.get("Parameters");
    let mut steps = Steps::default();
    let checked = |(parameter, meant): (&'t Parameter, Meant<'_>)| {
        if let Meant::Text(text) = meant
            && let Some(node) = section.and_then(|section| section.get(&parameter.name))
        {
            limits::value(node, text)?;
            check(parameter, node, text, &mut steps)?;
        }
        Ok((parameter.name.as_str(), meant.value(parameter)))
    };
    parameters.iter().map(|it| (it, meant(it, given, supplied))).map(checked).collect()
}

/// What each parameter stands for, whatever it allows.
pub(super) fn unchecked<'t>(
    parameters: &'t [Parameter],
    given: &BTreeMap<String, String>,
    supplied: &Supplied,
) -> Values<'t> {
    parameters.iter().map(|it| (it.name.as_str(), meant(it, given, supplied).value(it))).collect()
}

/// The text that a parameter stands for, where that is known.
pub(super) fn stands_for(
    parameter: &Parameter,
    given: &BTreeMap<String, String>,
    supplied: &Supplied,
) -> Option<String> {
    match meant(parameter, given, supplied) {
        Meant::Kept(text) | Meant::Text(text) => Some(text.to_owned()),
        Meant::Unknown => None,
    }
}

/// What a parameter stands for.
#[derive(Clone, Copy)]
enum Meant<'v> {
    /// What Systems Manager keeps under its value.
    Kept(&'v str),
    Text(&'v str),
    Unknown,
}

impl Meant<'_> {
    fn value(self, parameter: &Parameter) -> Option<Value> {
        match self {
            Self::Kept(text) | Self::Text(text) => Some(as_value(parameter, text)),
            Self::Unknown => None,
        }
    }
}

fn meant<'v>(
    parameter: &'v Parameter,
    given: &'v BTreeMap<String, String>,
    supplied: &'v Supplied,
) -> Meant<'v> {
    let given = given.get(&parameter.name);
    let name = given.or(parameter.default.as_ref()).filter(|_| parameter.is_stored());
    if let Some(kept) = name.and_then(|name| supplied.stored(name)) {
        return Meant::Kept(kept);
    }
    let default = parameter.default.as_ref().filter(|_| !parameter.is_stored());
    // Given again, the default is a name still.
    let given = given.filter(|given| !parameter.is_stored() || Some(*given) != parameter.default.as_ref());
    given.or(default).map_or(Meant::Unknown, |text| Meant::Text(text))
}

/// Whether a parameter takes a value.
pub(super) fn takes(root: &Node, parameter: &Parameter, text: &str) -> bool {
    let node = root.get("Parameters").and_then(|section| section.get(&parameter.name));
    node.is_some_and(|node| check(parameter, node, text, &mut Steps::default()).is_ok())
}

fn as_value(parameter: &Parameter, text: &str) -> Value {
    if !parameter.is_list() {
        return Value::Text(text.to_owned());
    }
    Value::List(elements(parameter, text).map(|element| Value::Text(element.to_owned())).collect())
}

/// The values of a list; of an empty text there is one, the empty text.
///
/// Source: <https://github.com/aws-cloudformation/cfn-language-discussion/issues/102>
pub(super) fn elements<'v>(parameter: &Parameter, text: &'v str) -> impl Iterator<Item = &'v str> {
    let whole = (!parameter.is_list()).then_some(text);
    let parts = parameter.is_list().then(|| text.split(',').map(str::trim));
    whole.into_iter().chain(parts.into_iter().flatten())
}

fn check(parameter: &Parameter, node: &Node, text: &str, steps: &mut Steps) -> Result<(), Fault> {
    // For a stored value they say what its name may be.
    let pattern = node.get("AllowedPattern").and_then(Node::text).filter(|_| !parameter.is_stored());
    let mut pattern = pattern.map(|pattern| Pattern::new(pattern, steps));
    elements(parameter, text)
        .try_for_each(|element| check_element(parameter, node, element, pattern.as_mut()))?;
    pattern.into_iter().for_each(|pattern| pattern.done(steps));
    Ok(())
}

fn check_element(
    parameter: &Parameter,
    node: &Node,
    text: &str,
    pattern: Option<&mut Pattern<'_>>,
) -> Result<(), Fault> {
    let shown = if parameter.no_echo { "its value (masked)".to_owned() } else { quoted(text) };
    let described = node.get("ConstraintDescription").and_then(Node::text);
    // In the service's words: the parameter's own, or what it has to be.
    let refused = |why: String, has: String| {
        let message = match described {
            Some(described) => {
                format!("Parameter {} failed to satisfy constraint: {described}", parameter.name)
            }
            None => format!("Parameter '{}' must {has}", parameter.name),
        };
        Err(Fault::invalid(node, format!("{shown} {why}")).in_words(message))
    };
    if !parameter.allowed_values.is_empty() && !parameter.allowed_values.iter().any(|allowed| allowed == text)
    {
        let why = format!("is not allowed; {}", listed("allowed are", &parameter.allowed_values));
        return refused(why, "be one of AllowedValues".to_owned());
    }
    if let Some(pattern) = pattern
        && !pattern.matches(text)
    {
        let why = described.map(|why| format!(": {}", quoted(why))).unwrap_or_default();
        let has = format!("match pattern {}", pattern.text());
        return refused(format!("does not match the AllowedPattern {}{why}", pattern.text()), has);
    }
    if parameter.is_number() {
        let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return refused("is not a number".to_owned(), "be a number".to_owned());
        };
        if let Some(least) = bound(node, "MinValue")?.filter(|least| number < *least) {
            let has = format!("be a number not less than {least}");
            return refused(format!("is less than the MinValue {least}"), has);
        }
        if let Some(most) = bound(node, "MaxValue")?.filter(|most| number > *most) {
            let has = format!("be a number not greater than {most}");
            return refused(format!("is more than the MaxValue {most}"), has);
        }
    }
    if parameter.parameter_type == "String" {
        let length = u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from);
        if let Some(least) = bound(node, "MinLength")?.filter(|least| length < *least) {
            let has = format!("contain at least {least} characters");
            return refused(format!("is shorter than the MinLength {least}"), has);
        }
        if let Some(most) = bound(node, "MaxLength")?.filter(|most| length > *most) {
            let has = format!("contain at most {most} characters");
            return refused(format!("is longer than the MaxLength {most}"), has);
        }
    }
    Ok(())
}

fn bound(node: &Node, key: &str) -> Result<Option<f64>, Fault> {
    let Some(bound) = node.get(key) else {
        return Ok(None);
    };
    let number = bound.text().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| Fault::invalid(bound, format!("{key} is a number")))
}
