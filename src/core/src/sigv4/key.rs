//! Signing keys, derived once a day.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::canonical::hex;
use super::{Scope, SignError};
use crate::identity::AccessKey;
use crate::secret::Secret;

type HmacSha256 = Hmac<Sha256>;

/// Enough for a few regions, a renewed session and midnight.
const CAPACITY: usize = 4;

/// The signing keys that were derived last, each ready to sign. They are overwritten when dropped.
///
/// With a key at hand, a signature costs the hash of the canonical request and one HMAC instead of five.
#[derive(Clone, Default)]
pub struct SigningKeys {
    /// The one used last comes first.
    keys: Vec<SigningKey>,
}

/// `HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")`, and what it was derived from.
#[derive(Clone)]
struct SigningKey {
    /// `id/date/region/service/aws4_request`.
    credential: String,
    secret: Secret,
    mac: HmacSha256,
}

impl SigningKeys {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// `string_to_sign`'s signature in lower-case hex. `credential` is made of `key`'s id, `day` and `scope`, and of
    /// those that can be told apart in it.
    pub(super) fn signature(
        &mut self,
        credential: &str,
        key: &AccessKey,
        day: &str,
        scope: &Scope<'_>,
        string_to_sign: &str,
    ) -> Result<String, SignError> {
        let known = self.keys.iter().position(|known| known.is_for(credential, key));
        if let Some(index) = known {
            // Smaller than a rotation, and the key used last stays where it is.
            for place in (0..index).rev() {
                self.keys.swap(place, place + 1);
            }
        } else {
            self.keys.truncate(CAPACITY - 1);
            self.keys.insert(0, SigningKey::derive(credential, key, day, scope)?);
        }
        let mut mac = self.keys.first().ok_or(SignError::Other(None))?.mac.clone();
        mac.update(string_to_sign.as_bytes());
        Ok(hex(finish(mac)))
    }
}

impl SigningKey {
    /// Not inlined: it is called once a day.
    #[inline(never)]
    fn derive(credential: &str, key: &AccessKey, day: &str, scope: &Scope<'_>) -> Result<Self, SignError> {
        let secret = key.secret.expose();
        let mut first = Zeroizing::new(String::with_capacity(4 + secret.len()));
        first.push_str("AWS4");
        first.push_str(secret);
        let mut mac = keyed(first.as_bytes())?;
        for part in &[day, scope.region, scope.service, "aws4_request"] {
            mac.update(part.as_bytes());
            let derived: Zeroizing<[u8; 32]> = Zeroizing::new(finish(mac));
            mac = keyed(derived.as_slice())?;
        }
        Ok(Self { credential: credential.to_owned(), secret: key.secret.clone(), mac })
    }

    fn is_for(&self, credential: &str, key: &AccessKey) -> bool {
        self.credential == credential && self.secret == key.secret
    }
}

/// Shows how many keys there are, and none of them.
impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys").field("keys", &self.keys.len()).finish()
    }
}

/// Not inlined: it is large, and used twice.
#[inline(never)]
fn finish(mac: HmacSha256) -> [u8; 32] {
    mac.finalize().into_bytes().into()
}

/// Not inlined: it is large.
#[inline(never)]
fn keyed(key: &[u8]) -> Result<HmacSha256, SignError> {
    HmacSha256::new_from_slice(key).map_err(|_| SignError::Other(None))
}
