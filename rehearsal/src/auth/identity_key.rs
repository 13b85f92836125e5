//! The key pair behind the instance identity documents.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An RSA key pair of the rehearsal's own. It is generated when it is first needed: starting takes no time.
#[derive(Default)]
pub struct IdentityKey {
    pair: OnceLock<Option<KeyPair>>,
}

/// No key pair could be made, or it did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instance identity key cannot sign")]
pub struct KeyError;

impl IdentityKey {
    /// The signature of a document as the metadata service shows it: RSA with SHA-256, base64 in lines of 76.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn sign(&self, document: &str) -> Result<String, KeyError> {
        let pair = self.pair()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), document.as_bytes(), &mut signature)
            .map_err(|_| KeyError)?;
        let text = STANDARD.encode(signature);
        let lines: Vec<_> = (0..text.len())
            .step_by(76)
            .filter_map(|from| text.get(from..(from + 76).min(text.len())))
            .collect();
        Ok(lines.join("\n"))
    }

    /// Whether `signature` is this key's over `document`.
    #[must_use]
    pub fn verifies(&self, document: &[u8], signature: &[u8]) -> bool {
        // Without a pair nothing was ever signed.
        let Some(Some(pair)) = self.pair.get() else { return false };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())
            .verify(document, signature)
            .is_ok()
    }

    fn pair(&self) -> Result<&KeyPair, KeyError> {
        self.pair.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).ok()).as_ref().ok_or(KeyError)
    }
}
