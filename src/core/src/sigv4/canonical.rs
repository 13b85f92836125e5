//! The canonical request and the string to sign.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::headers::CanonicalHeaders;
use super::query::CanonicalQuery;
use super::stamp::Stamp;
use super::{ALGORITHM, PathEncoding, PathNormalization, Payload, SignError, SigningSettings};
use crate::uri;

/// The SHA-256 of nothing.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is hashed, part by part.
pub(super) struct CanonicalRequest<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a CanonicalQuery<'a>,
    pub(super) headers: &'a CanonicalHeaders<'a>,
    pub(super) signed_headers: &'a str,
    pub(super) payload_hash: &'a str,
}

impl CanonicalRequest<'_> {
    pub(super) fn to_text(&self) -> String {
        let parts = self.method.len() + self.path.len() + self.signed_headers.len() + self.payload_hash.len();
        let mut text = String::with_capacity(parts + self.query.len() + self.headers.len() + 6);
        text.push_str(self.method);
        text.push('\n');
        text.push_str(self.path);
        text.push('\n');
        self.query.write_to(&mut text);
        text.push('\n');
        self.headers.write_to(&mut text);
        text.push('\n');
        text.push_str(self.signed_headers);
        text.push('\n');
        text.push_str(self.payload_hash);
        text
    }
}

/// The payload's hash, or what stands for it.
pub(super) fn payload_hash<'a>(payload: Payload<'a>) -> Result<Cow<'a, str>, SignError> {
    match payload {
        Payload::Bytes([]) => Ok(Cow::Borrowed(EMPTY_SHA256)),
        Payload::Bytes(bytes) => Ok(Cow::Owned(hex(Sha256::digest(bytes).into()))),
        Payload::Sha256(hash) if is_sha256(hash) => Ok(Cow::Borrowed(hash)),
        Payload::Sha256(_) => {
            Err(SignError::Other(Some("the payload's SHA-256 is not 64 lower-case hex digits".to_owned())))
        }
        Payload::Unsigned => Ok(Cow::Borrowed("UNSIGNED-PAYLOAD")),
    }
}

/// The path, normalised and encoded as `settings` say. Encoding once means: whatever the URI leaves unencoded is
/// encoded, and what it encodes is encoded in the one canonical way.
pub(super) fn canonical_path<'a>(path: &'a str, settings: &SigningSettings) -> Cow<'a, str> {
    let path = match settings.path_normalization {
        PathNormalization::On => normalize(path),
        PathNormalization::Off if path.is_empty() => Cow::Borrowed("/"),
        PathNormalization::Off => Cow::Borrowed(path),
    };
    match path {
        Cow::Borrowed(path) => encode(path, settings.path_encoding),
        Cow::Owned(path) => Cow::Owned(encode(&path, settings.path_encoding).into_owned()),
    }
}

/// `AWS4-HMAC-SHA256`, the time, the scope and the canonical request's hash, a line each.
pub(super) fn string_to_sign(stamp: &Stamp, credential_scope: &str, canonical_request: &str) -> String {
    let mut text = String::with_capacity(ALGORITHM.len() + 16 + credential_scope.len() + 64 + 3);
    for line in [ALGORITHM, stamp.as_str(), credential_scope] {
        text.push_str(line);
        text.push('\n');
    }
    push_hex(&mut text, Sha256::digest(canonical_request.as_bytes()).into());
    text
}

/// `hash` in lower-case hex.
pub(super) fn hex(hash: [u8; 32]) -> String {
    let mut digits = String::with_capacity(64);
    push_hex(&mut digits, hash);
    digits
}

/// Not by `hex`, which takes several times as long for its iterators: three hashes are a twentieth of a signature.
fn push_hex(text: &mut String, hash: [u8; 32]) {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    text.push_str(core::str::from_utf8(&digits).unwrap_or_default());
}

fn encode(path: &str, encoding: PathEncoding) -> Cow<'_, str> {
    match encoding {
        PathEncoding::Twice => uri::encode_path(path),
        PathEncoding::Once => uri::encode_path_once(path),
    }
}

/// Removes `.`, `..` and empty segments. Unlike RFC 3986 §5.2.4, which keeps empty ones.
fn normalize(path: &str) -> Cow<'_, str> {
    if path.starts_with("/") && !path.as_bytes().windows(2).any(|pair| matches!(pair, b"//" | b"/.")) {
        return Cow::Borrowed(path);
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_in_folder = true;
    for segment in path.split('/') {
        ends_in_folder = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let mut normalized = String::with_capacity(path.len() + 1);
    for segment in &kept {
        normalized.push('/');
        normalized.push_str(segment);
    }
    if ends_in_folder {
        normalized.push('/');
    }
    Cow::Owned(normalized)
}

fn is_sha256(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}
