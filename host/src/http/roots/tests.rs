#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::error::Error as _;
use std::io;

use cfn_signal_core::causes::line;

use super::RootsSource;

fn source(option: Option<&str>, environment: &[(&str, &str)]) -> String {
    let read =
        |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    match RootsSource::new(option, &read) {
        RootsSource::System => "system".to_owned(),
        RootsSource::Bundle { path, origin } => format!("{origin}={}", path.display()),
        RootsSource::OpenSsl { file, folders } => format!("openssl={file:?}{folders:?}"),
    }
}

#[cfg(unix)]
#[test]
fn the_option_comes_before_the_variables_in_their_order() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(source(Some("/a"), &[("REQUESTS_CA_BUNDLE", "/b")]), "--ca-bundle=/a");
    assert_eq!(
        source(None, &[("CURL_CA_BUNDLE", "/c"), ("REQUESTS_CA_BUNDLE", "/b")]),
        "REQUESTS_CA_BUNDLE=/b"
    );
    assert_eq!(source(Some(""), &[("REQUESTS_CA_BUNDLE", ""), ("AWS_CA_BUNDLE", "/d")]), "AWS_CA_BUNDLE=/d");
    assert_eq!(
        source(None, &[("CA_OVERRIDE", here), ("SSL_CERT_FILE", here)]),
        format!("CA_OVERRIDE={here}")
    );
    assert_eq!(source(None, &[("CA_OVERRIDE", "/nonexistent")]), "system");
    assert_eq!(
        source(None, &[("CA_OVERRIDE", "/nonexistent"), ("SSL_CERT_FILE", here)]),
        format!("openssl=Some({here:?})[]")
    );
    let folder = env!("CARGO_MANIFEST_DIR");
    let folders = format!("/nonexistent:{folder}:{folder}/src");
    assert_eq!(
        source(None, &[("SSL_CERT_FILE", here), ("SSL_CERT_DIR", &folders)]),
        format!("openssl=Some({here:?})[{folder:?}, \"{folder}/src\"]")
    );
    assert_eq!(source(None, &[("SSL_CERT_DIR", folder)]), format!("openssl=None[{folder:?}]"));
    assert_eq!(
        source(None, &[("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")]),
        "system"
    );
}

#[test]
fn a_bundle_that_is_missing_or_holds_nothing_says_so() {
    let refused = |path: &str| RootsSource::new(Some(path), &|_| None).load().err().unwrap();
    let missing = refused("/nonexistent/ca.pem");
    assert_eq!(missing.to_string(), "cannot read the CA bundle /nonexistent/ca.pem (--ca-bundle)");
    let system = missing.source().and_then(|source| source.downcast_ref::<io::Error>()).unwrap();
    assert_eq!(system.kind(), io::ErrorKind::NotFound);
    assert_eq!(line(&missing), format!("{missing}: {system}"));
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    let path = bundle.to_str().unwrap();
    let empty = format!("the CA bundle {path} (--ca-bundle) holds no certificate in PEM form");
    for (text, why) in [
        ("", ""),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", ": a section has no end"),
        ("-----BEGIN CERTIFICATE\nAAAA\n", ": a section's first line is malformed"),
        ("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", ": a section is not base64"),
    ] {
        std::fs::write(&bundle, text).unwrap();
        assert_eq!(line(&refused(path)), format!("{empty}{why}"));
    }
}
