//! Values that only the real service knows: they are given, or it is said how to give them.

use super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
    sections,
    value::Value,
};

impl Resolver<'_> {
    pub(super) fn import_value(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let name = self.string(argument)?;
        self.imported.borrow_mut().insert(name.clone());
        if let Some(value) = self.inputs.supplied.imports.get(&name) {
            return self.produce(node, value.clone());
        }
        let problem = format!(
            "Fn::ImportValue is needed here, and only the real service knows its value; give it with --import {}",
            argument_of(&name)
        );
        Err(Fault::unresolved(node, problem))
    }

    /// Text without dynamic references, which stand for what Systems Manager or Secrets Manager keeps.
    pub(super) fn undynamic(&self, node: &Node, text: String) -> Result<String, Fault> {
        self.inputs.supplied.substitute(&text).map_err(|reference| {
            let problem = format!(
                "{} is needed here, and only the real service knows its value; give it with --resolve {}",
                quoted(&format!("{{{{resolve:{reference}}}}}")),
                argument_of(&reference)
            );
            Fault::unresolved(node, problem)
        })
    }

    pub(super) fn unknown_reference(&self, node: &Node, name: &str, resource: &Node) -> Fault {
        let problem = format!(
            "what Ref gives for {name} ({}) is needed here, and only the real service knows it; give it with --ref {}=VALUE",
            sections::type_of(resource),
            self.inputs.supplied.path(name)
        );
        Fault::unresolved(node, problem)
    }

    pub(super) fn unknown_parameter(&self, node: &Node, name: &str) -> Fault {
        if self.inputs.supplied.is_nested() {
            let problem = format!(
                "the parameter {name} is needed here, and only the real service knows what the stack above gives for it; give \
                 what that is made from with --attribute, --ref, --import or --resolve"
            );
            return Fault::unresolved(node, problem);
        }
        let declared = self.root.get("Parameters").and_then(|it| it.get(name));
        let is_stored = declared.and_then(|it| it.get("Type")).and_then(Node::text);
        let is_stored = is_stored.is_some_and(|it| it.starts_with("AWS::SSM::Parameter::Value<"));
        let stored = declared.and_then(|it| it.get("Default")).and_then(Node::text).filter(|_| is_stored);
        let stored =
            stored.map(|stored| format!(", or with --resolve {}", argument_of(&format!("ssm:{stored}"))));
        let problem = format!(
            "the parameter {name} is needed here and its value cannot be known; give it with --param {name}=VALUE{}",
            stored.unwrap_or_default()
        );
        Fault::unresolved(node, problem)
    }
}

impl Resolver<'_> {
    pub(super) fn unknown_attribute(
        &self,
        node: &Node,
        logical_id: &str,
        attribute: &str,
        resource: &Node,
    ) -> Fault {
        let path = self.inputs.supplied.path(logical_id);
        let problem = format!(
            "the attribute {} of {logical_id} ({}) is needed here, and only the real service knows it; give it with --attribute {}",
            quoted(attribute),
            sections::type_of(resource),
            argument_of(&format!("{path}.{attribute}"))
        );
        Fault::unresolved(node, problem)
    }
}

/// `NAME=VALUE` as an argument for a shell.
fn argument_of(name: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@%+".contains(it);
    if name.chars().all(plain) {
        format!("{name}=VALUE")
    } else {
        format!("'{}=VALUE'", name.replace('\'', "'\\''"))
    }
}
