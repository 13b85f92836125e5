//! Buckets as S3's clients use them beyond whole objects: parts, copies, chunks, presigned URLs, hosts, what is set of them.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::common::signed::{s3, signed, text};
use crate::common::{Answer, Served};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use cfn_signal_core::sigv4::{
    PathEncoding, PathNormalization, Payload, Placement, Request, Scope, SigningKeys, SigningSettings, sign,
};

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, text(&answer.body, "Code"))
}

/// A request with headers, signed for S3.
fn with(served: &Served, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    signed(served, "s3", &served.key(), (method, target), headers, body)
}

fn bucket() -> Served {
    let served = Served::account(&[]);
    assert_eq!(s3(&served, "PUT", "/bucket", "").status, 200);
    served
}

#[test]
fn an_object_comes_in_parts() {
    let served = bucket();
    let begun = s3(&served, "POST", "/bucket/whole?uploads", "");
    let id = text(&begun.body, "UploadId").to_owned();
    let long = "a".repeat(5 << 20);
    let at = |number: u32| format!("/bucket/whole?partNumber={number}&uploadId={id}");
    let etag =
        |answer: &Answer| answer.head.split("etag: \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let first = etag(&s3(&served, "PUT", &at(1), &long));
    let second = etag(&s3(&served, "PUT", &at(2), "end"));
    let listed = s3(&served, "GET", &format!("/bucket/whole?uploadId={id}"), "");
    assert_eq!(listed.body.matches("<PartNumber>").count(), 2, "{}", listed.body);
    assert!(s3(&served, "GET", "/bucket?uploads", "").body.contains(&id));

    let part = |number: u32, etag: &str| {
        format!("<Part><ETag>&quot;{etag}&quot;</ETag><PartNumber>{number}</PartNumber></Part>")
    };
    let complete = |parts: &[String]| {
        let body = format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.concat());
        s3(&served, "POST", &format!("/bucket/whole?uploadId={id}"), &body)
    };
    assert_eq!(code(&complete(&[part(1, &first), part(2, &first)])), (400, "InvalidPart"));
    assert_eq!(code(&complete(&[part(2, &second), part(1, &first)])), (400, "InvalidPartOrder"));
    assert_eq!(code(&complete(&[])), (400, "MalformedXML"));
    let whole = complete(&[part(1, &first), part(2, &second)]);
    assert_eq!(whole.status, 200, "{}", whole.body);
    assert!(text(&whole.body, "ETag").ends_with("-2&quot;"), "{}", whole.body);
    assert_eq!(code(&complete(&[part(1, &first)])), (404, "NoSuchUpload"));
    let tail = with(&served, "GET", "/bucket/whole", &[("range", "bytes=5242879-")], "");
    assert_eq!((tail.status, tail.body.as_str()), (206, "aend"));
    assert_eq!(
        code(&with(&served, "GET", "/bucket/whole", &[("range", "bytes=9999999-")], "")),
        (416, "InvalidRange")
    );

    let begun = s3(&served, "POST", "/bucket/other?uploads", "");
    let other = format!("/bucket/other?uploadId={}", text(&begun.body, "UploadId"));
    assert_eq!(s3(&served, "DELETE", &other, "").status, 204);
    assert_eq!(code(&s3(&served, "GET", &other, "")), (404, "NoSuchUpload"));
    assert_eq!(code(&s3(&served, "PUT", &format!("{other}&partNumber=1"), "x")), (404, "NoSuchUpload"));
}

#[test]
fn an_object_is_copied_whole_or_in_part() {
    let served = bucket();
    let meta = [("x-amz-meta-who", "me"), ("content-type", "text/y")];
    with(&served, "PUT", "/bucket/a%20b", &meta, "hello");
    let copied = with(&served, "PUT", "/bucket/c", &[("x-amz-copy-source", "/bucket/a%20b")], "");
    assert!(text(&copied.body, "ETag").contains("5d41402abc4b2a76b9719d911017c592"), "{}", copied.body);
    let got = s3(&served, "GET", "/bucket/c", "");
    assert_eq!(got.body, "hello");
    assert!(
        got.head.contains("x-amz-meta-who: me") && got.head.contains("content-type: text/y"),
        "{}",
        got.head
    );
    for (source, expected) in
        [("bucket/none", "NoSuchKey"), ("none/a", "NoSuchBucket"), ("x", "InvalidArgument")]
    {
        let refused = with(&served, "PUT", "/bucket/d", &[("x-amz-copy-source", source)], "");
        assert_eq!(code(&refused).1, expected, "{source}");
    }
    let begun = s3(&served, "POST", "/bucket/p?uploads", "");
    let part = format!("/bucket/p?partNumber=1&uploadId={}", text(&begun.body, "UploadId"));
    let range = [("x-amz-copy-source", "bucket/c"), ("x-amz-copy-source-range", "bytes=1-2")];
    let copied = with(&served, "PUT", &part, &range, "");
    assert!(text(&copied.body, "ETag").contains("65c10911d8b8591219a21ebacf46da01"), "{}", copied.body);
}

