#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

#[test]
fn ids_have_their_shapes() {
    let id = uuid();
    assert_eq!(id.len(), 36);
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert_eq!(id.split('-').nth(2).unwrap().chars().next(), Some('4'));
    assert!(matches!(id.split('-').nth(3).unwrap().chars().next(), Some('8'..='9' | 'a'..='b')));
    assert_eq!(ec2("i").len(), "i-0123456789abcdef0".len());
    let key = access_key_id("AKIA").unwrap();
    assert_eq!(key.len(), 20);
    assert!(key.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit()));
}

#[test]
fn what_nobody_named_is_named_as_its_type_is() {
    let stack_id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Web/1";
    for (resource_type, expected) in [
        ("AWS::EC2::Volume", "vol-0"),
        ("AWS::S3::Bucket", "web-thing-"),
        ("AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/Web-Thing-"),
        ("AWS::IAM::Role", "Web-Thing-"),
    ] {
        let made = physical(resource_type, "Web", stack_id, "Thing");
        assert!(made.starts_with(expected), "{made}");
        assert_eq!(made.to_ascii_lowercase() == made, expected.to_ascii_lowercase() == expected, "{made}");
    }
}

#[test]
fn ids_differ() {
    assert_ne!(uuid(), uuid());
    assert_ne!(ec2("i"), ec2("i"));
    assert_ne!(suffix(), suffix());
}
