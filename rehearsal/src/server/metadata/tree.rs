//! What there is below a version: `dynamic`, `meta-data`, `user-data`.

use std::sync::Arc;

use cfn_signal_core::endpoint::Partition;

use super::documents;
use super::versions::{self, Version};
use crate::account::Metadata;
use crate::encoding::decoded;
use crate::moment::Moment;

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Text(String),
    Bytes(Arc<[u8]>),
    /// It is found where the path ends with a slash.
    Moved,
}

/// A folder, or something to be read.
enum Node {
    Folder(Folder),
    Text(String),
    /// Made only where it is asked for.
    Made(fn(&Metadata, Moment) -> Option<String>),
    Bytes(Arc<[u8]>),
}

/// In the order in which it is listed.
struct Folder {
    version: Version,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    /// What its folder lists in place of its name.
    shown: Option<String>,
    node: Node,
}

/// What `path` leads to, which begins with a version.
pub(super) fn find(metadata: &Metadata, path: &str, now: Moment) -> Option<Found> {
    let with_slash = path.ends_with('/');
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Some(Found::Text(versions::listing()));
    }
    let mut names = path.split('/');
    let version = Version::read(names.next()?)?;
    let mut node = Node::Folder(root(metadata, version));
    for name in names {
        let Node::Folder(folder) = node else { return None };
        node = folder.take(&decoded(name))?;
    }
    match node {
        // Of all folders, the service's answers show this of one.
        Node::Folder(_) if !with_slash && path.ends_with("/iam/security-credentials") => Some(Found::Moved),
        Node::Folder(folder) => Some(Found::Text(folder.listing())),
        Node::Text(text) => Some(Found::Text(text)),
        Node::Made(made) => made(metadata, now).map(Found::Text),
        Node::Bytes(bytes) => Some(Found::Bytes(bytes)),
    }
}

impl Folder {
    fn new(version: Version) -> Self {
        Self { version, entries: Vec::new() }
    }

    /// Adds what came with the version `since`; an empty folder is none.
    fn node(mut self, name: &str, since: &str, node: Node) -> Self {
        let is_empty = matches!(&node, Node::Folder(folder) if folder.entries.is_empty());
        if self.version.has(since) && !is_empty {
            self.entries.push(Entry { name: name.to_owned(), shown: None, node });
        }
        self
    }

    fn text(self, name: &str, since: &str, text: impl Into<String>) -> Self {
        self.node(name, since, Node::Text(text.into()))
    }

    fn made(self, name: &str, since: &str, made: fn(&Metadata, Moment) -> Option<String>) -> Self {
        self.node(name, since, Node::Made(made))
    }

    fn folder(self, name: &str, since: &str, fill: impl FnOnce(Self) -> Self) -> Self {
        let folder = fill(Self::new(self.version));
        self.node(name, since, Node::Folder(folder))
    }

    fn take(self, name: &str) -> Option<Node> {
        self.entries.into_iter().find(|it| it.name == name).map(|it| it.node)
    }

