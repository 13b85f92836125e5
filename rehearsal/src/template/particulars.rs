//! What a template says of an instance that the instance can learn of itself: its image, type, key, network, disks and tags.
//!
//! What cannot be known is as if it were not said. None of it decides what becomes of the stack.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html>, and the
//! pages of launch templates, launch configurations and Auto Scaling groups there.

use super::{
    functions::Resolver,
    launch::{self, child},
    node::Node,
    references, sections,
    value::Value,
};

#[cfg(test)]
mod tests;

/// What the template says of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Particulars {
    /// Such as `ami-0123456789abcdef0`.
    pub(crate) image: Option<String>,
    /// Such as `t3.micro`.
    pub(crate) instance_type: Option<String>,
    /// A key pair's name.
    pub(crate) key: Option<String>,
    /// Its public half, where the template has it.
    pub(crate) key_material: Option<String>,
    /// An availability zone, such as `eu-west-1a`.
    pub(crate) zone: Option<String>,
    /// A placement group's name.
    pub(crate) placement_group: Option<String>,
    /// An instance profile's name.
    pub(crate) profile: Option<String>,
    /// The subnet's id, and its addresses.
    pub(crate) subnet: Named,
    /// The VPC's id, and its addresses.
    pub(crate) vpc: Named,
    /// Ids of security groups, and their names.
    pub(crate) security_groups: Vec<Named>,
    /// Whether it has an address that the world sees, where it is said.
    pub(crate) is_public: Option<bool>,
    /// A single instance's, as its attributes have it: the address and its name.
    pub(crate) public_address: Option<(String, String)>,
    /// The devices of its volumes, but for the first.
    pub(crate) volumes: Vec<String>,
    /// Whether it runs on spare capacity.
    pub(crate) is_spot: bool,
    /// What it is marked with, but for what CloudFormation adds.
    pub(crate) tags: Vec<(String, String)>,
    /// Whether it is an Auto Scaling group's.
    pub(crate) is_in_group: bool,
}

/// Something that has an id and something else that is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) id: Option<String>,
    pub(crate) detail: Option<String>,
}

/// What the template says of the instances of `resource`.
pub(super) fn of_instances<'n>(resolver: &Resolver<'n>, logical_id: &str, resource: &'n Node) -> Particulars {
    let data = launch::data(resolver, resource).unwrap_or_default();
    let reader = Reader { resolver, data };
    let is_in_group = sections::type_of(resource) == sections::GROUP;
    let subnet = reader.subnet();
    let (key, key_material) = reader.key();
    Particulars {
        image: reader.text("ImageId"),
        instance_type: reader.text("InstanceType"),
        key,
        key_material,
        zone: reader.zone(subnet.map(|it| it.1)),
        placement_group: reader.text("PlacementGroupName").or_else(|| reader.text("PlacementGroup")),
        profile: reader.profile(),
        subnet: Named {
            id: reader.subnet_id(),
            detail: subnet.and_then(|it| reader.property(it.1, "CidrBlock")),
        },
        vpc: reader.vpc(subnet.map(|it| it.1)),
        security_groups: reader.security_groups(),
        is_public: reader.is_public(),
        public_address: if is_in_group { None } else { reader.public_address(logical_id, resource) },
        volumes: reader.volumes(),
        is_spot: reader.is_spot(),
        tags: reader.tags(logical_id, is_in_group),
        is_in_group,
    }
}

/// Reads the maps that say how instances are launched, the most particular first.
struct Reader<'r, 'n> {
    resolver: &'r Resolver<'n>,
    data: Vec<&'n Node>,
}

