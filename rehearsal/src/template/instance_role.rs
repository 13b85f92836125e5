//! The role whose credentials an instance gets from its metadata.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>

use super::{
    error::Fault,
    functions::Resolver,
    launch::{self, child},
    node::Node,
    references, sections,
    value::Value,
};

const PROFILE: &str = "AWS::IAM::InstanceProfile";

#[cfg(test)]
mod tests;

/// The role's name, where the template tells it; none where there is no profile, or it is not in the template.
pub(super) fn instance_role<'n>(
    resolver: &Resolver<'n>,
    resource: &'n Node,
) -> Result<Option<String>, Fault> {
    for properties in launch::data(resolver, resource)? {
        let Some(profile) = child(resolver, properties, "IamInstanceProfile")? else { continue };
        let Some(profile) = profile_of(resolver, profile)? else { return Ok(None) };
        let Some(properties) = child(resolver, profile, "Properties")? else { return Ok(None) };
        let Some(roles) = child(resolver, properties, "Roles")? else { return Ok(None) };
        return match resolver.value(roles)? {
            Value::List(names) => Ok(names.into_iter().find_map(|name| match name {
                Value::Text(name) => Some(name),
                _ => None,
            })),
            Value::Text(name) => Ok(Some(name)),
            Value::Absent => Ok(None),
        };
    }
    Ok(None)
}

/// The profile that `Ref`, a name or an `Arn` stands for.
fn profile_of<'n>(resolver: &Resolver<'n>, node: &'n Node) -> Result<Option<&'n Node>, Fault> {
    let node = match (node.function(), child(resolver, node, "Name")?, child(resolver, node, "Arn")?) {
        (Some(_), ..) => node,
        (None, Some(inner), _) | (None, None, Some(inner)) => inner,
        (None, None, None) => node,
    };
    // What it refers to is enough: an Arn need not be known.
    let named = references::within(resolver, node)?;
    let mut resources = named.into_iter().filter_map(|name| sections::resource(resolver.root, name));
    Ok(resources.find(|resource| sections::type_of(resource) == PROFILE))
}
