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
    launch::sources,
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

/// What an instance, or every instance of a group, runs, decoded; none where it has none.
pub(super) fn user_data<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
) -> Result<Option<Vec<u8>>, Fault> {
    let supplied = resolver.inputs.supplied;
    let whose = if supplied.is_nested() { supplied.path(logical_id) + "=" } else { String::new() };
    find(resolver, resource).map_err(|fault| {
        fault.advise(&format!("; the whole user data can be given with --user-data {whose}FILE"))
    })
}

fn find<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<Option<Vec<u8>>, Fault> {
    let resource_type = sections::type_of(resource);
    if !sections::boots(resource) {
        let problem = format!(
            "{} is neither an {} nor an {}, and only those run user data here",
            quoted(resource_type),
            sections::INSTANCE,
            sections::GROUP
        );
        return Err(Fault::unsupported(resource, problem));
    }
    if !resolver.is_created(resource)? {
        return Err(Fault::invalid(resource, "its Condition is false, so there is no such instance"));
    }
    let mut found: Option<Option<Vec<u8>>> = None;
    for source in sources(resolver, resource)? {
        let data = match source.user_data {
            Some(node) => read(resolver, node)?,
            None => None,
        };
        if found.as_ref().is_some_and(|earlier| *earlier != data) {
            let problem = "the Overrides launch from several launch templates whose user data differ, and only the \
                           real service knows which of them an instance gets";
            return Err(Fault::unresolved(source.named, problem));
        }
        found = Some(data);
    }
    Ok(found.flatten())
}

fn read(resolver: &Resolver<'_>, node: &Node) -> Result<Option<Vec<u8>>, Fault> {
    let encoded = match resolver.value(node)? {
        Value::Absent => return Ok(None),
        Value::Text(text) => text,
        Value::List(_) => return Err(Fault::invalid(node, "UserData is text, and this gives a list")),
    };
    decode(resolver, node, encoded).map(Some)
}

fn decode(resolver: &Resolver<'_>, node: &Node, encoded: String) -> Result<Vec<u8>, Fault> {
    let encoded = resolver.undynamic(node, encoded)?;
    let compact: String = encoded.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let Ok(bytes) = LENIENT.decode(compact) else {
        let problem = "UserData is not base64, and EC2 takes nothing else; put Fn::Base64 around it";
        return Err(Fault::invalid(node, problem));
    };
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => resolver.undynamic(node, text)?.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    if bytes.len() > MAX_BYTES {
        let problem = format!("user data of {} bytes; EC2 takes {MAX_BYTES} at most", bytes.len());
        return Err(Fault::invalid(node, problem));
    }
    Ok(bytes)
}
