use super::{Query, access_key_id, header, is_secret, secret_value, url};
use crate::delivery::said_of;
use crate::http::{self, Request};

#[test]
fn a_url_shows_no_user_and_no_secret() {
    for (given, query, shown) in [
        ("https://u:p@h:1/a?X-Amz-Signature=s", Query::Presigned, "https://h:1/a?***"),
        ("https://h/?Action=SignalResource", Query::Parameters, "https://h/?Action=SignalResource"),
        ("https://h/?a=1&x-amz-SIGNATURE=s&b=2", Query::Parameters, "https://h/?a=1&x-amz-SIGNATURE=***&b=2"),
        ("https://h/?X%2DAmz-Signatur%65=s", Query::Parameters, "https://h/?X%2DAmz-Signatur%65=***"),
        ("https://h/?AWSAccessKeyId=AK#s", Query::Parameters, "https://h/?AWSAccessKeyId=***"),
        ("https://h", Query::Presigned, "https://h"),
    ] {
        assert_eq!(url(given, query, "***"), shown, "{given}");
    }
}

#[test]
fn a_header_shows_what_is_signed_and_as_whom() {
    for (name, value, shown) in [
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/d/r/cloudformation/aws4_request,SignedHeaders=host, Signature=ab12",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/d/r/cloudformation/aws4_request,SignedHeaders=host, Signature=***",
        ),
        // The secret in the id's place.
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=wJalrXUtnFEMI/K7MDENG/bPx/d/r/s/aws4_request,SignedHeaders=host, Signature=ab12",
            "AWS4-HMAC-SHA256 Credential=***/d/r/s/aws4_request,SignedHeaders=host, Signature=***",
        ),
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=wJal/K7M, Signature=ab12",
            "AWS4-HMAC-SHA256 Credential=***, Signature=***",
        ),
        ("authorization", "CFN_V1 ZG9j:c2ln", "CFN_V1 ***"),
        ("authorization", "bare", "***"),
        ("X-Amz-Security-Token", "t", "***"),
        ("X-aws-ec2-metadata-token", "t", "***"),
        ("proxy-authorization", "Basic eA==", "***"),
        ("Cookie", "a=b", "***"),
        ("accept", "*/*", "*/*"),
    ] {
        assert_eq!(header(name, value, "***"), shown, "{name}");
    }
}

#[test]
fn names_are_secret_in_any_case_and_spelling() {
    assert!(is_secret("x-amz-credential") && is_secret("AWS_SESSION_TOKEN") && is_secret("Signatur%65"));
    assert!(!is_secret("X-Amz-SignedHeaders") && !is_secret("StackName") && !is_secret("ClientRequestToken"));
    assert_eq!(secret_value("a&Signature%3Dabc"), Some("a&Signature%3D".len()));
    assert_eq!(secret_value("signature, Signature=x"), Some("signature, Signature=".len()));
    assert_eq!(secret_value("a signature: none"), None);
}

#[test]
fn a_host_that_quotes_a_request_tells_none_of_its_secrets() {
    let uri = "https://b.s3.example/h?X-Amz-Date=20260101T000000Z&X-Amz-Signature=0123456789abcdef%2F";
    let headers = ["authorization", "x-amz-security-token"]
        .map(|name| http::header(name, &format!("{name} Zm9v+YmFy")));
    let request =
        Request { method: "PUT".into(), uri: uri.into(), headers: headers.into(), body: Vec::new() };
    for said in [
        format!("error sending request for url ({uri}): closed"),
        "path /h, query X-Amz-Date=20260101T000000Z&X-Amz-Signature=0123456789abcdef%2F".to_owned(),
        "signed 0123456789abcdef/".to_owned(),
        "header x-amz-security-token: x-amz-security-token Zm9v+YmFy".to_owned(),
        "{ \"authorization\": \"authorization Zm9v+YmFy\" }".to_owned(),
    ] {
        let told = said_of(&request, &said);
        assert!(!told.contains("0123456789abcdef") && !told.contains("Zm9v"), "{told}");
    }
    assert_eq!(said_of(&request, "connection reset\nby peer"), "connection reset by peer");
}

#[test]
fn what_does_not_look_like_an_access_keys_id_is_none() {
    for id in ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AKIA234567890123"] {
        assert_eq!(access_key_id(id), Some(id));
    }
    for other in [
        "",
        "AKIA23456789012",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY",
        "AKIAIOSFODNN7EXAMPLE\n",
        "AKIA IOSFODNN7EXAMPLE",
    ] {
        assert_eq!(access_key_id(other), None, "{other}");
    }
    assert_eq!(access_key_id(&"A".repeat(129)), None);
}

#[test]
fn a_text_in_base64_is_found_and_a_hash_is_not() {
    use super::encoded_text;

    // `wJalrXUtnFEMI/K7MDENG`, in both alphabets, within something, and cut.
    assert_eq!(encoded_text("d0phbHJYVXRuRkVNSS9LN01ERU5H"), Some(0));
    assert_eq!(encoded_text("--x=d0phbHJYVXRuRkVNSS9LN01ERU5H!"), Some(4));
    assert_eq!(encoded_text("--d0phbHJYVXRuRkVNSS9LN01ERU5H"), Some(2));
    assert_eq!(encoded_text("é phbHJYVXRuRkVNSS9LN01E"), Some(3));
    assert_eq!(encoded_text("Pz8_Pz8_Pz8_Pz8_Pz8_"), Some(0));
    for other in
        ["", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "d0phbHJYVXRuRk", "AutoScalingRollingUpdate"]
    {
        assert_eq!(encoded_text(other), None, "{other}");
    }
}
