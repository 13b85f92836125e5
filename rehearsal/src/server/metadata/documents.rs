//! The documents among the metadata: who the instance is, and whose role it has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cfn_signal_core::endpoint::Partition;
use serde_json::{Value, json};

use crate::account::Metadata;
use crate::auth::signed_document;
use crate::moment::Moment;

/// The instance identity document, which `CFN_V1` shows to CloudFormation.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html>
pub(super) fn identity(metadata: &Metadata) -> String {
    let facts = &metadata.facts;
    pretty(&json!({
        "accountId": metadata.account_id,
        "architecture": architecture(&facts.instance_type),
        "availabilityZone": facts.zone,
        "billingProducts": null,
        "devpayProductCodes": null,
        "imageId": facts.image,
        "instanceId": metadata.instance_id,
        "instanceType": facts.instance_type,
        "kernelId": null,
        "marketplaceProductCodes": null,
        "pendingTime": seconds(metadata.launched),
        "privateIp": metadata.address.address,
        "ramdiskId": null,
        "region": metadata.region,
        "version": "2017-09-30",
    }))
}

pub(super) fn signature(metadata: &Metadata) -> Option<String> {
    metadata.identity.sign(&identity(metadata)).ok()
}

/// The document and its signature in one, in lines of 64.
pub(super) fn pkcs7(metadata: &Metadata) -> Option<String> {
    let document = identity(metadata);
    let signature = signature(metadata)?.replace('\n', "");
    let signed = signed_document(document.as_bytes(), &STANDARD.decode(signature).ok()?);
    let text = STANDARD.encode(signed);
    let lines = (0..text.len()).step_by(64).filter_map(|from| text.get(from..(from + 64).min(text.len())));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Whose role it has.
pub(super) fn profile(metadata: &Metadata, now: Moment) -> String {
    let partition = Partition::of(&metadata.region).name();
    let profile = metadata.facts.profile.as_ref().unwrap_or(&metadata.role.role);
    pretty(&json!({
        "Code": "Success",
        "LastUpdated": seconds(now),
        "InstanceProfileArn": format!("arn:{partition}:iam::{}:instance-profile/{profile}", metadata.account_id),
        "InstanceProfileId": "AIPAREHEARSALREHEARSAL",
    }))
}

/// The role's.
pub(super) fn credentials(metadata: &Metadata, now: Moment) -> String {
    let key = metadata.role.key();
    let expires = key.expires_at.map_or(now, |seconds| Moment::from_millis(seconds.saturating_mul(1000)));
    pretty(&json!({
        "Code": "Success",
        "LastUpdated": seconds(now),
        "Type": "AWS-HMAC",
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret.expose(),
        "Token": key.session_token.as_ref().map_or("", |token| token.expose()),
        "Expiration": seconds(expires),
    }))
}

/// The instance's own, which Amazon's tools in it use: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>,
/// "Instance identity roles".
pub(super) fn own_identity(metadata: &Metadata, now: Moment) -> String {
    pretty(&json!({ "Code": "Success", "LastUpdated": seconds(now), "AccountId": metadata.account_id }))
}

/// Credentials of that one: nothing that is rehearsed accepts them.
pub(super) fn own_credentials(metadata: &Metadata, now: Moment) -> String {
    let expires = now.plus(std::time::Duration::from_secs(6 * 3600));
    let made = |what: u64| metadata.tokens.issue(what).trim_end_matches('=').to_owned();
    let id: String = made(1).chars().filter(|it| it.is_ascii_uppercase()).cycle().take(16).collect();
    pretty(&json!({
        "Code": "Success",
        "LastUpdated": seconds(now),
        "Type": "AWS-HMAC",
        "AccessKeyId": format!("ASIA{id}"),
        "SecretAccessKey": made(2),
        "Token": made(3),
        "Expiration": seconds(expires),
    }))
}

/// Families whose names have a `g` after the number are Arm's.
fn architecture(instance_type: &str) -> &'static str {
    let family = instance_type.split('.').next().unwrap_or_default();
    let options = family.trim_start_matches(|it: char| it.is_ascii_alphabetic());
    let options = options.trim_start_matches(|it: char| it.is_ascii_digit());
    if options.contains('g') || family == "a1" { "arm64" } else { "x86_64" }
}

/// `2026-01-31T20:14:16Z`: clients parse no fractions here.
fn seconds(moment: Moment) -> String {
    let text = moment.iso_8601();
    format!("{}Z", text.split('.').next().unwrap_or_default())
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