impl<'n> Reader<'_, 'n> {
    fn child(&self, node: &'n Node, name: &str) -> Option<&'n Node> {
        child(self.resolver, node, name).ok().flatten()
    }

    fn find(&self, name: &str) -> Option<&'n Node> {
        self.data.iter().find_map(|it| self.child(it, name))
    }

    fn as_text(&self, node: &'n Node) -> Option<String> {
        match self.resolver.value(node) {
            // What only the real service knows stands there as it is written.
            Ok(Value::Text(text)) if !text.contains("{{resolve:") => Some(text),
            _ => None,
        }
    }

    /// A list's texts; a text alone is a list of one.
    fn as_texts(&self, node: &'n Node) -> Vec<String> {
        match self.resolver.value(node) {
            Ok(Value::Text(text)) => vec![text],
            Ok(Value::List(items)) => items
                .into_iter()
                .filter_map(|it| match it {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.find(name).and_then(|node| self.as_text(node))
    }

    /// A property of a resource of the template.
    fn property(&self, resource: &'n Node, name: &str) -> Option<String> {
        self.child(self.child(resource, "Properties")?, name).and_then(|node| self.as_text(node))
    }

    /// The resources of this type that a value refers to.
    fn referred(&self, node: &'n Node, resource_type: &str) -> Vec<(&'n str, &'n Node)> {
        let names = references::within(self.resolver, node).unwrap_or_default();
        let found =
            names.into_iter().filter_map(|it| Some((it, sections::resource(self.resolver.root, it)?)));
        found.filter(|(_, resource)| sections::type_of(resource) == resource_type).collect()
    }

    /// The first of the network interfaces.
    fn interface(&self) -> Option<&'n Node> {
        let all = self.find("NetworkInterfaces")?.items()?;
        all.iter().find_map(|it| self.resolver.chosen(it).ok().flatten())
    }

    fn of_interface(&self, name: &str) -> Option<&'n Node> {
        self.interface().and_then(|it| self.child(it, name))
    }

    fn subnet_node(&self) -> Option<&'n Node> {
        self.find("SubnetId").or_else(|| self.of_interface("SubnetId")).or_else(|| {
            let all = self.find("VPCZoneIdentifier")?;
            all.items().and_then(|items| items.first()).or(Some(all))
        })
    }

    fn subnet(&self) -> Option<(&'n str, &'n Node)> {
        self.referred(self.subnet_node()?, "AWS::EC2::Subnet").into_iter().next()
    }

    fn subnet_id(&self) -> Option<String> {
        self.as_texts(self.subnet_node()?).into_iter().next()
    }

    fn vpc(&self, subnet: Option<&'n Node>) -> Named {
        let node = subnet
            .and_then(|it| self.child(it, "Properties"))
            .and_then(|properties| self.child(properties, "VpcId"));
        let Some(node) = node else { return Named::default() };
        let vpc = self.referred(node, "AWS::EC2::VPC").into_iter().next();
        Named { id: self.as_text(node), detail: vpc.and_then(|it| self.property(it.1, "CidrBlock")) }
    }

    fn zone(&self, subnet: Option<&'n Node>) -> Option<String> {
        let own = self.text("AvailabilityZone");
        own.or_else(|| self.find("AvailabilityZones").and_then(|it| self.as_texts(it).into_iter().next()))
            .or_else(|| subnet.and_then(|it| self.property(it, "AvailabilityZone")))
    }

    fn key(&self) -> (Option<String>, Option<String>) {
        let Some(node) = self.find("KeyName") else { return (None, None) };
        let pair = self.referred(node, "AWS::EC2::KeyPair").into_iter().next();
        let material = pair.and_then(|it| self.property(it.1, "PublicKeyMaterial"));
        // What has no name has no key: an empty parameter often means that there is none.
        (self.as_text(node).filter(|it| !it.is_empty()), material)
    }

    fn profile(&self) -> Option<String> {
        let node = self.find("IamInstanceProfile")?;
        let inner = self.child(node, "Name").or_else(|| self.child(node, "Arn")).unwrap_or(node);
        let text = self.as_text(inner)?;
        text.rsplit('/').next().map(str::to_owned)
    }

    fn security_groups(&self) -> Vec<Named> {
        let by_id = self.find("SecurityGroupIds").or_else(|| self.of_interface("GroupSet"));
        let by_id = by_id.or_else(|| self.of_interface("Groups"));
        let Some(node) = by_id.or_else(|| self.find("SecurityGroups")) else { return Vec::new() };
        let is_id = |text: &str| by_id.is_some() || text.starts_with("sg-");
        let one = |node: &'n Node| {
            let group = self.referred(node, "AWS::EC2::SecurityGroup").into_iter().next();
            let name = group.and_then(|it| self.property(it.1, "GroupName"));
            let all = self.as_texts(node).into_iter();
            all.map(move |text| match is_id(&text) {
                true => Named { detail: name.clone(), id: Some(text) },
                false => Named { id: None, detail: Some(text) },
            })
        };
        match node.items() {
            Some(items) => items.iter().flat_map(one).collect(),
            None => one(node).collect(),
        }
    }

    fn is_public(&self) -> Option<bool> {
        let node = self.of_interface("AssociatePublicIpAddress");
        let text = node.or_else(|| self.find("AssociatePublicIpAddress")).and_then(|it| self.as_text(it))?;
        Some(text.eq_ignore_ascii_case("true"))
    }

    fn public_address(&self, logical_id: &str, resource: &'n Node) -> Option<(String, String)> {
        let text = |name: &str| match self.resolver.attribute(resource, logical_id, name) {
            Ok(Value::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        Some((text("PublicIp")?, text("PublicDnsName")?))
    }

    fn volumes(&self) -> Vec<String> {
        let Some(all) = self.find("BlockDeviceMappings").and_then(Node::items) else { return Vec::new() };
        let chosen = all.iter().filter_map(|it| self.resolver.chosen(it).ok().flatten());
        let volumes = chosen.filter(|it| self.child(it, "Ebs").is_some());
        let devices = volumes.filter_map(|it| self.child(it, "DeviceName").and_then(|it| self.as_text(it)));
        devices.filter(|it| !ROOTS.contains(&it.as_str())).collect()
    }

    fn is_spot(&self) -> bool {
        let market = self.find("InstanceMarketOptions").and_then(|it| self.child(it, "MarketType"));
        self.text("SpotPrice").is_some() || market.and_then(|it| self.as_text(it)).as_deref() == Some("spot")
    }

    fn tags(&self, logical_id: &str, is_in_group: bool) -> Vec<(String, String)> {
        let mut tags = Vec::new();
        if is_in_group {
            let name = (self.resolver.inputs.physical_id)(logical_id, sections::GROUP);
            tags.push(("aws:autoscaling:groupName".to_owned(), name));
        }
        let of_template = self.find("TagSpecifications").and_then(Node::items).unwrap_or_default();
        let of_instances = of_template.iter().filter(|it| {
            self.child(it, "ResourceType").and_then(|node| self.as_text(node)).as_deref() == Some("instance")
        });
        let lists = of_instances.filter_map(|it| self.child(it, "Tags"));
        let lists = self.data.first().and_then(|it| self.child(it, "Tags")).into_iter().chain(lists);
        for tag in lists.filter_map(Node::items).flatten() {
            let text = |name: &str| self.child(tag, name).and_then(|it| self.as_text(it));
            let stays =
                is_in_group && text("PropagateAtLaunch").is_some_and(|it| !it.eq_ignore_ascii_case("true"));
            if let (Some(key), Some(value), false) = (text("Key"), text("Value"), stays)
                && !tags.iter().any(|(known, _)| *known == key)
            {
                tags.push((key, value));
            }
        }
        tags
    }
}

/// What the first volume's device is called, by the image.
const ROOTS: [&str; 3] = ["/dev/xvda", "/dev/sda1", "/dev/sda"];
