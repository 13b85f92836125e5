//! What an instance runs at its first boot.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    error::{Fault, quoted},
    functions::Resolver,
    node::Node,
    sections,
    value::Value,
};

/// EC2's limit, before encoding.
const MAX_BYTES: usize = 16_384;
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An instance's user data, decoded; none where it has none.
pub(super) fn user_data(resolver: &Resolver<'_>, resource: &Node) -> Result<Option<Vec<u8>>, Fault> {
    find(resolver, resource)
        .map_err(|fault| fault.advise("; the whole user data can be given with --user-data FILE"))
}

fn find(resolver: &Resolver<'_>, resource: &Node) -> Result<Option<Vec<u8>>, Fault> {
    let resource_type = sections::type_of(resource);
    if resource_type != sections::INSTANCE {
        let problem = format!(
            "{} is not an {}, and only those run user data here",
            quoted(resource_type),
            sections::INSTANCE
        );
        return Err(Fault::unsupported(resource, problem));
    }
    if !resolver.is_created(resource)? {
        return Err(Fault::invalid(resource, "its Condition is false, so there is no such instance"));
    }
    let properties = match resource.get("Properties") {
        Some(properties) => resolver.chosen(properties)?,
        None => None,
    };
    let property = |name: &str| properties.and_then(|properties| properties.get(name));
    let Some(node) = property("UserData") else {
        return match property("LaunchTemplate") {
            Some(node) => {
                let problem = "user data in a launch template is not rehearsed by this version; give it with --user-data FILE";
                Err(Fault::unsupported(node, problem))
            }
            None => Ok(None),
        };
    };
    let encoded = match resolver.value(node)? {
        Value::Absent => return Ok(None),
        Value::Text(text) => text,
        Value::List(_) => return Err(Fault::invalid(node, "UserData is text, and this gives a list")),
    };
    decode(node, &encoded).map(Some)
}

fn decode(node: &Node, encoded: &str) -> Result<Vec<u8>, Fault> {
    let compact: String = encoded.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let Ok(bytes) = LENIENT.decode(compact) else {
        let problem = "UserData is not base64, and EC2 takes nothing else; put Fn::Base64 around it";
        return Err(Fault::invalid(node, problem));
    };
    if bytes.len() > MAX_BYTES {
        let problem = format!("user data of {} bytes; EC2 takes {MAX_BYTES} at most", bytes.len());
        return Err(Fault::invalid(node, problem));
    }
    if String::from_utf8_lossy(&bytes).contains("{{resolve:") {
        let problem =
            "the user data has a dynamic reference {{resolve:…}}, and only the real service knows its value";
        return Err(Fault::unresolved(node, problem));
    }
    Ok(bytes)
}
