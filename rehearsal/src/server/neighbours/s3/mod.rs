//! Buckets and objects, as far as deployments need them: in memory, within limits.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>

mod answer;
mod body;
mod bucket;
mod checksum;
mod copy;
mod listing;
mod object;
mod settings;
mod uploads;

pub(super) use answer::unread;
pub(super) use answer::with_header;

use hyper::body::Bytes;
use hyper::header::HOST;

use super::super::handles::with_ids;
use super::super::{Front, Received, Reply, Services};
use crate::auth::{AuthError, S3};
use crate::encoding::{decoded, pairs};
use crate::hosts::Service;
use crate::shelf::store::bucket_of;
use answer::{S3Error, auth_failure, not_rehearsed};
use checksum::Checksum;

/// What an answer comes to.
type Answered = Result<Reply, S3Error>;

/// What a request asks of a bucket or of an object.
struct Asked<'a> {
    services: &'a Services,
    request: &'a Received,
    bucket: String,
    key: String,
    query: Vec<(String, String)>,
    /// As it was before it was cut into chunks.
    body: Bytes,
    /// What the client says of the body, and what is true.
    checksum: Option<Checksum>,
}

pub(super) fn answer(services: &Services, request: &Received) -> Reply {
    let path = request.path.strip_prefix('/').unwrap_or(&request.path);
    let host = match &request.front {
        Front::Named(Service::S3 { bucket }) => bucket.as_deref(),
        _ => request.header(HOST.as_str()).and_then(bucket_of),
    };
    let (bucket, key) = match host {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    if let Err(error) = request.caller(services, S3) {
        let is_there = bucket.is_empty() || services.account.buckets().contains_key(bucket);
        if error == AuthError::Unsigned && !is_there {
            return S3Error::no_bucket(bucket).reply();
        }
        return auth_failure(services, request, &error);
    }
    let query = pairs(request.query.as_deref().unwrap_or_default().as_bytes());
    let answered = body::read(services, request).and_then(|(body, checksum)| {
        let (bucket, key) = (decoded(bucket), decoded(key));
        Asked { services, request, bucket, key, query, body, checksum }.answer()
    });
    answered.map_or_else(|error| error.reply(), with_ids)
}

impl Asked<'_> {
    fn answer(&self) -> Answered {
        let method = self.request.method.as_str();
        if self.bucket.is_empty() {
            return if method == "GET" { Ok(self.buckets()) } else { Err(self.unknown()) };
        }
        if self.key.is_empty() && method == "PUT" && self.is_plain() {
            return self.make();
        }
        if !self.there(&self.bucket) {
            return Err(S3Error::no_bucket(&self.bucket));
        }
        if self.key.is_empty() { self.of_bucket(method) } else { self.of_object(method) }
    }

    /// Whether there is such a bucket.
    fn there(&self, bucket: &str) -> bool {
        self.services.account.buckets().contains_key(bucket)
    }

    fn unknown(&self) -> S3Error {
        not_rehearsed(&self.request.method, &self.request.target)
    }

    /// Whether the query asks for nothing special.
    fn is_plain(&self) -> bool {
        self.query.iter().all(|(name, _)| name == "x-id" || is_of_signature(name))
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// Whether a parameter of the query is a signature's.
fn is_of_signature(name: &str) -> bool {
    // Some clients move headers there that they would send with it.
    name.starts_with("X-Amz-")
        || name.starts_with("x-amz-")
        || ["AWSAccessKeyId", "Signature", "Expires"].contains(&name)
}
