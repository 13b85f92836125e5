//! Machines that start before their way out is there.

use super::conditions::needed;
use crate::lint::facts::{Facts, Resource};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE};
use crate::lint::references::reference;
use crate::lint::rule::{Check, Rule};
use crate::template::node::Node;

pub(super) const NAT: Rule = Rule {
    info: RuleInfo {
        code: "CFS022",
        name: "route-not-awaited",
        severity: Severity::Warning,
        is_default: false,
        summary: "a machine that waits does not depend on its subnet's route through a NAT gateway",
        why: "The gateway takes minutes and the machine starts without it: what the script fetches fails, and so may the \
          signal.",
        fix: "Write `DependsOn: ROUTE` on the instance or the group, with the subnet's association where it is made apart.",
    },
    check: nat,
};

fn nat(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for machine in facts.resources.iter().filter(|it| matches!(it.kind, INSTANCE | GROUP) && it.may_wait()) {
        let interface = || machine.property("NetworkInterfaces")?.items()?.first()?.get("SubnetId");
        let own = ["SubnetId", "VPCZoneIdentifier"].into_iter().find_map(|name| machine.property(name));
        let Some(node) = own.or_else(interface) else { continue };
        let subnets = node.items().unwrap_or(std::slice::from_ref(node)).iter().filter_map(reference);
        let before = needed(facts, machine);
        let late = subnets
            .flat_map(|subnet| ways(facts, subnet))
            .find(|(association, route)| !before.contains(association.id) && !before.contains(route.id));
        if let Some((_, route)) = late {
            let message =
                format!("{} does not depend on {}, its way out through a NAT gateway", machine.id, route.id);
            check.at_node(machine.id, node, message);
        }
    }
}

/// The associations of a subnet with routes that go out through a NAT gateway of the template.
fn ways<'f>(facts: &'f Facts<'_>, subnet: &str) -> Vec<(&'f Resource<'f>, &'f Resource<'f>)> {
    let of = |resource: &'f Resource<'f>, name: &str| resource.property(name).and_then(reference);
    let is = |kind: &'static str| facts.resources.iter().filter(move |it| it.kind == kind);
    let tables = is("AWS::EC2::SubnetRouteTableAssociation")
        .filter(|it| of(it, "SubnetId") == Some(subnet))
        .filter_map(|it| Some((it, of(it, "RouteTableId")?)));
    tables
        .flat_map(|(association, table)| {
            let routes = is("AWS::EC2::Route").filter(move |route| {
                of(route, "RouteTableId") == Some(table)
                    && route.property("DestinationCidrBlock").and_then(Node::text) == Some("0.0.0.0/0")
                    && of(route, "NatGatewayId").is_some_and(|gateway| facts.resource(gateway).is_some())
            });
            routes.map(move |route| (association, route))
        })
        .collect()
}
