//! The intrinsic functions that give values.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

mod lists_and_maps;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    attributes,
    awaited::{self, Awaiting},
    conditions::Conditions,
    error::{Fault, quoted},
    inputs::Inputs,
    lists,
    node::{Kind, Node},
    parameters::Values,
    physical, rules, sections, sub,
    value::Value,
};
use cfn_signal_core::endpoint::Partition;

/// Functions inside functions, conditions of conditions included.
const MAX_DEPTH: u32 = 150;
/// All text that one question may produce.
pub(super) const MAX_TEXT: usize = 16 << 20;

/// Resolves a template's values for one stack.
pub(super) struct Resolver<'t> {
    pub(super) root: &'t Node,
    pub(super) inputs: &'t Inputs<'t>,
    pub(super) conditions: RefCell<Conditions<'t>>,
    /// The template's source.
    pub(super) text: &'t str,
    pub(super) parameters: Values<'t>,
    /// Whether references are compared only, so that any text will do for what cannot be known.
    pub(super) is_symbolic: bool,
    /// What is taken otherwise than it reads.
    pub(super) notes: RefCell<Vec<Fault>>,
    /// What was made up, by what it is.
    pub(super) made_up: RefCell<BTreeMap<String, String>>,
    /// The nested stack that was asked for an output which it has not given yet.
    pub(super) asked: RefCell<Option<String>>,
    /// Whether any number will do for such an output.
    pub(super) stands_in: Cell<bool>,
    /// Resources that are planned without what such outputs say of their policies and sizes.
    pub(super) awaiting: RefCell<Vec<Awaiting>>,
    /// Names of exports that were asked for.
    pub(super) imported: RefCell<BTreeSet<String>>,
    /// Why the resource at hand is refused once CloudFormation comes to it.
    pub(super) refusal: RefCell<Option<Fault>>,
    depth: Cell<u32>,
    produced: Cell<usize>,
}

impl<'t> Resolver<'t> {
    pub(super) fn new(root: &'t Node, text: &'t str, inputs: &'t Inputs<'t>, parameters: Values<'t>) -> Self {
        let conditions = RefCell::new(Conditions::default());
        Self {
            root,
            inputs,
            conditions,
            text,
            parameters,
            is_symbolic: false,
            notes: RefCell::default(),
            refusal: RefCell::default(),
            made_up: RefCell::default(),
            asked: RefCell::default(),
            stands_in: Cell::new(false),
            awaiting: RefCell::default(),
            imported: RefCell::default(),
            depth: Cell::new(0),
            produced: Cell::new(0),
        }
    }

    /// The same, for another question.
    pub(super) fn afresh(&self) -> &Self {
        self.produced.set(0);
        self
    }

    /// Tells that a node is taken otherwise than it reads.
    pub(super) fn note(&self, node: &Node, text: impl Into<String>) {
        self.notes.borrow_mut().push(Fault::invalid(node, text));
    }

    /// A value of the resource at hand; none where CloudFormation refuses it once it comes to the resource.
    pub(super) fn refused_later<T>(&self, value: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match value {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.is_unresolved() => Err(fault),
            Err(fault) => {
                self.refusal.borrow_mut().get_or_insert(fault);
                Ok(None)
            }
        }
    }

    /// Resolves a value.
    pub(super) fn value(&self, node: &Node) -> Result<Value, Fault> {
        self.deeper(node, || match &node.kind {
            Kind::Null => {
                Err(Fault::invalid(node, "this is empty, and CloudFormation takes no empty values"))
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) => {
                self.produce(node, node.text().unwrap_or_default().to_owned())
            }
            Kind::List(items) => self.list_of(items),
            Kind::Map(_) => match node.function() {
                Some((name, argument)) => self.call(node, name, argument),
                None => Err(Fault::invalid(node, "a value or a function is needed here, not a map")),
            },
        })
    }

