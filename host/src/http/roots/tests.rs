#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

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
    let missing = RootsSource::new(Some("/nonexistent/ca.pem"), &|_| None).load().err().unwrap().to_string();
    assert!(
        missing.starts_with("cannot read the CA bundle /nonexistent/ca.pem (--ca-bundle): "),
        "{missing}"
    );
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let garbage = RootsSource::new(Some(manifest), &|_| None).load().err().unwrap().to_string();
    assert_eq!(garbage, format!("the CA bundle {manifest} (--ca-bundle) holds no certificate in PEM form"));
}
