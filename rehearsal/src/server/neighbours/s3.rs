//! Buckets and objects, as far as deployments need them: path style, in memory, within limits.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LAST_MODIFIED};

use super::super::{Received, Reply, Services, plain};
use super::{escaped, s3_failure};
use crate::auth::{AuthError, S3};
use crate::encoding::{decoded, pairs};
use crate::moment::Moment;
use crate::shelf::store::Object;

/// Keys of a page.
const PAGE: usize = 1000;

/// What a request asks of a bucket or of an object.
struct Asked<'a> {
    services: &'a Services,
    request: &'a Received,
    bucket: String,
    key: String,
    query: Vec<(String, String)>,
}

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    if let Err(error) = request.caller(services, S3) {
        let code = match error {
            AuthError::UnknownKey => "InvalidAccessKeyId",
            AuthError::Expired { .. } | AuthError::NotYetCurrent { .. } => "RequestTimeTooSkewed",
            _ => error.code(),
        };
        return s3_failure(error.status(), code, &error.to_string());
    }
    let path = request.path.strip_prefix('/').unwrap_or(&request.path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let query = pairs(request.query.as_deref().unwrap_or_default().as_bytes());
    let asked = Asked { services, request, bucket: decoded(bucket), key: decoded(key), query };
    asked.answer()
}