    /// Resolves a value that has to be text.
    pub(super) fn string(&self, node: &Node) -> Result<String, Fault> {
        match self.value(node)? {
            Value::Text(text) => Ok(text),
            other => Err(Fault::invalid(node, format!("text is needed here, not {}", other.described()))),
        }
    }

    /// The node that stands for this one once `Fn::If` has chosen; none for `AWS::NoValue`.
    pub(super) fn chosen<'n>(&self, node: &'n Node) -> Result<Option<&'n Node>, Fault> {
        let mut node = node;
        loop {
            match node.function() {
                Some(("Fn::If", argument)) => node = self.branch(node, argument)?,
                Some(("Ref", name)) if name.text() == Some("AWS::NoValue") => return Ok(None),
                _ => return Ok(Some(node)),
            }
        }
    }

    /// Runs one level deeper, so that no template can exhaust the stack.
    pub(super) fn deeper<R>(&self, node: &Node, run: impl FnOnce() -> Result<R, Fault>) -> Result<R, Fault> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(Fault::invalid(node, format!("functions nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth.set(depth + 1);
        let result = run();
        self.depth.set(depth);
        result
    }

    pub(super) fn produce(&self, node: &Node, text: String) -> Result<Value, Fault> {
        let produced = self.produced.get().saturating_add(text.len());
        self.produced.set(produced);
        if produced > MAX_TEXT {
            return Err(Fault::invalid(
                node,
                format!("the functions produce more than {MAX_TEXT} bytes of text"),
            ));
        }
        Ok(Value::Text(text))
    }

    fn list_of(&self, items: &[Node]) -> Result<Value, Fault> {
        let mut values = Vec::new();
        for item in items {
            match self.value(item)? {
                Value::Absent => {}
                value => values.push(value),
            }
        }
        Ok(Value::List(values))
    }

    fn call(&self, node: &Node, name: &str, argument: &Node) -> Result<Value, Fault> {
        match name {
            "Ref" => self.reference(node, argument.text().unwrap_or_default()),
            "Fn::GetAtt" => self.get_att(node, argument),
            "Fn::Sub" => self.substitute(node, argument),
            "Fn::Join" => self.join(node, argument),
            "Fn::Select" => self.select(node, argument),
            "Fn::Split" => self.split(node, argument),
            "Fn::FindInMap" => self.find_in_map(node, argument),
            "Fn::Base64" => self.produce(node, STANDARD.encode(self.string(argument)?)),
            "Fn::If" => self.value(self.branch(node, argument)?),
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => Err(Fault::invalid(
                node,
                format!("{name} belongs in the Conditions section; here Fn::If is used"),
            )),
            "Fn::Cidr" => self.cidr(node, argument),
            "Fn::Length" => self.length(node, argument),
            "Fn::ToJsonString" => self.to_json_string(node, argument),
            "Fn::RefAll" => rules::ref_all(self, node, argument),
            "Fn::Contains" | "Fn::EachMemberEquals" | "Fn::EachMemberIn" | "Fn::Implies" => {
                Err(Fault::invalid(node, format!("{name} belongs in the Rules section")))
            }
            "Fn::ImportValue" => self.import_value(node, argument),
            "Fn::GetAZs" => self.zones(node, argument),
            "Fn::Transform" | "Fn::GetStackOutput" | "Fn::ValueOf" | "Fn::ValueOfAll" => {
                let problem = format!("{name} is needed here, and only the real service knows its value");
                Err(Fault::unresolved(node, problem))
            }
            other => Err(Fault::invalid(node, format!("CloudFormation has no function {}", quoted(other)))),
        }
    }

    /// What `Ref` gives.
    pub(super) fn reference(&self, node: &Node, name: &str) -> Result<Value, Fault> {
        let inputs = self.inputs;
        let text = match name {
            "AWS::Region" => inputs.region.clone(),
            "AWS::StackName" => inputs.stack_name.clone(),
            "AWS::StackId" => inputs.stack_id.clone(),
            "AWS::AccountId" => inputs.account_id.clone(),
            "AWS::Partition" | "AWS::URLSuffix" if inputs.region.is_empty() => String::new(),
            "AWS::Partition" => Partition::of(&inputs.region).name().to_owned(),
            "AWS::URLSuffix" => Partition::of(&inputs.region).dns_suffix().to_owned(),
            "AWS::NotificationARNs" => return Ok(Value::List(Vec::new())),
            "AWS::NoValue" => return Ok(Value::Absent),
            name => match self.parameters.get(name) {
                Some(Some(Value::Text(text))) => text.clone(),
                Some(Some(value)) => return Ok(value.clone()),
                Some(None) => return Err(self.unknown_parameter(node, name)),
                None => {
                    let resource = self.created(node, name)?;
                    if physical::is_unknown(self, name, resource) {
                        return Err(self.unknown_reference(node, name, resource));
                    }
                    physical::reference(self, name, resource)?
                }
            },
        };
        if text.is_empty() && inputs.region.is_empty() && sub::is_pseudo(name) {
            return Err(Fault::unresolved(node, format!("{name} is needed here, and only a stack has one")));
        }
        self.produce(node, text)
    }

    /// The resource that a name refers to.
    pub(super) fn created(&self, node: &Node, name: &str) -> Result<&'t Node, Fault> {
        let Some(resource) = sections::resource(self.root, name) else {
            return Err(Fault::invalid(
                node,
                format!("{} is no parameter and no resource of the template", quoted(name)),
            ));
        };
        if self.is_created(resource)? {
            return Ok(resource);
        }
        Err(Fault::invalid(node, format!("refers to {name}, whose Condition is false, so it is not created")))
    }

    fn get_att(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let (logical_id, attribute) = match (argument.text(), argument.items()) {
            (Some(text), _) => match text.split_once('.') {
                Some((logical_id, attribute)) => (logical_id.to_owned(), attribute.to_owned()),
                None => return Err(shape(node, "Fn::GetAtt", "Resource.Attribute")),
            },
            (_, Some([logical_id, attribute])) => (self.string(logical_id)?, self.string(attribute)?),
            _ => return Err(shape(node, "Fn::GetAtt", "[Resource, Attribute]")),
        };
        self.attribute(node, &logical_id, &attribute)
    }

    pub(super) fn attribute(&self, node: &Node, logical_id: &str, attribute: &str) -> Result<Value, Fault> {
        let resource = self.created(node, logical_id)?;
        if !self.is_symbolic
            && let Some(value) = self.inputs.supplied.attribute(logical_id, attribute)
        {
            return Ok(value);
        }
        let known = match (self.inputs.get_att)(logical_id, attribute) {
            Some(text) => Some(text),
            None => attributes::attribute(self, logical_id, resource, attribute)?,
        };
        match known {
            Some(text) => self.produce(node, text),
            None if self.is_to_come(logical_id, resource, attribute) => {
                self.produce(node, awaited::STAND_IN.to_owned())
            }
            None => match lists::attribute(self, logical_id, resource, attribute)? {
                Some(texts) => self.texts(node, texts),
                None => Err(self.unknown_attribute(node, logical_id, attribute, resource)),
            },
        }
    }

    /// The branch that an `Fn::If` takes.
    fn branch<'n>(&self, node: &Node, argument: &'n Node) -> Result<&'n Node, Fault> {
        let Some([condition, then, otherwise]) = argument.items() else {
            return Err(shape(node, "Fn::If", "[condition, value if true, value if false]"));
        };
        let Some(name) = condition.text() else {
            return Err(Fault::invalid(condition, "the first of Fn::If is a condition's name"));
        };
        Ok(if self.condition(condition, name)? { then } else { otherwise })
    }
}

/// A function whose argument has not the form it needs.
pub(super) fn shape(node: &Node, name: &str, form: &str) -> Fault {
    Fault::invalid(node, format!("{name} takes {form}"))
}
