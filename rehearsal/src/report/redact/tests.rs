use super::*;

#[test]
fn what_follows_a_secret_name_is_hidden() {
    for (text, redacted) in [
        (
            "PUT http://h/k?AWSAccessKeyId=AKIA1&Expires=17&Signature=a%2Bb%3D' now",
            "PUT http://h/k?AWSAccessKeyId=(hidden)&Expires=17&Signature=(hidden)' now",
        ),
        (
            "https://h/?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=1&X-Amz-Security-Token=tok&X-Amz-Signature=feed",
            "https://h/?X-Amz-Credential=(hidden)&X-Amz-Date=1&X-Amz-Security-Token=(hidden)&X-Amz-Signature=(hidden)",
        ),
        ("url=h%3FSignature%3Dabc%26Expires%3D1", "url=h%3FSignature%3D(hidden)%26Expires%3D1"),
        ("export AWS_SECRET_ACCESS_KEY='s3cr3t'", "export AWS_SECRET_ACCESS_KEY='(hidden)'"),
        (r#"  "SecretAccessKey" : "abc","#, r#"  "SecretAccessKey" : "(hidden)","#),
        (r#"{"Token" : "abc"}"#, r#"{"Token" : "(hidden)"}"#),
        ("> Authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=c", "> Authorization: (hidden)"),
        ("authorization: CFN_V1 eyJ9:sig==\nnext", "authorization: (hidden)\nnext"),
        ("X-aws-ec2-metadata-token: AQAE==", "X-aws-ec2-metadata-token: (hidden)"),
        ("Cookie: a=b; c=d", "Cookie: (hidden)"),
        ("set-cookie: a=b", "set-cookie: (hidden)"),
        (
            "SECRET_ACCESS_KEY=abc MY_SESSION_TOKEN=def",
            "SECRET_ACCESS_KEY=(hidden) MY_SESSION_TOKEN=(hidden)",
        ),
        ("accessKeyId: AKIA1, x", "accessKeyId: (hidden), x"),
        ("AWS_ACCESS_KEY_ID=AKIA1", "AWS_ACCESS_KEY_ID=(hidden)"),
        ("db_credential=abc", "db_credential=(hidden)"),
        ("--header 'Authorization: Basic dXNlcg==' -v", "--header 'Authorization: (hidden)' -v"),
        ("Signature=ü&x=ö", "Signature=(hidden)&x=ö"),
    ] {
        assert_eq!(redact(text), redacted);
    }
}

#[test]
fn other_texts_stay_as_they_are() {
    for text in [
        "",
        "the signature is wrong",
        "no_signature_here=1",
        "Signature=",
        "IncompleteSignature: Date must be in ISO-8601",
        "token: anything",
        "https://example.com:443/a=b",
        "Received SUCCESS signal with UniqueId i-1",
    ] {
        assert!(matches!(redact(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}
