//! Whole objects: put, given, and dropped.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::HeaderValue;

use super::super::super::{Reply, plain};
use super::answer::{NAMESPACE, S3Error, done, with_header, xml};
use super::checksum::{Algorithm, Checksum, md5};
use super::{Answered, Asked, is_of_signature};
use crate::moment::Moment;
use crate::shelf::store::Object;

/// Headers that are told again with what they were put with, beside `x-amz-meta-…`.
const KEPT: [&str; 10] = [
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];

impl Asked<'_> {
    pub(super) fn of_object(&self, method: &str) -> Answered {
        let copies = self.request.header("x-amz-copy-source").is_some();
        match method {
            "POST" if self.has("uploads") => self.begin(),
            "POST" if self.has("uploadId") => self.complete(),
            "PUT" if self.has("partNumber") && copies => self.copy_part(),
            "PUT" if self.has("partNumber") => self.put_part(),
            "GET" if self.has("uploadId") => self.parts(),
            "DELETE" if self.has("uploadId") => self.abort(),
            "PUT" if self.is_plain() && copies => self.copy(),
            "PUT" if self.is_plain() => self.put(),
            "GET" if self.has("tagging") => {
                self.object()?;
                Ok(xml(&format!("<Tagging {NAMESPACE}><TagSet></TagSet></Tagging>")))
            }
            "GET" | "HEAD" if self.is_of_whole() => self.give(),
            "DELETE" if self.is_plain() || self.value("versionId") == Some("null") => {
                self.services.account.shelf.store.remove(&self.bucket, &self.key);
                Ok(done(StatusCode::NO_CONTENT))
            }
            _ => Err(self.unknown()),
        }
    }

    /// Whether the query, if any, is of those that give an object.
    fn is_of_whole(&self) -> bool {
        let known = |(name, value): &(String, String)| {
            name == "x-id"
                || is_of_signature(name)
                || name == "x-amz-checksum-mode"
                || name.starts_with("response-")
                || (name == "partNumber" && value == "1")
                || name == "versionId"
        };
        self.query.iter().all(known)
    }

    pub(super) fn object(&self) -> Result<Arc<Object>, S3Error> {
        if self.value("versionId").is_some_and(|it| it != "null") {
            return Err(S3Error::new(404, "NoSuchVersion", "The specified version does not exist."));
        }
        let found = self.services.account.shelf.store.get(&self.bucket, &self.key);
        found.ok_or_else(|| S3Error::no_key(&self.key))
    }

    fn give(&self) -> Answered {
        let object = self.object()?;
        if let Some(instead) = self.unless(&object)? {
            return Ok(instead);
        }
        let size = object.bytes.len();
        let range = match self.request.header("range") {
            Some(range) => part_of(range, size)?,
            None => None,
        };
        let (status, from, to) = match range {
            Some((from, to)) => (StatusCode::PARTIAL_CONTENT, from, to),
            None => (StatusCode::OK, 0, size),
        };
        let shown = object.bytes.get(from..to).unwrap_or_default();
        let is_head = self.request.method == "HEAD";
        let mut reply = plain(status, "", if is_head { Vec::new() } else { shown.to_vec() });
        described(&mut reply, &object);
        if is_head {
            reply.headers_mut().insert("content-length", HeaderValue::from(shown.len()));
        }
        if status == StatusCode::PARTIAL_CONTENT {
            let last = to.saturating_sub(1);
            with_header(&mut reply, "content-range", &format!("bytes {from}-{last}/{size}"));
        } else if let Some((header, value, kind)) = &object.checksum
            && self.wants_checksum()
        {
            with_header(&mut reply, header, value);
            with_header(&mut reply, "x-amz-checksum-type", kind);
        }
        for (name, value) in &self.query {
            if let Some(header) = name.strip_prefix("response-") {
                with_header(&mut reply, header, value);
            }
        }
        Ok(reply)
    }

    fn wants_checksum(&self) -> bool {
        let mode = self.request.header("x-amz-checksum-mode").or(self.value("x-amz-checksum-mode"));
        mode.is_some_and(|it| it.eq_ignore_ascii_case("ENABLED"))
    }

    /// What comes in place of an object that is not wanted as it is.
    fn unless(&self, object: &Object) -> Result<Option<Reply>, S3Error> {
        let is = |wanted: &str| {
            wanted == "*"
                || wanted.split(',').any(|it| it.trim().trim_matches('"') == object.etag.trim_matches('"'))
        };
        if self.request.header("if-match").is_some_and(|wanted| !is(wanted)) {
            return Err(precondition());
        }
        if self.request.header("if-none-match").is_some_and(is) {
            let mut reply = done(StatusCode::NOT_MODIFIED);
            with_header(&mut reply, "etag", &object.etag);
            return Ok(Some(reply));
        }
        Ok(None)
    }

    fn put(&self) -> Answered {
        let store = &self.services.account.shelf.store;
        let before = store.get(&self.bucket, &self.key);
        if self.request.header("if-none-match").is_some() && before.is_some() {
            return Err(precondition());
        }
        if let Some(wanted) = self.request.header("if-match") {
            let before = before.ok_or_else(|| S3Error::no_key(&self.key))?;
            if wanted.trim_matches('"') != before.etag.trim_matches('"') {
                return Err(precondition());
            }
        }
        // Amazon S3 makes one of its own where the client gives none.
        let checksum = self.checksum.clone().unwrap_or_else(|| Algorithm::Crc64Nvme.of(&self.body));
        let object = Object {
            bytes: self.body.to_vec(),
            headers: self.headers(),
            etag: etag(&self.body),
            checksum: Some(whole(&checksum)),
            at: self.request.now().as_millis(),
        };
        let mut reply = done(StatusCode::OK);
        with_header(&mut reply, "etag", &object.etag);
        with_header(&mut reply, checksum.algorithm.header(), &checksum.value);
        with_header(&mut reply, "x-amz-checksum-type", "FULL_OBJECT");
        encrypted(&mut reply, &object);
        store.put(&self.bucket, &self.key, object)?;
        Ok(reply)
    }

    /// The headers that stay with what is put.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (name, value) in &self.request.headers {
            let (name, Ok(value)) = (name.as_str(), value.to_str()) else { continue };
            if !KEPT.contains(&name) && !name.starts_with("x-amz-meta-") {
                continue;
            }
            let coding = value.split(',').map(str::trim).filter(|it| *it != "aws-chunked");
            let value = match name {
                "content-encoding" => coding.collect::<Vec<_>>().join(","),
                _ => value.to_owned(),
            };
            if !value.is_empty() {
                kept.push((name.to_owned(), value));
            }
        }
        kept
    }
}

