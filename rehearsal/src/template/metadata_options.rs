//! How an instance's metadata answers: `MetadataOptions`, of the instance itself, of its launch template or of its launch
//! configuration.
//!
//! Where nothing says whether a request needs a token, the account's default decides on EC2, and then the image: an image
//! of IMDS support `v2.0`, as Amazon Linux 2023 is, needs tokens; an older one needs none. Which image it is only the real
//! service knows. Here a token is needed then: a script that asks for one works with either image.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>, "Order of
//! precedence for instance metadata options".

use super::{
    error::Fault,
    functions::Resolver,
    launch::{self, child},
    node::Node,
    value::Value,
};

#[cfg(test)]
mod tests;

const OPTIONS: &str = "MetadataOptions";

/// How the metadata service of an instance answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MetadataOptions {
    /// Whether a request needs a session token, `HttpTokens`.
    pub(crate) needs_token: bool,
    /// Whether it answers at all, `HttpEndpoint`.
    pub(crate) answers: bool,
    /// Whether it answers at its IPv6 address too, `HttpProtocolIpv6`.
    pub(crate) answers_ipv6: bool,
    /// Whether it tells the instance's tags, `InstanceMetadataTags`.
    pub(crate) shows_tags: bool,
    /// How far a session token travels, `HttpPutResponseHopLimit`.
    pub(crate) hop_limit: u8,
}

/// How far it travels where nothing says: an image of IMDS support `v2.0` lets it reach a container.
const HOP_LIMIT: u8 = 2;

impl Default for MetadataOptions {
    fn default() -> Self {
        Self {
            needs_token: true,
            answers: true,
            answers_ipv6: false,
            shows_tags: false,
            hop_limit: HOP_LIMIT,
        }
    }
}

/// What the template says, each option for itself: the instance's own word comes before its launch template's. What cannot
/// be known is as if it were not said.
pub(super) fn of_instances<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> MetadataOptions {
    let options = all(resolver, resource).unwrap_or_default();
    let said = |name: &str| {
        let given = options.iter().find_map(|it| child(resolver, it, name).ok().flatten())?;
        match resolver.value(given) {
            Ok(Value::Text(text)) => Some(text),
            _ => None,
        }
    };
    MetadataOptions {
        needs_token: said("HttpTokens").as_deref() != Some("optional"),
        answers: said("HttpEndpoint").as_deref() != Some("disabled"),
        answers_ipv6: said("HttpProtocolIpv6").as_deref() == Some("enabled"),
        shows_tags: said("InstanceMetadataTags").as_deref() == Some("enabled"),
        hop_limit: said("HttpPutResponseHopLimit")
            .and_then(|it| it.parse().ok())
            .filter(|it| (1..=64).contains(it))
            .unwrap_or(HOP_LIMIT),
    }
}

fn all<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<Vec<&'n Node>, Fault> {
    let data = launch::data(resolver, resource)?.into_iter();
    Ok(data
        .map(|it| child(resolver, it, OPTIONS))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}
