//! Who a request is made as.

use alloc::string::String;
use core::fmt;

use crate::redact;
use crate::secret::Secret;

/// AWS credentials.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html>
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// The access key id, such as `AKIAIOSFODNN7EXAMPLE`; not a secret, if it is not the secret by mistake.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token of temporary credentials.
    pub session_token: Option<Secret>,
    /// Unix seconds after which AWS refuses the key; `None` for a long-term key.
    pub expires_at: Option<u64>,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &redact::access_key_id(&self.id).unwrap_or("…"))
            .field("secret", &self.secret)
            .field("session_token", &self.session_token)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// An EC2 instance's identity document and its signature, verbatim from the metadata service.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceDocument {
    /// The body of `/latest/dynamic/instance-identity/document`.
    pub document: Secret,
    /// The body of `/latest/dynamic/instance-identity/signature`: base64, possibly with line breaks.
    pub signature: Secret,
}

/// Who a request is made as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Signed with Signature Version 4.
    AccessKey(AccessKey),
    /// Presented as `CFN_V1`, which needs no IAM permission.
    Instance(InstanceDocument),
}
