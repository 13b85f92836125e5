//! An instance's metadata, version 2; version 1 too, where the instance needs no tokens.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::json;

use super::{Received, Reply, plain};
use crate::account::Metadata;
use crate::clock;
use crate::moment::Moment;

/// Where a session token is asked for.
pub(super) const TOKEN_PATH: &str = "/latest/api/token";
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
/// The longest a token may be valid, in seconds.
const MAX_TTL: u64 = 21_600;

pub(super) fn answer(metadata: &Metadata, request: &Received) -> Reply {
    let now = clock::wall();
    if !metadata.options.answers {
        return page(StatusCode::FORBIDDEN, "403 - Forbidden");
    }
    match request.method.as_str() {
        "PUT" if request.path == TOKEN_PATH => token(metadata, request, now.as_seconds()),
        "GET" | "HEAD" => {
            let accepted = match request.header(TOKEN_HEADER) {
                _ if request.met.needs_no_token() => true,
                Some(token) => metadata.tokens.accepts(token, now.as_seconds()),
                None => !metadata.options.needs_token,
            };
            if !accepted {
                return page(StatusCode::UNAUTHORIZED, "401 - Unauthorized");
            }
            match get(metadata, request.path.trim_end_matches('/'), now) {
                Some(body) => plain(StatusCode::OK, "text/plain", body),
                None => page(StatusCode::NOT_FOUND, "404 - Not Found"),
            }
        }
        _ => page(StatusCode::METHOD_NOT_ALLOWED, "405 - Method Not Allowed"),
    }
}

fn token(metadata: &Metadata, request: &Received, now: u64) -> Reply {
    if request.header("x-forwarded-for").is_some() {
        return page(StatusCode::FORBIDDEN, "403 - Forbidden");
    }
    let ttl = request.header(TTL_HEADER).and_then(|ttl| ttl.trim().parse::<u64>().ok());
    let Some(ttl) = ttl.filter(|ttl| (1..=MAX_TTL).contains(ttl)) else {
        return page(StatusCode::BAD_REQUEST, "400 - Bad Request");
    };
    let mut reply = plain(StatusCode::OK, "text/plain", metadata.tokens.issue(now.saturating_add(ttl)));
    reply.headers_mut().insert(TTL_HEADER, HeaderValue::from(ttl));
    reply
}

fn get(metadata: &Metadata, path: &str, now: Moment) -> Option<Vec<u8>> {
    let role = &metadata.role.role;
    let text = match path.strip_prefix("/latest")? {
        "" => "dynamic\nmeta-data\nuser-data".to_owned(),
        "/user-data" => return metadata.user_data.get().map(|it| it.to_vec()),
        "/dynamic" => "instance-identity/".to_owned(),
        "/dynamic/instance-identity" => "document\nsignature".to_owned(),
        "/dynamic/instance-identity/document" => document(metadata),
        "/dynamic/instance-identity/signature" => metadata.identity.sign(&document(metadata)).ok()?,
        path => match path.strip_prefix("/meta-data")? {
            "" => {
                "ami-id\nhostname\niam/\ninstance-id\ninstance-type\nlocal-hostname\nlocal-ipv4\nplacement/\n\
                   tags/"
                    .to_owned()
            }
            "/ami-id" => "ami-0123456789abcdef0".to_owned(),
            "/hostname" | "/local-hostname" => metadata.address.host.clone(),
            "/instance-id" => metadata.instance_id.clone(),
            "/instance-type" => "t3.micro".to_owned(),
            "/local-ipv4" => metadata.address.address.clone(),
            "/placement" => "availability-zone\nregion".to_owned(),
            "/placement/availability-zone" => zone(metadata),
            "/placement/region" => metadata.region.clone(),
            "/iam" => "info\nsecurity-credentials/".to_owned(),
            "/iam/info" => iam_info(metadata, now),
            "/iam/security-credentials" => role.clone(),
            "/tags" => "instance/".to_owned(),
            "/tags/instance" => {
                "aws:cloudformation:logical-id\naws:cloudformation:stack-id\naws:cloudformation:stack-name"
                    .to_owned()
            }
            "/tags/instance/aws:cloudformation:stack-name" => metadata.stack_name.clone(),
            "/tags/instance/aws:cloudformation:stack-id" => metadata.stack_id.clone(),
            "/tags/instance/aws:cloudformation:logical-id" => metadata.logical_id.clone(),
            path => match path.strip_prefix("/iam/security-credentials/")? {
                name if name == role => credentials(metadata, now),
                _ => return None,
            },
        },
    };
    Some(text.into_bytes())
}

fn zone(metadata: &Metadata) -> String {
    format!("{}a", metadata.region)
}

/// The instance identity document, which `CFN_V1` shows to CloudFormation.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html>
fn document(metadata: &Metadata) -> String {
    pretty(&json!({
        "accountId": metadata.account_id,
        "architecture": "x86_64",
        "availabilityZone": zone(metadata),
        "billingProducts": null,
        "devpayProductCodes": null,
        "imageId": "ami-0123456789abcdef0",
        "instanceId": metadata.instance_id,
        "instanceType": "t3.micro",
        "kernelId": null,
        "marketplaceProductCodes": null,
        "pendingTime": seconds(metadata.launched),
        "privateIp": metadata.address.address,
        "ramdiskId": null,
        "region": metadata.region,
        "version": "2017-09-30",
    }))
}

fn iam_info(metadata: &Metadata, now: Moment) -> String {
    pretty(&json!({
        "Code": "Success",
        "LastUpdated": seconds(now),
        "InstanceProfileArn":
            format!("arn:aws:iam::{}:instance-profile/{}", metadata.account_id, metadata.role.role),
        "InstanceProfileId": "AIPAREHEARSALREHEARSAL",
    }))
}

fn credentials(metadata: &Metadata, now: Moment) -> String {
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

/// `2026-01-31T20:14:16Z`: clients parse no fractions here.
fn seconds(moment: Moment) -> String {
    let text = moment.iso_8601();
    format!("{}Z", text.split('.').next().unwrap_or_default())
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

pub(super) fn page(status: StatusCode, title: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html><head><title>{title}</title></head><body><h1>{title}\
         </h1></body></html>\n"
    );
    plain(status, "text/html", body)
}
