//! An instance's metadata, version 2.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cfn_signal_core::identity::AccessKey;
use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::json;

use super::{Received, Reply, plain};
use crate::auth::IdentityKey;
use crate::clock;
use crate::ids::{self, NoRandomness};
use crate::moment::Moment;

/// Where a session token is asked for.
pub(super) const TOKEN_PATH: &str = "/latest/api/token";
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
/// The longest a token may be valid, in seconds.
const MAX_TTL: u64 = 21_600;

/// What an instance's role gives.
#[derive(Clone, Debug)]
pub struct RoleCredentials {
    /// The role's name.
    pub role: String,
    /// Temporary credentials; all who have the role have the same.
    key: Arc<RwLock<Arc<AccessKey>>>,
}

impl RoleCredentials {
    /// The role called `role`, and its first credentials.
    #[must_use]
    pub fn new(role: String, key: AccessKey) -> Self {
        Self { role, key: Arc::new(RwLock::new(Arc::new(key))) }
    }

    /// The present credentials.
    #[must_use]
    pub fn key(&self) -> Arc<AccessKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives new ones from now on.
    pub fn renew(&self, key: AccessKey) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

/// What an instance can learn of itself.
pub struct Metadata {
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
    /// Its logical id, a tag.
    pub logical_id: String,
    /// Its stack's name, a tag.
    pub stack_name: String,
    /// Its stack's ARN, a tag.
    pub stack_id: String,
    /// Such as `eu-west-1`.
    pub region: String,
    /// Twelve digits.
    pub account_id: String,
    /// Its role.
    pub role: RoleCredentials,
    /// As the template has it, decoded.
    pub user_data: Option<Vec<u8>>,
    /// Signs the identity document.
    pub identity: Arc<IdentityKey>,
    /// When it was launched.
    pub launched: Moment,
    /// Makes tokens that only this service can have made.
    pub tokens: TokenKey,
}

/// The key behind the session tokens: none of them has to be remembered.
pub struct TokenKey(hmac::Key);

impl TokenKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`].
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &ids::random::<32>()?)))
    }

    fn issue(&self, expires: u64) -> String {
        let expires = expires.to_be_bytes();
        let mut token = expires.to_vec();
        token.extend_from_slice(hmac::sign(&self.0, &expires).as_ref());
        URL_SAFE.encode(token)
    }

    fn accepts(&self, token: &str, now: u64) -> bool {
        let Ok(token) = URL_SAFE.decode(token.trim()) else { return false };
        let Some((expires, tag)) = token.split_first_chunk::<8>() else { return false };
        hmac::verify(&self.0, expires, tag).is_ok() && u64::from_be_bytes(*expires) > now
    }
}

impl Metadata {
    pub(super) fn answer(&self, request: &Received) -> Reply {
        let now = clock::wall();
        match request.method.as_str() {
            "PUT" if request.path == TOKEN_PATH => self.token(request, now.as_seconds()),
            "GET" | "HEAD" => {
                let accepted = request.met.needs_no_token()
                    || request
                        .header(TOKEN_HEADER)
                        .is_some_and(|token| self.tokens.accepts(token, now.as_seconds()));
                if !accepted {
                    return page(StatusCode::UNAUTHORIZED, "401 - Unauthorized");
                }
                match self.get(request.path.trim_end_matches('/'), now) {
                    Some(body) => plain(StatusCode::OK, "text/plain", body),
                    None => page(StatusCode::NOT_FOUND, "404 - Not Found"),
                }
            }
            _ => page(StatusCode::METHOD_NOT_ALLOWED, "405 - Method Not Allowed"),
        }
    }

    fn token(&self, request: &Received, now: u64) -> Reply {
        if request.header("x-forwarded-for").is_some() {
            return page(StatusCode::FORBIDDEN, "403 - Forbidden");
        }
        let ttl = request.header(TTL_HEADER).and_then(|ttl| ttl.trim().parse::<u64>().ok());
        let Some(ttl) = ttl.filter(|ttl| (1..=MAX_TTL).contains(ttl)) else {
            return page(StatusCode::BAD_REQUEST, "400 - Bad Request");
        };
        let mut reply = plain(StatusCode::OK, "text/plain", self.tokens.issue(now.saturating_add(ttl)));
        reply.headers_mut().insert(TTL_HEADER, HeaderValue::from(ttl));
        reply
    }

    fn get(&self, path: &str, now: Moment) -> Option<Vec<u8>> {
        let role = &self.role.role;
        let text = match path.strip_prefix("/latest")? {
            "" => "dynamic\nmeta-data\nuser-data".to_owned(),
            "/user-data" => return self.user_data.clone(),
            "/dynamic" => "instance-identity/".to_owned(),
            "/dynamic/instance-identity" => "document\nsignature".to_owned(),
            "/dynamic/instance-identity/document" => self.document(),
            "/dynamic/instance-identity/signature" => self.identity.sign(&self.document()).ok()?,
            path => match path.strip_prefix("/meta-data")? {
                "" => "ami-id\nhostname\niam/\ninstance-id\ninstance-type\nlocal-hostname\nlocal-ipv4\nplacement/\n\
                       tags/"
                    .to_owned(),
                "/ami-id" => "ami-0123456789abcdef0".to_owned(),
                "/hostname" | "/local-hostname" => format!("ip-10-0-0-10.{}.compute.internal", self.region),
                "/instance-id" => self.instance_id.clone(),
                "/instance-type" => "t3.micro".to_owned(),
                "/local-ipv4" => "10.0.0.10".to_owned(),
                "/placement" => "availability-zone\nregion".to_owned(),
                "/placement/availability-zone" => self.zone(),
                "/placement/region" => self.region.clone(),
                "/iam" => "info\nsecurity-credentials/".to_owned(),
                "/iam/info" => self.iam_info(now),
                "/iam/security-credentials" => role.clone(),
                "/tags" => "instance/".to_owned(),
                "/tags/instance" => {
                    "aws:cloudformation:logical-id\naws:cloudformation:stack-id\naws:cloudformation:stack-name"
                        .to_owned()
                }
                "/tags/instance/aws:cloudformation:stack-name" => self.stack_name.clone(),
                "/tags/instance/aws:cloudformation:stack-id" => self.stack_id.clone(),
                "/tags/instance/aws:cloudformation:logical-id" => self.logical_id.clone(),
                path => match path.strip_prefix("/iam/security-credentials/")? {
                    name if name == role => self.credentials(now),
                    _ => return None,
                },
            },
        };
        Some(text.into_bytes())
    }

    fn zone(&self) -> String {
        format!("{}a", self.region)
    }

    /// The instance identity document, which `CFN_V1` shows to CloudFormation.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html>
    fn document(&self) -> String {
        pretty(&json!({
            "accountId": self.account_id,
            "architecture": "x86_64",
            "availabilityZone": self.zone(),
            "billingProducts": null,
            "devpayProductCodes": null,
            "imageId": "ami-0123456789abcdef0",
            "instanceId": self.instance_id,
            "instanceType": "t3.micro",
            "kernelId": null,
            "marketplaceProductCodes": null,
            "pendingTime": seconds(self.launched),
            "privateIp": "10.0.0.10",
            "ramdiskId": null,
            "region": self.region,
            "version": "2017-09-30",
        }))
    }

    fn iam_info(&self, now: Moment) -> String {
        pretty(&json!({
            "Code": "Success",
            "LastUpdated": seconds(now),
            "InstanceProfileArn":
                format!("arn:aws:iam::{}:instance-profile/{}", self.account_id, self.role.role),
            "InstanceProfileId": "AIPAREHEARSALREHEARSAL",
        }))
    }

    fn credentials(&self, now: Moment) -> String {
        let key = self.role.key();
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
