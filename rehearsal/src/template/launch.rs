//! Where the user data of an instance is written: with the instance, in a launch template, or in a launch
//! configuration.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-instance-launchtemplatespecification.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-autoscaling-autoscalinggroup-mixedinstancespolicy.html>

use super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
    sections,
    value::Value,
};

#[cfg(test)]
mod tests;

/// Somewhere that an instance is launched from.
pub(super) struct Source<'n> {
    /// Where it is named.
    pub(super) named: &'n Node,
    /// Its `UserData`, where there is one.
    pub(super) user_data: Option<&'n Node>,
}

/// What instances of a resource that boots are launched from: one source, or several of which each instance gets one.
pub(super) fn sources<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<Vec<Source<'n>>, Fault> {
    let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(Vec::new()) };
    if let Some(user_data) = child(resolver, properties, "UserData")? {
        return Ok(vec![Source { named: user_data, user_data: Some(user_data) }]);
    }
    let source = |Origin { named, data }: Origin<'n>| {
        let user_data = data.map_or(Ok(None), |data| child(resolver, data, "UserData"))?;
        Ok(Source { named, user_data })
    };
    origins(resolver, resource, properties)?.into_iter().map(source).collect()
}

/// The maps that say how instances are launched, the most particular first.
pub(super) fn data<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<Vec<&'n Node>, Fault> {
    let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(Vec::new()) };
    let origins = origins(resolver, resource, properties)?;
    Ok([properties].into_iter().chain(origins.into_iter().filter_map(|origin| origin.data)).collect())
}

/// A launch template or a launch configuration.
struct Origin<'n> {
    /// Where it is named.
    named: &'n Node,
    /// What it says of the instances.
    data: Option<&'n Node>,
}

fn origins<'n>(
    resolver: &Resolver<'n>,
    resource: &'n Node,
    properties: &'n Node,
) -> Result<Vec<Origin<'n>>, Fault> {
    if let Some(node) = child(resolver, properties, "LaunchTemplate")? {
        return Ok(vec![launch_template(resolver, node)?]);
    }
    if let Some(policy) = child(resolver, properties, "MixedInstancesPolicy")? {
        return mixed(resolver, policy);
    }
    if let Some(named) = child(resolver, properties, "LaunchConfigurationName")? {
        let reference = Reference {
            node: named,
            resource_type: sections::LAUNCH_CONFIGURATION,
            name: "LaunchConfigurationName",
            kind: "launch configuration",
        };
        let data = child(resolver, reference.resource(resolver)?, "Properties")?;
        return Ok(vec![Origin { named, data }]);
    }
    if sections::type_of(resource) == sections::GROUP
        && let Some(node) = child(resolver, properties, "InstanceId")?
    {
        let problem = "the group is launched as the instance it names, and only the real service knows that one's user data";
        return Err(Fault::unresolved(node, problem));
    }
    Ok(Vec::new())
}

/// The base and whatever overrides name another.
fn mixed<'n>(resolver: &Resolver<'n>, policy: &'n Node) -> Result<Vec<Origin<'n>>, Fault> {
    const SPECIFICATION: &str = "LaunchTemplateSpecification";

    let Some(template) = child(resolver, policy, "LaunchTemplate")? else { return Ok(Vec::new()) };
    let mut origins = Vec::new();
    if let Some(base) = child(resolver, template, SPECIFICATION)? {
        origins.push(launch_template(resolver, base)?);
    }
    let overrides = child(resolver, template, "Overrides")?.and_then(Node::items).unwrap_or_default();
    for item in overrides {
        if let Some(item) = resolver.chosen(item)?
            && let Some(own) = child(resolver, item, SPECIFICATION)?
        {
            origins.push(launch_template(resolver, own)?);
        }
    }
    Ok(origins)
}

fn launch_template<'n>(resolver: &Resolver<'n>, specification: &'n Node) -> Result<Origin<'n>, Fault> {
    let (id, name) = (
        child(resolver, specification, "LaunchTemplateId")?,
        child(resolver, specification, "LaunchTemplateName")?,
    );
    let Some(node) = id.or(name) else {
        let problem = "a launch template is named by its LaunchTemplateId or its LaunchTemplateName";
        return Err(Fault::invalid(specification, problem));
    };
    let reference = Reference {
        node,
        resource_type: sections::LAUNCH_TEMPLATE,
        name: "LaunchTemplateName",
        kind: "launch template",
    };
    let template = reference.resource(resolver)?;
    let data = match child(resolver, template, "Properties")? {
        Some(properties) => child(resolver, properties, "LaunchTemplateData")?,
        None => None,
    };
    Ok(Origin { named: node, data })
}

/// What names a resource of the template, perhaps.
struct Reference<'n> {
    node: &'n Node,
    resource_type: &'static str,
    /// The property with the resource's own name.
    name: &'static str,
    kind: &'static str,
}

impl<'n> Reference<'n> {
    fn resource(&self, resolver: &Resolver<'n>) -> Result<&'n Node, Fault> {
        let wanted = resolver.string(self.node)?;
        for entry in sections::resources(resolver.root) {
            let resource = &entry.value;
            if sections::type_of(resource) != self.resource_type || !resolver.is_created(resource)? {
                continue;
            }
            if (resolver.inputs.physical_id)(&entry.key, self.resource_type) == wanted
                || self.own_name(resolver, resource)?.is_some_and(|name| name == wanted)
            {
                return Ok(resource);
            }
        }
        let problem = format!(
            "the {} {} is not in this template, and only the real service knows its user data",
            self.kind,
            quoted(&wanted)
        );
        Err(Fault::unresolved(self.node, problem))
    }

    /// A name that cannot be known is not the one that is wanted.
    fn own_name(&self, resolver: &Resolver<'n>, resource: &'n Node) -> Result<Option<String>, Fault> {
        let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(None) };
        let Some(name) = child(resolver, properties, self.name)? else { return Ok(None) };
        match resolver.value(name) {
            Ok(Value::Text(name)) => Ok(Some(name)),
            Ok(_) => Ok(None),
            Err(fault) if fault.is_unresolved() => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// A value in a map, once `Fn::If` has chosen; none where it is not given.
pub(super) fn child<'n>(
    resolver: &Resolver<'n>,
    node: &'n Node,
    key: &str,
) -> Result<Option<&'n Node>, Fault> {
    match node.get(key) {
        Some(node) => resolver.chosen(node),
        None => Ok(None),
    }
}
