use super::{CfnV1, flaw, has_expired};
use crate::identity::{AccessKey, Identity, InstanceDocument};

fn key(id: &str, secret: &str, expires_at: Option<u64>) -> Identity {
    Identity::AccessKey(AccessKey {
        id: id.to_owned(),
        secret: secret.to_owned().into(),
        session_token: None,
        expires_at,
    })
}

fn instance(document: &str, signature: &str) -> InstanceDocument {
    InstanceDocument { document: document.to_owned().into(), signature: signature.to_owned().into() }
}

#[test]
fn an_incomplete_identity_is_of_no_use() {
    assert_eq!(flaw(&key("A", "B", None)), None);
    assert!(flaw(&key("", "B", None)).is_some());
    assert!(flaw(&key("A", "", None)).is_some());
    assert_eq!(flaw(&Identity::Instance(instance("{}", "AA\r\nBB==\n"))), None);
    for (document, signature) in
        [("", "AA"), (" \n", "AA"), ("{}", ""), ("{}", "\n"), ("{}", "A\u{0}B"), ("{}", "é")]
    {
        assert!(flaw(&Identity::Instance(instance(document, signature))).is_some());
    }
}

#[test]
fn an_access_key_expires_on_the_second() {
    assert!(!has_expired(&key("A", "B", Some(100)), 99_999));
    assert!(has_expired(&key("A", "B", Some(100)), 100_000));
    assert!(!has_expired(&key("A", "B", Some(u64::MAX)), 100_000));
    assert!(!has_expired(&key("A", "B", None), u64::MAX));
    assert!(!has_expired(&Identity::Instance(instance("{}", "A")), u64::MAX));
}

#[test]
fn a_document_is_sent_without_its_last_whitespace_and_a_signature_on_one_line() {
    let header = CfnV1::new(&instance("{ }\n\n ", "AAA\r\nBBB\nCC==\r\n")).header_value();
    assert_eq!(header, "CFN_V1 eyB9:AAABBBCC==");
}
