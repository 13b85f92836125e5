//! Bodies of Amazon S3 that are signed chunk by chunk, each with the signature of the one before.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use cfn_signal_core::sigv4::Authorization;
use cfn_signal_core::sigv4::verify::Credential;

use super::{Presented, Verifier};

/// What stands for the hash of a body that comes in chunks.
pub(super) fn is_streaming(hash: &str) -> bool {
    matches!(
        hash,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
            | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
            | "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    )
}

/// Whether its chunks are signed.
pub(crate) fn is_signed(hash: &str) -> bool {
    hash.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
}

/// The signatures of a body's chunks.
pub(crate) struct Chain {
    key: hmac::Key,
    date: String,
    scope: String,
    previous: String,
}

impl Verifier {
    /// The chain that begins with a request's own signature, which is verified before.
    pub(crate) fn chain(&self, request: &Presented<'_>) -> Option<Chain> {
        let authorization = Authorization::parse(request.header("authorization")?)?;
        let credential = Credential::parse(&authorization.credential)?;
        let known = self.keys.find(credential.id)?;
        let first = format!("AWS4{}", known.key.secret.expose());
        let parts = [credential.day, credential.region, credential.service, "aws4_request"];
        let key = parts.iter().fold(hmac::Key::new(HMAC_SHA256, first.as_bytes()), |key, part| {
            hmac::Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
        });
        Some(Chain {
            key,
            date: request.header("x-amz-date")?.to_owned(),
            scope: parts.join("/"),
            previous: authorization.signature,
        })
    }
}

impl Chain {
    /// Whether `given` signs the next chunk.
    pub(crate) fn chunk(&mut self, chunk: &[u8], given: &str) -> bool {
        let hashes = format!("{}\n{}", sha256(b""), sha256(chunk));
        self.link("AWS4-HMAC-SHA256-PAYLOAD", &hashes, given)
    }

    /// Whether `given` signs what comes after the last chunk.
    pub(crate) fn trailer(&mut self, trailer: &str, given: &str) -> bool {
        self.link("AWS4-HMAC-SHA256-TRAILER", &sha256(trailer.as_bytes()), given)
    }

    fn link(&mut self, algorithm: &str, hashes: &str, given: &str) -> bool {
        let text = format!("{algorithm}\n{}\n{}\n{}\n{hashes}", self.date, self.scope, self.previous);
        given.clone_into(&mut self.previous);
        hex::decode(given).is_ok_and(|given| hmac::verify(&self.key, text.as_bytes(), &given).is_ok())
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}
