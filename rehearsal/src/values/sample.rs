//! Values as they look like, by a parameter's type and name.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>

use crate::ids::{Home, Subject, fill};

#[cfg(test)]
mod tests;

/// Elements of a list: as many as there are zones in most regions.
const ELEMENTS: usize = 3;

/// Types whose values are ids, and their forms.
const IDS: [(&str, &str); 10] = [
    ("AWS::EC2::Image::Id", "ami-0{x:16}"),
    ("AWS::EC2::Instance::Id", "i-0{x:16}"),
    ("AWS::EC2::KeyPair::KeyName", "made-up-key"),
    ("AWS::EC2::SecurityGroup::GroupName", "made-up-group-{x:4}"),
    ("AWS::EC2::SecurityGroup::Id", "sg-0{x:16}"),
    ("AWS::EC2::Subnet::Id", "subnet-0{x:16}"),
    ("AWS::EC2::Volume::Id", "vol-0{x:16}"),
    ("AWS::EC2::VPC::Id", "vpc-0{x:16}"),
    ("AWS::Route53::HostedZone::Id", "Z{A:20}"),
    ("AWS::SSM::Parameter::Name", "/made-up/{x:4}"),
];

/// What a text is likely to be, by what its name has in it.
const HINTS: [(&[&str], &str); 26] = [
    (&["subnet"], "subnet-0{x:16}"),
    (&["vpccidr", "vpcblock"], "10.0.0.0/16"),
    (&["vpc"], "vpc-0{x:16}"),
    (&["securitygroup", "sgid"], "sg-0{x:16}"),
    (&["cidr", "allowedip", "remoteaccess", "sshlocation", "iprange"], "10.0.0.0/24"),
    (&["ami", "imageid"], "ami-0{x:16}"),
    (&["email", "mail"], "somebody@example.com"),
    (&["arn"], "arn:{partition}:iam::{account}:role/made-up"),
    (&["url", "uri", "endpoint"], "https://example.com/"),
    (&["zoneid"], "Z{A:20}"),
    (&["availabilityzone", "azs"], "{region}a"),
    (&["domain", "host", "dns", "fqdn"], "www.example.com"),
    (&["instancetype", "instanceclass", "nodetype"], "t3.micro"),
    (&["bucket"], "made-up-bucket-{x:6}"),
    (&["account"], "{account}"),
    (&["region"], "{region}"),
    (&["password", "secret", "token"], "Made-up1{a:12}"),
    (&["user"], "somebody"),
    (&["port"], "8080"),
    (&["enable", "use", "create", "is"], "true"),
    (&["size", "count", "number", "capacity", "timeout", "days", "min", "max"], "1"),
    (&["version"], "1.0"),
    (&["path", "prefix"], "/made-up"),
    (&["key"], "made-up-key"),
    (&["ip", "address"], "10.0.0.20"),
    (&["name", "environment", "env", "stage"], "example"),
];

/// What is tried for text whose name says nothing, or of which the pattern takes nothing else.
const PLAIN: [&str; 16] = [
    "example",
    "Example1",
    "1",
    "true",
    "yes",
    "10.0.0.0/16",
    "10.0.0.20",
    "www.example.com",
    "https://example.com/",
    "somebody@example.com",
    "t3.micro",
    "{region}",
    "{region}a",
    "{account}",
    "arn:{partition}:iam::{account}:role/made-up",
    "/made-up",
];

/// Values of a type that is no string and no number; none where the type says nothing.
pub(super) fn typed(kind: &str, name: &str, home: Home<'_>) -> Option<String> {
    let element = kind.strip_prefix("List<").and_then(|it| it.strip_suffix('>'));
    let one = |seed: &str| match element.unwrap_or(kind) {
        "AWS::EC2::AvailabilityZone::Name" => Some(zone(seed, home)),
        other => IDS.iter().find(|(known, _)| *known == other).map(|(_, form)| made(form, seed, home)),
    };
    match element {
        None => one(name),
        Some(_) => list(name, one),
    }
}

/// What text may be: by its name, then in general. `is_list` gives some of each, which differ where they can.
pub(super) fn texts(name: &str, is_list: bool, home: Home<'_>) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let hinted = HINTS
        .iter()
        .filter(|(words, _)| words.iter().any(|word| lower.contains(word)))
        .map(|(_, form)| *form);
    let forms = hinted.chain(PLAIN);
    forms
        .filter_map(|form| {
            if !is_list {
                return Some(made(form, name, home));
            }
            list(name, |seed| match form {
                "{region}a" => Some(zone(seed, home)),
                form => Some(made(form, seed, home)),
            })
        })
        .collect()
}

fn list(name: &str, one: impl Fn(&str) -> Option<String>) -> Option<String> {
    let elements: Option<Vec<String>> = (1..=ELEMENTS).map(|at| one(&format!("{name}{at}"))).collect();
    let mut elements = elements?;
    elements.dedup();
    Some(elements.join(","))
}

/// Each element has a zone of its own.
fn zone(seed: &str, home: Home<'_>) -> String {
    let letter = match seed.chars().last() {
        Some('2') => 'b',
        Some('3') => 'c',
        _ => 'a',
    };
    format!("{}{letter}", home.region)
}

fn made(form: &str, seed: &str, home: Home<'_>) -> String {
    fill(form, Subject { reference: "", home, seed })
}
