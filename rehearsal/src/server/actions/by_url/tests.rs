use super::*;

#[test]
fn a_url_is_s3_s_or_not() {
    let s3 = Place::S3 { bucket: "b" };
    for (url, expected) in [
        ("https://b.s3.eu-west-1.amazonaws.com/k", s3),
        ("https://s3.eu-west-1.amazonaws.com/b/k", s3),
        ("https://s3-eu-west-1.amazonaws.com/b/k", s3),
        ("https://s3.amazonaws.com/b/k?versionId=1", s3),
        ("HTTPS://b.s3.amazonaws.com/k", s3),
        ("http://127.0.0.1:80/b/k", s3),
        ("http://b.localhost:80/k", s3),
        ("s3://b/k", Place::S3Uri { bucket: "b" }),
        ("https://example.com/b/k", Place::Elsewhere),
        ("https://s3.console.aws.amazon.com/s3/object/b", Place::Elsewhere),
        ("file:///etc/passwd", Place::No),
        ("ftp://b.s3.amazonaws.com/k", Place::No),
        ("template.yaml", Place::No),
        ("", Place::No),
    ] {
        assert_eq!(whose(url), expected, "{url}");
    }
}
