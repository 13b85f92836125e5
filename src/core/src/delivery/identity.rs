//! What a delivery needs to know of an identity.

use alloc::string::String;

use base64ct::{Base64, Encoding as _};

use crate::identity::{Identity, InstanceDocument};
use crate::secret::Secret;

/// Why nothing can be signed with `identity`, if so.
pub(super) fn flaw(identity: &Identity) -> Option<&'static str> {
    match identity {
        Identity::AccessKey(key) if key.id.is_empty() => Some("the access key has no id"),
        Identity::AccessKey(key) if key.secret.is_empty() => Some("the access key has no secret access key"),
        Identity::AccessKey(_) => None,
        Identity::Instance(instance) => {
            let signature = instance.signature.expose().trim();
            if instance.document.expose().trim().is_empty() {
                Some("the instance's identity document is empty")
            } else if signature.is_empty() {
                Some("the instance's identity document has no signature")
            } else if signature.chars().any(|c| !c.is_ascii_graphic() && !matches!(c, '\r' | '\n')) {
                Some("the signature of the instance's identity document is not base64")
            } else {
                None
            }
        }
    }
}

/// Whether `identity` has expired at `now`, in Unix milliseconds.
pub(super) fn has_expired(identity: &Identity, now: u64) -> bool {
    match identity {
        Identity::AccessKey(key) => key.expires_at.is_some_and(|at| at.saturating_mul(1_000) <= now),
        Identity::Instance(_) => false,
    }
}

/// Whether whoever gave `identity` will give another: what has an end is renewed before it, sooner or later.
pub(super) fn is_renewable(identity: &Identity) -> bool {
    matches!(identity, Identity::AccessKey(key) if key.expires_at.is_some())
}

/// An identity document and its signature as `CFN_V1` spells them: in base64, and on one line.
pub(super) struct CfnV1 {
    pub document: Secret,
    pub signature: Secret,
}

impl CfnV1 {
    pub(super) fn new(instance: &InstanceDocument) -> Self {
        let signature = instance.signature.expose().trim_end();
        // With room for all of it: a text that grows leaves its beginning behind in memory.
        let mut one_line = String::with_capacity(signature.len());
        for character in signature.chars().filter(|c| !matches!(c, '\r' | '\n')) {
            one_line.push(character);
        }
        Self {
            document: Base64::encode_string(instance.document.expose().trim_end().as_bytes()).into(),
            signature: one_line.into(),
        }
    }

    /// The `Authorization` header's value.
    pub(super) fn header_value(&self) -> String {
        ["CFN_V1 ", self.document.expose(), ":", self.signature.expose()].concat()
    }
}

#[cfg(test)]
mod tests;
