//! What EC2 knows of zones and networks: the CDK asks it where an app looks something up.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html>, and the pages of the other actions
//! there.

use std::collections::BTreeMap;

use hyper::StatusCode;

use super::super::parameters::Parameters;
use super::super::{Received, Reply, Services, plain};
use super::network::{Described, route_tables, subnets, vpcs, zones};
use super::protocol::Protocol;
use super::{THERE_IS, escaped};
use crate::encoding::pairs;
use crate::ids;

/// An action: the element that holds what is described, the parameter that names some, and the attribute that those are of.
const ACTIONS: [(&str, &str, &str, &str); 5] = [
    ("DescribeAvailabilityZones", "availabilityZoneInfo", "ZoneName", "zone-name"),
    ("DescribeVpcs", "vpcSet", "VpcId", "vpc-id"),
    ("DescribeSubnets", "subnetSet", "SubnetId", "subnet-id"),
    ("DescribeRouteTables", "routeTableSet", "RouteTableId", "route-table-id"),
    ("DescribeVpnGateways", "vpnGatewaySet", "VpnGatewayId", "vpn-gateway-id"),
];

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let protocol = Protocol::of(request, "ec2");
    if let Err(error) = request.caller(services, "ec2") {
        return protocol.auth_failure(&error);
    }
    let parameters = Parameters::of(request);
    let asked = parameters.get("Action").unwrap_or_default();
    let Some((action, set, ids, attribute)) = ACTIONS.iter().find(|(action, ..)| *action == asked) else {
        return protocol.failure(
            400,
            "UnsupportedOperation",
            &format!("{asked}: not rehearsed (ec2): {THERE_IS}"),
        );
    };
    let (region, account_id) = (&services.account.region, services.account.account_id.as_str());
    let all = match *action {
        "DescribeAvailabilityZones" => zones(region),
        "DescribeVpcs" => vpcs(account_id),
        "DescribeSubnets" => subnets(region, account_id),
        "DescribeRouteTables" => route_tables(account_id),
        // The default VPC has none.
        _ => Vec::new(),
    };
    let wanted = wanted(request, ids);
    let is_wanted = |it: &&Described| wanted.is_empty() || wanted.iter().any(|id| has(it, attribute, id));
    let filters = filters(request);
    let shown: Vec<_> =
        all.iter().filter(is_wanted).filter(|it| filters.values().all(|one| one.lets(it))).collect();
    if let Some(missing) = wanted.iter().find(|id| !all.iter().any(|it| has(it, attribute, id))) {
        let message = format!("The {} '{missing}' does not exist", attribute.replace("-id", " ID"));
        return protocol.failure(400, &format!("Invalid{ids}.NotFound").replace("Id.", "ID."), &message);
    }
    let items: String = shown.iter().map(|it| format!("<item>{}</item>", it.xml)).collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>{}</requestId><{set}>{items}</{set}></{action}Response>",
        escaped(&ids::uuid())
    );
    plain(StatusCode::OK, "text/xml;charset=UTF-8", body)
}

/// A filter, one of whose values has to be there.
#[derive(Default)]
struct Filter {
    name: String,
    values: Vec<String>,
}

impl Filter {
    fn lets(&self, described: &Described) -> bool {
        self.values.iter().any(|value| has(described, &self.name, value))
    }
}

fn has(described: &Described, name: &str, value: &str) -> bool {
    described.attributes.iter().any(|(of, own)| *of == name && like(own, value))
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    let is_exact = parts.peek().is_none();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    !is_exact || rest.is_empty()
}

/// What a request says, in its query and in its form.
fn given(request: &Received) -> Vec<(String, String)> {
    let mut all = pairs(request.query.as_deref().unwrap_or_default().as_bytes());
    all.extend(pairs(&request.body));
    all
}

/// Ids that a request names: `VpcId.1`.
fn wanted(request: &Received, name: &str) -> Vec<String> {
    let named = |it: &str| it.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    given(request).into_iter().filter(|(it, _)| named(it)).map(|(_, value)| value).collect()
}

/// `Filter.1.Name`, `Filter.1.Value.1`.
fn filters(request: &Received) -> BTreeMap<String, Filter> {
    let mut filters: BTreeMap<String, Filter> = BTreeMap::new();
    for (name, value) in given(request) {
        let Some((number, rest)) = name.strip_prefix("Filter.").and_then(|it| it.split_once('.')) else {
            continue;
        };
        let filter = filters.entry(number.to_owned()).or_default();
        if rest == "Name" { filter.name = value } else { filter.values.push(value) }
    }
    filters
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn stars_stand_for_anything() {
        for (text, pattern, expected) in [
            ("vpc-1", "vpc-1", true),
            ("vpc-1", "vpc-", false),
            ("vpc-1", "*", true),
            ("vpc-1", "v*1", true),
            ("vpc-1", "v*c*2", false),
            ("vpc-1", "*1*", true),
            ("", "", true),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} {pattern}");
        }
    }
}