#[test]
fn chunks_are_taken_apart_and_what_follows_them_is_checked() {
    let served = bucket();
    let put = |body: &str, length: &str| {
        let headers = [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", length),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ];
        streamed(&served, "/bucket/k", &headers, body)
    };
    // The catalogue's own check value, of 123456789.
    let right = "5\r\n12345\r\n4\r\n6789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
    assert_eq!(put(right, "9").status, 200, "{}", put(right, "9").body);
    let got = s3(&served, "GET", "/bucket/k", "");
    assert_eq!(got.body, "123456789");
    assert!(!got.head.contains("aws-chunked"), "{}", got.head);
    let told = with(&served, "HEAD", "/bucket/k", &[("x-amz-checksum-mode", "ENABLED")], "");
    assert!(told.head.contains("x-amz-checksum-crc32: y/q5jg=="), "{}", told.head);
    assert_eq!(code(&put(&right.replace("y/Q5Jg", "AAAAAA"), "9")), (400, "BadDigest"));
    assert_eq!(code(&put(right, "8")), (400, "IncompleteBody"));
    assert_eq!(code(&put("5\r\n12345\r\n0\r\n\r\n", "5")), (400, "MalformedTrailerError"));
    assert_eq!(code(&put("5\r\n123", "5")), (400, "IncompleteBody"));
    for (header, value) in
        [("content-md5", "AAAA"), ("x-amz-checksum-sha256", "AAAA"), ("x-amz-checksum-crc64nvme", "AAAA")]
    {
        assert_eq!(
            code(&with(&served, "PUT", "/bucket/m", &[(header, value)], "x")),
            (400, "BadDigest"),
            "{header}"
        );
    }
}

#[test]
fn chunks_are_signed_one_by_one() {
    let served = bucket();
    let put = |algorithm: &str, chunks: &[&str], spoil: bool| {
        let headers = [("x-amz-content-sha256", algorithm), ("x-amz-decoded-content-length", "9")];
        let chain = Chain::new(&served, "/bucket/s", &headers);
        let mut body = String::new();
        let mut previous = chain.signature.clone();
        for chunk in chunks {
            let hashes = format!("{}\n{}", sha256(""), sha256(chunk));
            previous = chain.sign("AWS4-HMAC-SHA256-PAYLOAD", &previous, &hashes);
            let signature = if spoil && chunk.is_empty() { "00" } else { &previous };
            body.push_str(&format!("{:x};chunk-signature={signature}\r\n{chunk}", chunk.len()));
            body.push_str(if chunk.is_empty() { "" } else { "\r\n" });
        }
        if algorithm.ends_with("-TRAILER") {
            let trailer = "x-amz-checksum-crc32:y/Q5Jg==";
            let signature =
                chain.sign("AWS4-HMAC-SHA256-TRAILER", &previous, &sha256(&format!("{trailer}\n")));
            body.push_str(&format!("{trailer}\r\nx-amz-trailer-signature:{signature}\r\n"));
        }
        served.send("PUT", "/bucket/s", &chain.headers, &(body + "\r\n"))
    };
    let (plain, trailing) =
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
    for algorithm in [plain, trailing] {
        let answer = put(algorithm, &["12345", "6789", ""], false);
        assert_eq!(answer.status, 200, "{algorithm}: {}", answer.body);
        assert_eq!(s3(&served, "GET", "/bucket/s", "").body, "123456789");
        let spoilt = put(algorithm, &["12345", "6789", ""], true);
        assert_eq!(code(&spoilt), (403, "SignatureDoesNotMatch"), "{algorithm}");
    }
}

#[test]
fn whoever_has_a_presigned_url_may_do_what_it_says_until_it_expires() {
    let served = bucket();
    let presigned = |method: &str, host: &str, target: &str, at: u64| {
        let mut settings = SigningSettings::default();
        settings.path_encoding = PathEncoding::Once;
        settings.path_normalization = PathNormalization::Off;
        settings.placement = Placement::Query(60);
        let uri = format!("http://{host}{target}");
        let scope = Scope { region: "us-east-1", service: "s3", signed_at: at };
        let request = Request { method, uri: &uri, headers: &[], payload: Payload::Unsigned };
        let signed = sign(&request, &served.key(), &scope, &settings, &mut SigningKeys::default()).unwrap();
        signed.uri.strip_prefix(&format!("http://{host}")).unwrap().to_owned()
    };
    let here = format!("127.0.0.1:{}", served.port);
    let put = presigned("PUT", &here, "/bucket/p%20q", crate::common::now());
    assert_eq!(served.send("PUT", &put, &[], "by url").status, 200);
    let get = presigned("GET", &here, "/bucket/p%20q?response-content-type=text%2Fz", crate::common::now());
    let got = served.send("GET", &get, &[], "");
    assert_eq!((got.status, got.body.as_str()), (200, "by url"));
    assert!(got.head.contains("content-type: text/z"), "{}", got.head);
    assert_eq!(code(&served.send("PUT", &get, &[], "x")), (403, "SignatureDoesNotMatch"));
    let old = presigned("GET", &here, "/bucket/p%20q", crate::common::now() - 120);
    assert_eq!(code(&served.send("GET", &old, &[], "")), (403, "AccessDenied"));
    assert_eq!(code(&served.send("GET", "/bucket/p%20q", &[], "")), (403, "AccessDenied"));
    // A bucket that is named by the host.
    for host in ["bucket.localhost", "bucket.s3.us-east-1.amazonaws.com"] {
        let get = presigned("GET", host, "/p%20q", crate::common::now());
        let got = crate::common::send_to(served.port, host, "GET", &get, &[], "");
        assert_eq!((got.status, got.body.as_str()), (200, "by url"), "{host}");
    }
}

#[test]
fn what_is_set_of_a_bucket_is_shown_again() {
    let served = bucket();
    let get = |what: &str| s3(&served, "GET", &format!("/bucket?{what}"), "");
    assert_eq!(code(&get("policy")), (404, "NoSuchBucketPolicy"));
    assert!(get("versioning").body.contains("<VersioningConfiguration"));
    assert_eq!(s3(&served, "PUT", "/bucket?policy", "{\"Statement\": []}").status, 204);
    assert_eq!(get("policy").body, "{\"Statement\": []}");
    assert_eq!(s3(&served, "DELETE", "/bucket?policy", "").status, 204);
    assert_eq!(code(&get("policy")), (404, "NoSuchBucketPolicy"));
    let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    assert_eq!(s3(&served, "PUT", "/bucket?versioning", on).status, 200);
    assert_eq!(text(&get("versioning").body, "Status"), "Enabled");
    assert_eq!(code(&get("analytics")), (501, "NotImplemented"));
    assert_eq!(s3(&served, "DELETE", "/bucket", "").status, 204);
    assert_eq!(code(&get("versioning")), (404, "NoSuchBucket"));
}

#[test]
fn buckets_are_made_where_and_as_they_may_be() {
    let served = Served::account(&["--region", "us-east-1"]);
    let place = |region: &str| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    assert_eq!(
        code(&s3(&served, "PUT", "/bucket", &place("eu-west-1"))),
        (400, "IllegalLocationConstraintException")
    );
    for name in ["ab", "Bucket", "a..b", "-ab", "10.0.0.1"] {
        assert_eq!(code(&s3(&served, "PUT", &format!("/{name}"), "")), (400, "InvalidBucketName"), "{name}");
    }
    for _ in 0..2 {
        assert_eq!(s3(&served, "PUT", "/bucket", "").status, 200);
    }
    assert_eq!(text(&s3(&served, "GET", "/", "").body, "Name"), "bucket");
    for key in ["a/1", "a/2", "b", "c/3", "%C3%A4%26"] {
        s3(&served, "PUT", &format!("/bucket/{key}"), "x");
    }
    let list = |query: &str| s3(&served, "GET", &format!("/bucket?{query}"), "").body;
    let folders = list("delimiter=%2F&max-keys=2&list-type=2");
    assert_eq!((text(&folders, "Key"), text(&folders, "KeyCount")), ("b", "2"));
    assert!(
        folders.contains("<CommonPrefixes><Prefix>a/</Prefix>") && folders.contains("<IsTruncated>true"),
        "{folders}"
    );
    let next = text(&folders, "NextContinuationToken");
    let folders = list(&format!("delimiter=%2F&list-type=2&continuation-token={next}"));
    assert!(folders.contains("<Prefix>c/</Prefix>") && text(&folders, "Key") == "ä&amp;", "{folders}");
    assert_eq!(text(&list("prefix=%C3%A4&encoding-type=url"), "Key"), "%C3%A4%26");
    assert_eq!(list("versions").matches("<VersionId>null").count(), 5);
    let delete = "<Delete><Object><Key>\u{e4}&amp;</Key></Object><Object><Key>b</Key></Object></Delete>";
    let told = s3(&served, "POST", "/bucket?delete", delete);
    assert_eq!(told.body.matches("<Deleted>").count(), 2, "{}", told.body);
    assert_eq!(list("list-type=2").matches("<Contents>").count(), 3);
    let if_none = [("if-none-match", "*")];
    assert_eq!(code(&with(&served, "PUT", "/bucket/a/1", &if_none, "y")), (412, "PreconditionFailed"));
    let long = "x".repeat((64 << 20) + 1);
    assert_eq!(code(&s3(&served, "PUT", "/bucket/long", &long)), (400, "EntityTooLarge"));
    let longer = "x".repeat((66 << 20) + 1);
    assert_eq!(code(&s3(&served, "PUT", "/bucket/long", &longer)), (400, "EntityTooLarge"));
}

fn sha256(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

/// A `PUT` that is signed with what its first header says in place of a hash, and what signs its chunks.
struct Chain {
    key: hmac::Key,
    date: String,
    scope: String,
    signature: String,
    headers: Vec<(String, String)>,
}

impl Chain {
    fn new(served: &Served, path: &str, headers: &[(&str, &str)]) -> Self {
        // Whatever signs anything tells the date as it is written.
        let uri = format!("http://127.0.0.1:{}/", served.port);
        let request = Request { method: "GET", uri: &uri, headers: &[], payload: Payload::Unsigned };
        let scope = Scope { region: "us-east-1", service: "s3", signed_at: crate::common::now() };
        let settings = SigningSettings::default();
        let signed = sign(&request, &served.key(), &scope, &settings, &mut SigningKeys::default()).unwrap();
        let date = signed.headers.into_iter().find(|(name, _)| name == "x-amz-date").unwrap().1;
        let day = date.split('T').next().unwrap().to_owned();

        let first = format!("AWS4{}", served.key().secret.expose());
        let key = [&day, "us-east-1", "s3", "aws4_request"]
            .iter()
            .fold(hmac::Key::new(hmac::HMAC_SHA256, first.as_bytes()), |key, part| {
                hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
            });
        let mut all: Vec<_> =
            headers.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
        all.push(("host".to_owned(), format!("127.0.0.1:{}", served.port)));
        all.push(("x-amz-date".to_owned(), date.clone()));
        all.sort();
        let names = all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let lines: String = all.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let said = headers.first().unwrap().1;
        let scope = format!("{day}/us-east-1/s3/aws4_request");
        let canonical = sha256(&format!("PUT\n{path}\n\n{lines}\n{names}\n{said}"));
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{canonical}");
        let signature = hex::encode(hmac::sign(&key, text.as_bytes()));
        let credential = format!("{}/{scope}", served.key().id);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
        all.retain(|(name, _)| name != "host");
        all.push(("authorization".to_owned(), authorization));
        Self { key, date, scope, signature, headers: all }
    }

    fn sign(&self, algorithm: &str, previous: &str, hashes: &str) -> String {
        let text = format!("{algorithm}\n{}\n{}\n{previous}\n{hashes}", self.date, self.scope);
        hex::encode(hmac::sign(&self.key, text.as_bytes()))
    }
}

fn streamed(served: &Served, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    served.send("PUT", target, &Chain::new(served, target, headers).headers, body)
}
