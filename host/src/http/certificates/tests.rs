#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, Error, OtherError};

use super::{SHA1, describe};

fn told(fault: CertificateError) -> String {
    describe(&Error::InvalidCertificate(fault))
}

fn names(presented: &[&str]) -> String {
    told(CertificateError::NotValidForNameContext {
        expected: ServerName::try_from("a.example").unwrap(),
        presented: presented.iter().map(|name| (*name).to_owned()).collect(),
    })
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

#[test]
fn a_wrong_name_says_which_was_wanted_and_which_there_are() {
    assert_eq!(names(&["DnsName(\"b.example\")"]), "its certificate is for b.example, not for a.example");
    assert_eq!(
        names(&["DnsName(\"*.b.example\")", "IpAddress(127.0.0.1)"]),
        "its certificate is for *.b.example, 127.0.0.1, not for a.example"
    );
    assert_eq!(
        names(&[]),
        "its certificate is for no name at all (there has to be a subjectAltName), not for a.example"
    );
    let many: Vec<String> = (0..9).map(|number| format!("DnsName(\"{number}.example\")")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        names(&many),
        "its certificate is for 0.example, 1.example, 2.example, 3.example, 4.example and 4 more, not for a.example"
    );
}

#[test]
fn a_wrong_time_says_by_how_much() {
    let (time, day) = (1_700_000_000, 86_400);
    for (not_after, ago) in [(time - 60, "1 min"), (time - 3 * 3600, "3 h"), (time - 40 * day, "40 d")] {
        let fault = CertificateError::ExpiredContext { time: at(time), not_after: at(not_after) };
        assert_eq!(told(fault), format!("its certificate has expired {ago} ago"));
    }
    let fault = CertificateError::NotValidYetContext { time: at(time), not_before: at(time + 2 * day) };
    assert_eq!(told(fault), "its certificate is valid only in 2 d, by this machine's clock");
}

#[test]
fn what_rustls_would_show_as_its_own_types_is_put_into_words() {
    for id in SHA1 {
        let fault = CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: [&[6, 9], id, &[5, 0]].concat(),
            supported_algorithms: Vec::new(),
        };
        assert_eq!(told(fault), "its certificate is signed with SHA-1, which is not safe");
    }
    let fault = CertificateError::UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: vec![1, 2, 3],
        supported_algorithms: Vec::new(),
    };
    assert_eq!(told(fault), "its certificate is signed in a way that is not safe, or not known here");
    let authority = CertificateError::Other(OtherError(Arc::new(webpki::Error::CaUsedAsEndEntity)));
    assert!(told(authority).starts_with("its certificate is a certificate authority's own"));
    let other = CertificateError::Other(OtherError(Arc::new(webpki::Error::UnsupportedCertVersion)));
    assert_eq!(told(other), "its certificate cannot be trusted: UnsupportedCertVersion");
}