/// The entity tag of what came as one.
pub(super) fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(md5(bytes)))
}

/// The checksum of an object that came as one.
pub(super) fn whole(checksum: &Checksum) -> (&'static str, String, &'static str) {
    (checksum.algorithm.header(), checksum.value.clone(), "FULL_OBJECT")
}

/// How it is encrypted, as it would be.
pub(super) fn encrypted(reply: &mut Reply, object: &Object) {
    let given = object.headers.iter().find(|(name, _)| name == "x-amz-server-side-encryption");
    with_header(reply, "x-amz-server-side-encryption", given.map_or("AES256", |(_, value)| value.as_str()));
}

fn described(reply: &mut Reply, object: &Object) {
    with_header(reply, "content-type", "binary/octet-stream");
    encrypted(reply, object);
    for (name, value) in &object.headers {
        with_header(reply, name, value);
    }
    with_header(reply, "etag", &object.etag);
    with_header(reply, "accept-ranges", "bytes");
    with_header(reply, "last-modified", &http_date(object.at));
}

fn http_date(millis: u64) -> String {
    let since = std::time::Duration::from_millis(Moment::from_millis(millis).as_millis());
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
}

fn precondition() -> S3Error {
    let message = "At least one of the pre-conditions you specified did not hold";
    S3Error::new(412, "PreconditionFailed", message)
}

/// The bytes that a `Range` names, from one on and before another; none where it is not of bytes, or of several ranges.
pub(super) fn part_of(range: &str, size: usize) -> Result<Option<(usize, usize)>, S3Error> {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|it| it.split_once('-')) else {
        return Ok(None);
    };
    let (from, to) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(from), Ok(last)) if from <= last => (from, last.saturating_add(1).min(size)),
        (Ok(from), Err(_)) if last.is_empty() => (from, size),
        (Err(_), Ok(count)) if first.is_empty() => (size.saturating_sub(count), size),
        _ => return Ok(None),
    };
    if from >= to {
        return Err(S3Error::new(416, "InvalidRange", "The requested range is not satisfiable"));
    }
    Ok(Some((from, to)))
}
