//! The one network that a rehearsal's account has: a default VPC, made up, as each account has one in each region.
//!
//! Source: <https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html>

use crate::account::zone_id;

/// Its ids. Nothing else here has them.
const VPC: &str = "vpc-0de7a0175afe0de7a";
const ROUTES: &str = "rtb-0de7a0175afe0de7a";
const GATEWAY: &str = "igw-0de7a0175afe0de7a";

/// The letters of a region's zones: as many as `Fn::GetAZs` has.
const ZONES: [&str; 3] = ["a", "b", "c"];

/// A thing that EC2 describes.
pub(super) struct Described {
    /// What filters are held against, by their names.
    pub(super) attributes: Vec<(&'static str, String)>,
    /// What is inside its `item`.
    pub(super) xml: String,
}

impl Described {
    fn new(attributes: &[(&'static str, &str)], xml: String) -> Self {
        Self { attributes: attributes.iter().map(|(name, it)| (*name, (*it).to_owned())).collect(), xml }
    }
}

pub(super) fn zones(region: &str) -> Vec<Described> {
    let one = |letter: &&str| {
        let name = format!("{region}{letter}");
        let id = zone_id(&name);
        Described::new(
            &[
                ("zone-name", &name),
                ("zone-id", &id),
                ("region-name", region),
                ("state", "available"),
                ("opt-in-status", "opt-in-not-required"),
                ("zone-type", "availability-zone"),
                ("group-name", region),
            ],
            format!(
                "<zoneName>{name}</zoneName><zoneId>{id}</zoneId><zoneState>available</zoneState><regionName>{region}\
                 </regionName><zoneType>availability-zone</zoneType><groupName>{region}</groupName>\
                 <networkBorderGroup>{region}</networkBorderGroup><optInStatus>opt-in-not-required</optInStatus><messageSet/>"
            ),
        )
    };
    ZONES.iter().map(one).collect()
}

pub(super) fn vpcs(account: &str) -> Vec<Described> {
    vec![Described::new(
        &[
            ("vpc-id", VPC),
            ("is-default", "true"),
            ("isDefault", "true"),
            ("state", "available"),
            ("cidr", "172.31.0.0/16"),
            ("owner-id", account),
        ],
        format!(
            "<vpcId>{VPC}</vpcId><ownerId>{account}</ownerId><state>available</state><cidrBlock>172.31.0.0/16</cidrBlock>\
             <cidrBlockAssociationSet><item><cidrBlock>172.31.0.0/16</cidrBlock>\
             <associationId>vpc-cidr-assoc-0de7a0175afe0de7a</associationId><cidrBlockState><state>associated</state>\
             </cidrBlockState></item></cidrBlockAssociationSet><dhcpOptionsId>dopt-0de7a0175afe0de7a</dhcpOptionsId>\
             <instanceTenancy>default</instanceTenancy><isDefault>true</isDefault>"
        ),
    )]
}

pub(super) fn subnets(region: &str, account: &str) -> Vec<Described> {
    let one = |(number, letter): (usize, &&str)| {
        let zone = format!("{region}{letter}");
        let zone_id = zone_id(&zone);
        let (id, cidr) = (format!("subnet-0de7a0175afe0de7{letter}"), format!("172.31.{}.0/20", number * 16));
        Described::new(
            &[
                ("subnet-id", &id),
                ("vpc-id", VPC),
                ("availability-zone", &zone),
                ("availabilityZone", &zone),
                ("default-for-az", "true"),
                ("defaultForAz", "true"),
                ("cidr-block", &cidr),
                ("state", "available"),
                ("owner-id", account),
            ],
            format!(
                "<subnetId>{id}</subnetId><state>available</state><ownerId>{account}</ownerId><vpcId>{VPC}</vpcId>\
                 <cidrBlock>{cidr}</cidrBlock><availableIpAddressCount>4091</availableIpAddressCount>\
                 <availabilityZone>{zone}</availabilityZone><availabilityZoneId>{zone_id}</availabilityZoneId>\
                 <defaultForAz>true</defaultForAz><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch>\
                 <assignIpv6AddressOnCreation>false</assignIpv6AddressOnCreation>"
            ),
        )
    };
    ZONES.iter().enumerate().map(one).collect()
}

pub(super) fn route_tables(account: &str) -> Vec<Described> {
    vec![Described::new(
        &[("route-table-id", ROUTES), ("vpc-id", VPC), ("association.main", "true"), ("owner-id", account)],
        format!(
            "<routeTableId>{ROUTES}</routeTableId><vpcId>{VPC}</vpcId><ownerId>{account}</ownerId><routeSet>\
             <item><destinationCidrBlock>172.31.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>\
             <state>active</state><origin>CreateRouteTable</origin></item>\
             <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>{GATEWAY}</gatewayId>\
             <state>active</state><origin>CreateRoute</origin></item></routeSet><associationSet><item>\
             <routeTableAssociationId>rtbassoc-0de7a0175afe0de7a</routeTableAssociationId>\
             <routeTableId>{ROUTES}</routeTableId><main>true</main><associationState><state>associated</state>\
             </associationState></item></associationSet><propagatingVgwSet/>"
        ),
    )]
}
