//! Signature Version 4, in the `Authorization` header or in the query.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::verify::{self, Credential, Expected};
use cfn_signal_core::sigv4::{self, Authorization, PathEncoding, PathNormalization, Scope, SigningSettings};

use super::presigned::{self, Presigned};
use super::{AuthError, Caller, Presented, S3, Verifier, streaming};
use crate::moment::Moment;

/// How far a client's clock may be off.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
const SKEW: Duration = Duration::from_secs(300);

/// A signature and what it says of itself, wherever in the request it stands.
struct Claim<'a> {
    credential: &'a str,
    date: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    token: Option<&'a str>,
    /// How long ago it may have been made.
    age: Duration,
}

impl Verifier {
    pub(super) fn verify_signature(
        &self,
        request: &Presented<'_>,
        authorization: &str,
        now: Moment,
    ) -> Result<Caller, AuthError> {
        let authorization = parse(authorization)?;
        check_signed_header(&authorization.signed_headers, "host", "Host")?;
        check_signed_header(&authorization.signed_headers, "x-amz-date", "X-Amz-Date")?;
        check_amazons_headers(request, &authorization.signed_headers)?;
        let date = request.header("x-amz-date").ok_or_else(|| {
            incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        })?;
        let claim = Claim {
            credential: &authorization.credential,
            date,
            signed_headers: &authorization.signed_headers,
            signature: &authorization.signature,
            token: request.header("x-amz-security-token"),
            age: SKEW,
        };
        self.verify_claim(request, &claim, now)
    }

    pub(super) fn verify_presigned(
        &self,
        request: &Presented<'_>,
        presigned: &Presigned,
        now: Moment,
    ) -> Result<Caller, AuthError> {
        check_signed_header(&presigned.signed_headers, "host", "Host")?;
        check_amazons_headers(request, &presigned.signed_headers)?;
        let claim = Claim {
            credential: &presigned.credential,
            date: &presigned.date,
            signed_headers: &presigned.signed_headers,
            signature: &presigned.signature,
            token: presigned.token.as_deref(),
            age: presigned.valid_for,
        };
        self.verify_claim(request, &claim, now)
    }

    fn verify_claim(
        &self,
        request: &Presented<'_>,
        claim: &Claim<'_>,
        now: Moment,
    ) -> Result<Caller, AuthError> {
        let credential = Credential::parse(claim.credential).ok_or_else(|| {
            incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
        })?;
        let known = self.keys.find(credential.id).ok_or(AuthError::UnknownKey)?;
        let key = &known.key;
        let is_right = match (claim.token, &key.session_token) {
            (None, None) => true,
            (Some(given), Some(token)) => {
                verify_slices_are_equal(given.as_bytes(), token.expose().as_bytes()).is_ok()
            }
            _ => false,
        };
        if !is_right {
            return Err(AuthError::UnknownKey);
        }
        if key.expires_at.is_some_and(|expires_at| expires_at <= now.as_seconds()) {
            return Err(AuthError::ExpiredToken);
        }
        self.check_scope(&credential, request)?;
        let signed_at = signed_at(claim.date, &credential)?;
        check_age(signed_at, claim.age, now)?;
        let expected = self.signature(request, claim.signed_headers, key, signed_at)?;
        if !expected.matches(claim.signature) {
            return Err(AuthError::Mismatch);
        }
        Ok(Caller::AccessKey { principal: known.principal.clone() })
    }

    fn check_scope(&self, credential: &Credential<'_>, request: &Presented<'_>) -> Result<(), AuthError> {
        let service = request.service;
        if credential.region != self.region_of(request) {
            return Err(AuthError::Region { given: credential.region.to_owned() });
        }
        if credential.service != service {
            return Err(AuthError::Scope(format!(
                "Credential should be scoped to correct service: '{service}'. "
            )));
        }
        Ok(())
    }

    fn region_of<'a>(&'a self, request: &Presented<'a>) -> &'a str {
        request.region.unwrap_or(&self.region)
    }

    /// What the signature ought to be.
    fn signature(
        &self,
        request: &Presented<'_>,
        signed_headers: &str,
        key: &AccessKey,
        signed_at: Moment,
    ) -> Result<Expected, AuthError> {
        let own = hex::encode(digest(&SHA256, request.body));
        let (settings, payload_hash) = if request.service == S3 {
            (s3(), payload_hash(request, &own)?)
        } else {
            // The body's own, whatever `x-amz-content-sha256` says: only Amazon S3 goes by that.
            (SigningSettings::default(), own.as_str())
        };
        let received = verify::Received {
            method: request.method,
            target: request.target,
            headers: request.headers,
            signed_headers,
            payload_hash,
        };
        let scope = Scope {
            region: self.region_of(request),
            service: request.service,
            signed_at: signed_at.as_seconds(),
        };
        let mut keys = self.signing_keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        verify::expected(&received, key, &scope, &settings, &mut keys)
            // A header that was signed has not arrived.
            .map_err(|_| AuthError::Mismatch)
    }
}