    fn listing(&self) -> String {
        let line = |it: &Entry| match (&it.shown, &it.node) {
            (Some(shown), _) => shown.clone(),
            (None, Node::Folder(_)) => format!("{}/", it.name),
            (None, _) => it.name.clone(),
        };
        self.entries.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn root(metadata: &Metadata, version: Version) -> Folder {
    let identity = |folder: Folder| {
        folder
            .made("document", "2009-04-04", |it, _| Some(documents::identity(it)))
            .made("pkcs7", "2009-04-04", |it, _| documents::pkcs7(it))
            .made("rsa2048", "2011-05-01", |it, _| documents::pkcs7(it))
            .made("signature", "2009-04-04", |it, _| documents::signature(it))
    };
    let mut folder = Folder::new(version)
        .folder("dynamic", "2009-04-04", |it| it.folder("instance-identity", "2009-04-04", identity))
        .folder("meta-data", "1.0", |it| meta_data(metadata, it));
    // Neither is a folder to who lists them.
    folder.entries.iter_mut().for_each(|it| it.shown = Some(it.name.clone()));
    match metadata.user_data.get() {
        Some(user_data) => folder.node("user-data", "1.0", Node::Bytes(user_data)),
        None => folder,
    }
}

fn meta_data(metadata: &Metadata, folder: Folder) -> Folder {
    let facts = &metadata.facts;
    let public = facts.public.as_ref();
    let group_names = names(facts.security_groups.iter().map(|it| it.1.as_str()));
    let mut folder = folder
        .text("ami-id", "1.0", facts.image.as_str())
        .text("ami-launch-index", "1.0", "0")
        .text("ami-manifest-path", "1.0", "(unknown)");
    if facts.is_in_group {
        // What an instance in its first boot is on its way to.
        let state = |it: Folder| it.text("target-lifecycle-state", "2021-07-15", "InService");
        folder = folder.folder("autoscaling", "2021-07-15", state);
    }
    folder = folder
        .folder("block-device-mapping", "2007-12-15", |it| devices(metadata, it))
        .folder("events", "2018-08-17", |it| {
            // Without a recommendation there is no folder for it.
            it.folder("maintenance", "2018-08-17", |it| {
                it.text("history", "2018-08-17", "[]").text("scheduled", "2018-08-17", "[]")
            })
        })
        .text("hostname", "1.0", metadata.address.host.as_str())
        .folder("iam", "2012-01-12", |it| iam(metadata, it))
        .folder("identity-credentials", "2018-03-28", |it| it.folder("ec2", "2018-03-28", ec2_identity))
        .text("instance-action", "2008-09-01", "none")
        .text("instance-id", "1.0", metadata.instance_id.as_str())
        .text("instance-life-cycle", "2019-10-01", if facts.is_spot { "spot" } else { "on-demand" })
        .text("instance-type", "2007-08-29", facts.instance_type.as_str())
        .text("local-hostname", "2007-01-19", metadata.address.host.as_str())
        .text("local-ipv4", "1.0", metadata.address.address.as_str())
        .text("mac", "2011-01-01", facts.mac.as_str())
        .folder("metrics", "2011-05-01", |it| {
            it.text("vhostmd", "2011-05-01", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        })
        .folder("network", "2011-01-01", |it| {
            it.folder("interfaces", "2011-01-01", |it| {
                it.folder("macs", "2011-01-01", |it| {
                    it.folder(&facts.mac, "2011-01-01", |it| interface(metadata, it))
                })
            })
        })
        .folder("placement", "2008-02-01", |it| placement(metadata, it))
        .text("profile", "2008-02-01", "default-hvm");
    if let Some((address, host)) = public {
        folder = folder.text("public-hostname", "2007-01-19", host.as_str()).text(
            "public-ipv4",
            "2007-01-19",
            address.as_str(),
        );
    }
    if let Some((name, material)) = &facts.key {
        folder = folder.folder("public-keys", "1.0", |it| {
            let mut keys = it.folder("0", "1.0", |it| it.text("openssh-key", "1.0", material.as_str()));
            keys.entries.iter_mut().for_each(|it| it.shown = Some(format!("0={name}")));
            keys
        });
    }
    let partition = Partition::of(&metadata.region);
    folder = folder
        .text("reservation-id", "1.0", facts.reservation.as_str())
        .text("security-groups", "1.0", group_names)
        .folder("services", "2014-02-25", |it| {
            it.text("domain", "2014-02-25", partition.dns_suffix()).text(
                "partition",
                "2015-10-20",
                partition.name(),
            )
        })
        .text("system", "2022-09-24", system(&facts.instance_type));
    if metadata.options.shows_tags {
        folder = folder
            .folder("tags", "2021-03-23", |it| it.folder("instance", "2021-03-23", |it| tags(metadata, it)));
    }
    folder
}

fn devices(metadata: &Metadata, folder: Folder) -> Folder {
    let mut folder = folder.text("ami", "2007-12-15", "/dev/xvda");
    for (number, device) in (1..).zip(&metadata.facts.volumes) {
        let device = device.strip_prefix("/dev/").unwrap_or(device);
        folder = folder.text(&format!("ebs{number}"), "2007-12-15", device);
    }
    folder.text("root", "2007-12-15", "/dev/xvda")
}

fn iam(metadata: &Metadata, folder: Folder) -> Folder {
    folder.made("info", "2012-01-12", |it, now| Some(documents::profile(it, now))).folder(
        "security-credentials",
        "2012-01-12",
        |it| it.made(&metadata.role.role, "2012-01-12", |it, now| Some(documents::credentials(it, now))),
    )
}

fn ec2_identity(folder: Folder) -> Folder {
    folder.made("info", "2018-03-28", |it, now| Some(documents::own_identity(it, now))).folder(
        "security-credentials",
        "2018-03-28",
        |it| it.made("ec2-instance", "2018-03-28", |it, now| Some(documents::own_credentials(it, now))),
    )
}

fn interface(metadata: &Metadata, folder: Folder) -> Folder {
    let facts = &metadata.facts;
    let public = facts.public.as_ref();
    let mut folder = folder.text("device-number", "2011-01-01", "0").text(
        "interface-id",
        "2011-01-01",
        facts.interface.as_str(),
    );
    if let Some((address, _)) = public {
        folder = folder.folder("ipv4-associations", "2011-01-01", |it| {
            it.text(address, "2011-01-01", metadata.address.address.as_str())
        });
    }
    folder = folder
        .text("local-hostname", "2011-01-01", metadata.address.host.as_str())
        .text("local-ipv4s", "2011-01-01", metadata.address.address.as_str())
        .text("mac", "2011-01-01", facts.mac.as_str())
        .text("network-card", "2020-10-27", "0")
        .text("owner-id", "2011-01-01", metadata.account_id.as_str());
    if let Some((address, host)) = public {
        folder = folder.text("public-hostname", "2011-01-01", host.as_str()).text(
            "public-ipv4s",
            "2011-01-01",
            address.as_str(),
        );
    }
    folder
        .text("security-group-ids", "2011-01-01", names(facts.security_groups.iter().map(|it| it.0.as_str())))
        .text("security-groups", "2011-01-01", names(facts.security_groups.iter().map(|it| it.1.as_str())))
        .text("subnet-id", "2011-01-01", facts.subnet.0.as_str())
        .text("subnet-ipv4-cidr-block", "2011-01-01", facts.subnet.1.as_str())
        .text("vpc-id", "2011-01-01", facts.vpc.0.as_str())
        .text("vpc-ipv4-cidr-block", "2011-01-01", facts.vpc.1.as_str())
        .text("vpc-ipv4-cidr-blocks", "2016-06-30", facts.vpc.1.as_str())
}

fn placement(metadata: &Metadata, folder: Folder) -> Folder {
    let facts = &metadata.facts;
    let mut folder = folder.text("availability-zone", "2008-02-01", facts.zone.as_str()).text(
        "availability-zone-id",
        "2019-10-01",
        facts.zone_id.as_str(),
    );
    if let Some(group) = &facts.placement_group {
        folder = folder.text("group-name", "2020-08-24", group.as_str());
    }
    folder.text("region", "2020-08-24", metadata.region.as_str())
}

/// What CloudFormation marks an instance with, and the template.
fn tags(metadata: &Metadata, mut folder: Folder) -> Folder {
    let own = [
        ("aws:cloudformation:logical-id", &metadata.logical_id),
        ("aws:cloudformation:stack-id", &metadata.stack_id),
        ("aws:cloudformation:stack-name", &metadata.stack_name),
    ];
    let own = own.into_iter().map(|(key, value)| (key, value.as_str()));
    let others = metadata.facts.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let mut all: Vec<_> = own.chain(others).collect();
    all.sort_unstable();
    for (key, value) in all {
        folder = folder.text(key, "2021-03-23", value);
    }
    folder
}

fn names<'n>(all: impl Iterator<Item = &'n str>) -> String {
    all.collect::<Vec<_>>().join("\n")
}

/// What an instance of this type runs on: older families are on Xen.
///
/// Source: <https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html>
fn system(instance_type: &str) -> &'static str {
    const XEN: [&str; 24] = [
        "c1", "c3", "c4", "cc2", "cr1", "d2", "f1", "g2", "g3", "g3s", "h1", "hs1", "i2", "i3", "m1", "m2",
        "m3", "m4", "p2", "p3", "r3", "r4", "t1", "t2",
    ];
    let mut parts = instance_type.split('.');
    let family = parts.next().unwrap_or_default();
    let is_metal = parts.next().is_some_and(|it| it.starts_with("metal"));
    let is_xen = XEN.contains(&family) || matches!(family, "x1" | "x1e");
    if is_xen && !is_metal { "xen" } else { "nitro" }
}
