//! What an instance's metadata holds.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cfn_signal_core::identity::AccessKey;

use super::facts::Facts;
use crate::auth::IdentityKey;
use crate::ids::{self, NoRandomness};
use crate::moment::Moment;
use crate::template::{Address, MetadataOptions};

/// What an instance's role gives.
#[derive(Clone, Debug)]
pub(crate) struct RoleCredentials {
    /// The role's name.
    pub(crate) role: String,
    /// Temporary credentials; all who have the role have the same.
    key: Arc<RwLock<Arc<AccessKey>>>,
}

impl RoleCredentials {
    /// The role called `role`, and its first credentials.
    pub(crate) fn new(role: String, key: AccessKey) -> Self {
        Self { role, key: Arc::new(RwLock::new(Arc::new(key))) }
    }

    /// The present credentials.
    pub(crate) fn key(&self) -> Arc<AccessKey> {
        Arc::clone(&self.key.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives new ones from now on.
    pub(crate) fn renew(&self, key: AccessKey) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

/// What an instance runs at its first boot, decoded, as far as it is known.
#[derive(Clone, Default)]
pub(crate) struct UserData(Arc<RwLock<Option<Arc<[u8]>>>>);

impl UserData {
    pub(crate) fn get(&self) -> Option<Arc<[u8]>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// It is known by now.
    pub(crate) fn set(&self, user_data: Option<Arc<[u8]>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = user_data;
    }
}

/// What an instance can learn of itself.
pub(crate) struct Metadata {
    /// Such as `i-0123456789abcdef0`.
    pub(crate) instance_id: String,
    /// Its logical id, a tag.
    pub(crate) logical_id: String,
    /// Its stack's name, a tag.
    pub(crate) stack_name: String,
    /// Its stack's ARN, a tag.
    pub(crate) stack_id: String,
    /// Such as `eu-west-1`.
    pub(crate) region: String,
    /// Twelve digits.
    pub(crate) account_id: String,
    /// Where it is.
    pub(crate) address: Address,
    /// Its role.
    pub(crate) role: RoleCredentials,
    /// What else is known of it.
    pub(crate) facts: Facts,
    /// How it answers.
    pub(crate) options: MetadataOptions,
    /// As the template has it.
    pub(crate) user_data: UserData,
    /// Signs the identity document.
    pub(crate) identity: Arc<IdentityKey>,
    /// When it was launched.
    pub(crate) launched: Moment,
    /// Makes tokens that only this service can have made.
    pub(crate) tokens: TokenKey,
}

/// The key behind the session tokens: none of them has to be remembered.
pub(crate) struct TokenKey(hmac::Key);

impl TokenKey {
    /// A new key.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`].
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &ids::random::<32>()?)))
    }

    /// A token that is good until `expires`, in seconds since 1970.
    pub(crate) fn issue(&self, expires: u64) -> String {
        let expires = expires.to_be_bytes();
        let mut token = expires.to_vec();
        token.extend_from_slice(hmac::sign(&self.0, &expires).as_ref());
        URL_SAFE.encode(token)
    }

    /// Seconds for which `token` is still good at `now`; none where it is not, or this did not make it.
    pub(crate) fn left(&self, token: &str, now: u64) -> Option<u64> {
        let token = URL_SAFE.decode(token.trim()).ok()?;
        let (expires, tag) = token.split_first_chunk::<8>()?;
        hmac::verify(&self.0, expires, tag).ok()?;
        u64::from_be_bytes(*expires).checked_sub(now).filter(|left| *left > 0)
    }
}