/// How requests of Amazon S3 are signed.
fn s3() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.path_encoding = PathEncoding::Once;
    settings.path_normalization = PathNormalization::Off;
    settings
}

/// What stands for the body in a request of Amazon S3: its hash, `own` if it is right, or the words that there is none.
fn payload_hash<'a>(request: &'a Presented<'_>, own: &'a str) -> Result<&'a str, AuthError> {
    match request.header("x-amz-content-sha256") {
        Some(given @ "UNSIGNED-PAYLOAD") => Ok(given),
        // Its chunks are looked at one by one.
        Some(given) if streaming::is_streaming(given) => Ok(given),
        // Who is given a URL does not know yet what will be put there.
        None if presigned::is_signed(request.target) => Ok("UNSIGNED-PAYLOAD"),
        Some(given) if given == own => Ok(own),
        _ => Err(AuthError::Mismatch),
    }
}

fn parse(header: &str) -> Result<Authorization, AuthError> {
    if has_half_a_pair(header) {
        return Err(AuthError::Incomplete(format!(
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with \
             Base64): '{}'.",
            STANDARD.encode(digest(&SHA256, header.as_bytes()))
        )));
    }
    if let Some(authorization) = Authorization::parse(header) {
        return Ok(authorization);
    }
    let missing = ["Credential", "Signature", "SignedHeaders"]
        .iter()
        .find(|name| !header.contains(&format!("{name}=")));
    Err(match missing {
        Some(name) if header.starts_with(sigv4::ALGORITHM) => {
            AuthError::Incomplete(format!("Authorization header requires '{name}' parameter."))
        }
        _ => incomplete("Authorization header requires the algorithm AWS4-HMAC-SHA256."),
    })
}

/// Whether a part of a header of this algorithm is no pair, as where a key id has a space before it.
fn has_half_a_pair(header: &str) -> bool {
    let parts = header.strip_prefix(sigv4::ALGORITHM).unwrap_or_default();
    parts.split([',', ' ']).any(|part| !part.is_empty() && !part.contains('='))
}

/// Every header of Amazon's that arrives has to be a signed one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn check_amazons_headers(request: &Presented<'_>, names: &str) -> Result<(), AuthError> {
    let mut amazons = request.headers.iter().map(|(name, _)| name).filter(|name| name.starts_with("x-amz-"));
    amazons.try_for_each(|name| check_signed_header(names, name, &shown(name)))
}

/// A header's name as the service writes it: `X-Amz-Security-Token`.
fn shown(name: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}

fn check_signed_header(names: &str, name: &str, shown: &str) -> Result<(), AuthError> {
    if names.split(';').any(|candidate| candidate == name) {
        return Ok(());
    }
    Err(AuthError::Scope(format!("'{shown}' must be a 'SignedHeader' in the AWS Authorization.")))
}

/// When it was signed, on the day that the credential names.
fn signed_at(date: &str, credential: &Credential<'_>) -> Result<Moment, AuthError> {
    let seconds = verify::parse_date(date).ok_or_else(|| {
        incomplete("Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601")
    })?;
    let day = date.get(..8).unwrap_or_default();
    if day != credential.day {
        return Err(AuthError::Scope(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', \
             from '{date}'.",
            credential.day
        )));
    }
    Ok(Moment::from_millis(seconds.saturating_mul(1000)))
}

fn check_age(signed_at: Moment, age: Duration, now: Moment) -> Result<(), AuthError> {
    let earliest = now.minus(age);
    let latest = now.plus(SKEW);
    if signed_at.as_seconds() < earliest.as_seconds() {
        return Err(AuthError::Expired {
            signed: signed_at.basic(),
            earliest: earliest.basic(),
            now: now.basic(),
            minutes: age.as_secs().div_ceil(60),
        });
    }
    if signed_at.as_seconds() > latest.as_seconds() {
        return Err(AuthError::NotYetCurrent {
            signed: signed_at.basic(),
            latest: latest.basic(),
            now: now.basic(),
        });
    }
    Ok(())
}

fn incomplete(text: &str) -> AuthError {
    AuthError::Incomplete(text.to_owned())
}
