//! What is wrong with TLS, in words that say what to do about it.

use std::time::Duration;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error};

use super::tls::is_authority;

/// How many of a certificate's names are told.
const NAMES: usize = 5;
/// The identifiers of SHA-1 with RSA and with ECDSA, in DER.
const SHA1: [&[u8]; 2] =
    [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01]];

/// Why a connection is not secure.
pub(super) fn describe(error: &Error) -> String {
    match error {
        _ if is_authority(error) => {
            "its certificate is a certificate authority's own, which is no server's: trust it in the CA bundle itself, or \
             give the server one that the authority has signed"
                .to_owned()
        }
        Error::InvalidCertificate(fault) => certificate(fault),
        Error::InvalidMessage(_) => "it does not speak TLS".to_owned(),
        Error::AlertReceived(alert) => format!("it refuses TLS ({alert:?})"),
        Error::PeerIncompatible(_) => "it offers no TLS that is safe: 1.2 or 1.3 is needed".to_owned(),
        other => brief(&other.to_string()),
    }
}

/// Whether no other try can change it. A clock that is wrong may be put right: what is not valid yet, or not any more, is no such.
pub(super) fn is_lasting(error: &Error) -> bool {
    let by_the_clock = matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    );
    matches!(error, Error::InvalidCertificate(_)) && !by_the_clock
}

#[expect(deprecated, reason = "rustls may still say it without what goes with it")]
fn certificate(fault: &CertificateError) -> String {
    match fault {
        CertificateError::UnknownIssuer => "its certificate has an issuer that is not trusted".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!("its certificate is {}, not for {}", for_names(presented), expected.to_str())
        }
        CertificateError::NotValidForName => "its certificate is for another name".to_owned(),
        CertificateError::ExpiredContext { time, not_after } => {
            format!("its certificate has expired {} ago", span(*not_after, *time))
        }
        CertificateError::Expired => "its certificate has expired".to_owned(),
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("its certificate is valid only in {}, by this machine's clock", span(*time, *not_before))
        }
        CertificateError::NotValidYet => {
            "its certificate is not valid yet, by this machine's clock".to_owned()
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { signature_algorithm_id: id, .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: id,
            ..
        } if is_sha1(id) => "its certificate is signed with SHA-1, which is not safe".to_owned(),
        CertificateError::UnsupportedSignatureAlgorithm
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate is signed in a way that is not safe, or not known here".to_owned()
        }
        CertificateError::BadSignature => {
            "its certificate is not signed by the issuer that it names, as trusted here".to_owned()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its certificate is not one for servers".to_owned()
        }
        CertificateError::BadEncoding => "its certificate cannot be read".to_owned(),
        CertificateError::Other(other) => {
            format!("its certificate cannot be trusted: {}", brief(&other.0.to_string()))
        }
        other => format!("its certificate cannot be trusted: {}", brief(&other.to_string())),
    }
}

fn is_sha1(id: &[u8]) -> bool {
    SHA1.iter().any(|known| id.windows(known.len()).any(|part| part == *known))
}

/// The names that a certificate has, as webpki tells them: `DnsName("a.example")`.
fn for_names(presented: &[String]) -> String {
    let mut names: Vec<&str> = presented
        .iter()
        .map(|name| name.split_once('(').map_or(name.as_str(), |(_, rest)| rest.trim_end_matches(')')))
        .map(|name| name.trim_matches('"'))
        .collect();
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    match (names.is_empty(), more) {
        (true, _) => "for no name at all (there has to be a subjectAltName)".to_owned(),
        (_, 0) => format!("for {}", names.join(", ")),
        _ => format!("for {} and {more} more", names.join(", ")),
    }
}

fn span(from: UnixTime, to: UnixTime) -> String {
    let time = Duration::from_secs(to.as_secs().saturating_sub(from.as_secs()));
    match (time.as_secs() / 86_400, time.as_secs() / 3600) {
        (0, 0) => format!("{} min", time.as_secs().div_ceil(60)),
        (0, hours) => format!("{hours} h"),
        (days, _) => format!("{days} d"),
    }
}

/// The beginning of a text into which types may have been written.
fn brief(text: &str) -> String {
    text.split('{').next().unwrap_or(text).trim_end().to_owned()
}

#[cfg(test)]
mod tests;