impl Asked<'_> {
    fn answer(&self) -> Reply {
        let method = self.request.method.as_str();
        if self.bucket.is_empty() {
            return if method == "GET" { self.buckets() } else { self.unknown() };
        }
        if self.key.is_empty() && method == "PUT" && self.query.is_empty() {
            return self.make();
        }
        if !self.services.account.buckets().contains(&self.bucket) {
            return s3_failure(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        if self.key.is_empty() { self.of_bucket(method) } else { self.of_object(method) }
    }

    fn of_bucket(&self, method: &str) -> Reply {
        match method {
            "HEAD" => self.in_region(done(StatusCode::OK)),
            "GET" if self.has("location") => self.location(),
            "GET" if self.has("encryption") => {
                xml("<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
                 <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
                 </ServerSideEncryptionConfiguration>")
            }
            "GET" if self.has("versioning") => xml("<VersioningConfiguration/>"),
            "GET" if self.query.iter().all(|(name, _)| LISTING.contains(&name.as_str())) => self.list(),
            // How a bucket is to be is taken: nothing here depends on it.
            "PUT" => done(StatusCode::OK),
            "DELETE" if self.query.is_empty() => self.drop_bucket(),
            _ => self.unknown(),
        }
    }

    fn of_object(&self, method: &str) -> Reply {
        let object = || self.services.account.shelf.store.get(&self.bucket, &self.key);
        match method {
            "PUT" if self.request.header("x-amz-copy-source").is_some() || self.has("partNumber") => {
                self.unknown()
            }
            "PUT" => self.put(),
            "GET" if !self.has("uploadId") => match object() {
                Some(object) => with_headers(plain(StatusCode::OK, "", object.bytes.clone()), &object),
                None => s3_failure(404, "NoSuchKey", "The specified key does not exist."),
            },
            "HEAD" => match object() {
                Some(object) => {
                    let mut reply = with_headers(plain(StatusCode::OK, "", Vec::new()), &object);
                    reply.headers_mut().insert("content-length", HeaderValue::from(object.bytes.len()));
                    reply
                }
                None => done(StatusCode::NOT_FOUND),
            },
            "DELETE" if !self.has("uploadId") => {
                self.services.account.shelf.store.remove(&self.bucket, &self.key);
                done(StatusCode::NO_CONTENT)
            }
            _ => self.unknown(),
        }
    }

    fn buckets(&self) -> Reply {
        let one = |name: &String| {
            let name = escaped(name);
            format!(
                "<Bucket><Name>{name}</Name><CreationDate>2006-02-03T16:45:09.000Z</CreationDate></Bucket>"
            )
        };
        let list: String = self.services.account.buckets().iter().map(one).collect();
        xml(&format!("<ListAllMyBucketsResult><Buckets>{list}</Buckets></ListAllMyBucketsResult>"))
    }

    fn make(&self) -> Reply {
        let bucket = &self.bucket;
        let good = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-".contains(it);
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(good) {
            return s3_failure(400, "InvalidBucketName", "The specified bucket is not valid.");
        }
        let store = &self.services.account.shelf.store;
        if !store.has(bucket) && self.services.account.buckets().contains(bucket) {
            let message =
                "Your previous request to create the named bucket succeeded and you already own it.";
            return s3_failure(409, "BucketAlreadyOwnedByYou", message);
        }
        match store.make(bucket) {
            Ok(()) => done(StatusCode::OK),
            Err(_) => full(),
        }
    }

    fn drop_bucket(&self) -> Reply {
        if self.services.account.shelf.store.drop_bucket(&self.bucket) {
            return done(StatusCode::NO_CONTENT);
        }
        s3_failure(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
    }

    fn location(&self) -> Reply {
        let region = &self.services.account.region;
        let region = if region == "us-east-1" { "" } else { region };
        xml(&format!("<LocationConstraint>{region}</LocationConstraint>"))
    }

    fn list(&self) -> Reply {
        let prefix = self.value("prefix").unwrap_or_default();
        let after = self.value("continuation-token").or(self.value("start-after")).or(self.value("marker"));
        let most = self.value("max-keys").and_then(|it| it.parse().ok()).unwrap_or(PAGE).min(PAGE);
        let store = &self.services.account.shelf.store;
        let all = store.list(&self.bucket, prefix, after.unwrap_or_default());
        let shown = all.get(..most.min(all.len())).unwrap_or_default();
        let one = |(key, object): &(String, Arc<Object>)| {
            format!(
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>",
                escaped(key),
                Moment::from_millis(object.at).iso_8601(),
                escaped(&object.etag),
                object.bytes.len()
            )
        };
        let (bucket, prefix, count) = (escaped(&self.bucket), escaped(prefix), shown.len());
        let is_cut = all.len() > count;
        let next = shown.last().filter(|_| is_cut).map_or_else(String::new, |(key, _)| {
            let key = escaped(key);
            format!("<NextContinuationToken>{key}</NextContinuationToken><NextMarker>{key}</NextMarker>")
        });
        let contents: String = shown.iter().map(one).collect();
        xml(&format!(
            "<ListBucketResult><Name>{bucket}</Name><Prefix>{prefix}</Prefix><KeyCount>{count}</KeyCount>\
             <MaxKeys>{most}</MaxKeys><IsTruncated>{is_cut}</IsTruncated>{contents}{next}</ListBucketResult>"
        ))
    }

    fn put(&self) -> Reply {
        let headers = &self.request.headers;
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let meta = headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().strip_prefix("x-amz-meta-")?.to_owned(), text(value)))
        });
        let hash = hex::encode(digest(&SHA256, &self.request.body));
        let object = Object {
            bytes: self.request.body.to_vec(),
            content_type: headers.get(CONTENT_TYPE).map_or_else(|| "binary/octet-stream".to_owned(), text),
            metadata: meta.collect(),
            etag: format!("\"{}\"", hash.get(..32).unwrap_or_default()),
            at: self.request.now().as_millis(),
        };
        let etag = HeaderValue::from_str(&object.etag).ok();
        if self.services.account.shelf.store.put(&self.bucket, &self.key, object).is_err() {
            return full();
        }
        let mut reply = done(StatusCode::OK);
        reply.headers_mut().extend(etag.map(|it| (ETAG, it)));
        reply
    }

    fn in_region(&self, mut reply: Reply) -> Reply {
        let region = HeaderValue::from_str(&self.services.account.region).ok();
        reply.headers_mut().extend(region.map(|it| (HeaderName::from_static("x-amz-bucket-region"), it)));
        reply
    }

    fn unknown(&self) -> Reply {
        let what = format!("{} {}", self.request.method, self.request.target);
        let why = "a rehearsal's buckets take whole objects, give them, list them and drop them";
        s3_failure(501, "NotImplemented", &format!("{what}: not rehearsed: {why}"))
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// What a listing may be asked with; the rest is of other requests.
const LISTING: [&str; 9] = [
    "list-type",
    "prefix",
    "max-keys",
    "continuation-token",
    "start-after",
    "marker",
    "encoding-type",
    "fetch-owner",
    "x-id",
];

fn full() -> Reply {
    s3_failure(507, "TooMuch", "The rehearsal's buckets, which are in memory, are full: delete some objects")
}

fn done(status: StatusCode) -> Reply {
    let mut reply = plain(status, "", "");
    reply.headers_mut().remove(CONTENT_TYPE);
    reply
}

fn xml(body: &str) -> Reply {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    plain(StatusCode::OK, "application/xml", body)
}

fn with_headers(mut reply: Reply, object: &Object) -> Reply {
    let headers = reply.headers_mut();
    for (name, text) in [(CONTENT_TYPE, &object.content_type), (ETAG, &object.etag)] {
        headers.extend(HeaderValue::from_str(text).ok().map(|it| (name, it)));
    }
    let at = httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_millis(object.at));
    headers.extend(HeaderValue::from_str(&at).ok().map(|it| (LAST_MODIFIED, it)));
    for (name, value) in &object.metadata {
        let name = HeaderName::from_bytes(format!("x-amz-meta-{name}").as_bytes()).ok();
        headers.extend(name.zip(HeaderValue::from_str(value).ok()));
    }
    reply
}
