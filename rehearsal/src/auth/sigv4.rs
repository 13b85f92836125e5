//! Signature Version 4 in the `Authorization` header.

use std::time::Duration;

use cfn_signal_component::identity::AccessKey;
use cfn_signal_component::sigv4::verify::{self, Credential};
use cfn_signal_component::sigv4::{self, Authorization, Scope, Settings};

use super::{AuthError, Caller, Presented, Verifier};
use crate::moment::Moment;

/// How far a client's clock may be off.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
const SKEW: Duration = Duration::from_secs(300);

/// The name under which CloudFormation's requests are signed.
const SERVICE: &str = "cloudformation";

impl Verifier {
    pub(super) fn verify_signature(
        &self,
        request: &Presented<'_>,
        authorization: &str,
        now: Moment,
    ) -> Result<Caller, AuthError> {
        let authorization = parse(authorization)?;
        let credential = Credential::parse(&authorization.credential).ok_or_else(|| {
            incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
        })?;
        let key = self.key(credential.id).ok_or(AuthError::UnknownKey)?;
        let token = request.header("x-amz-security-token");
        if token != key.session_token.as_ref().map(|token| token.expose()) {
            return Err(AuthError::UnknownKey);
        }
        self.check_scope(&credential)?;
        check_signed_headers(&authorization.signed_headers)?;
        let signed_at = signed_at(request, &credential)?;
        check_age(signed_at, now)?;
        let expected = self.signature(request, &authorization.signed_headers, &key, signed_at)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(
            expected.as_bytes(),
            authorization.signature.as_bytes(),
        )
        .map_err(|_| AuthError::Mismatch)?;
        Ok(Caller::AccessKey { id: key.id.clone() })
    }

    fn check_scope(&self, credential: &Credential<'_>) -> Result<(), AuthError> {
        if credential.region != self.region {
            return Err(AuthError::Scope(format!(
                "Credential should be scoped to a valid region, not '{}'. ",
                credential.region
            )));
        }
        if credential.service != SERVICE {
            return Err(AuthError::Scope(format!(
                "Credential should be scoped to correct service: '{SERVICE}'. "
            )));
        }
        Ok(())
    }

    /// What the signature ought to be.
    fn signature(
        &self,
        request: &Presented<'_>,
        signed_headers: &str,
        key: &AccessKey,
        signed_at: Moment,
    ) -> Result<String, AuthError> {
        let received = verify::Received {
            method: request.method,
            target: request.target,
            headers: request.headers,
            signed_headers,
            payload_hash: &hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, request.body)),
        };
        let scope = Scope { region: &self.region, service: SERVICE, signed_at: signed_at.as_seconds() };
        let mut keys = self.signing_keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        verify::expected(&received, key, &scope, &Settings::default(), &mut keys)
            .map(|expected| expected.signature)
            // A header that was signed has not arrived.
            .map_err(|_| AuthError::Mismatch)
    }
}

fn parse(header: &str) -> Result<Authorization, AuthError> {
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

fn check_signed_headers(names: &str) -> Result<(), AuthError> {
    for (name, shown) in [("host", "Host"), ("x-amz-date", "X-Amz-Date")] {
        if !names.split(';').any(|candidate| candidate == name) {
            let text = format!("'{shown}' must be a 'SignedHeader' in the AWS Authorization.");
            return Err(AuthError::Scope(text));
        }
    }
    Ok(())
}

/// When it was signed, on the day that the credential names.
fn signed_at(request: &Presented<'_>, credential: &Credential<'_>) -> Result<Moment, AuthError> {
    let date = request.header("x-amz-date").ok_or_else(|| {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    })?;
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

fn check_age(signed_at: Moment, now: Moment) -> Result<(), AuthError> {
    let earliest = now.minus(SKEW);
    let latest = now.plus(SKEW);
    if signed_at.as_seconds() < earliest.as_seconds() {
        return Err(AuthError::Expired {
            signed: signed_at.basic(),
            earliest: earliest.basic(),
            now: now.basic(),
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
