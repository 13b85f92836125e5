//! Objects that come in parts.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;

use super::super::super::Reply;
use super::super::escaped;
use super::answer::{NAMESPACE, S3Error, done, with_header, xml};
use super::checksum::{Algorithm, md5};
use super::listing::{elements, read};
use super::object::{encrypted, etag};
use super::{Answered, Asked};
use crate::moment::Moment;
use crate::shelf::store::{Object, Part, Upload, UploadError};

/// The greatest number of a part.
const PARTS: u32 = 10_000;

impl Asked<'_> {
    fn id(&self) -> &str {
        self.value("uploadId").unwrap_or_default()
    }

    fn place(&self) -> (&str, &str, &str) {
        (&self.bucket, &self.key, self.id())
    }

    pub(super) fn upload(&self) -> Result<Upload, S3Error> {
        Ok(self.services.account.shelf.store.upload(&self.bucket, &self.key, self.id())?)
    }

    pub(super) fn begin(&self) -> Answered {
        let algorithm = self.request.header("x-amz-checksum-algorithm").and_then(Algorithm::named);
        let kind = match self.request.header("x-amz-checksum-type") {
            Some("FULL_OBJECT") => "FULL_OBJECT",
            None if algorithm == Some(Algorithm::Crc64Nvme) => "FULL_OBJECT",
            _ => "COMPOSITE",
        };
        let object =
            Object { headers: self.headers(), at: self.request.now().as_millis(), ..Object::default() };
        let mut reply_headers = Vec::new();
        if let Some(algorithm) = algorithm {
            reply_headers.push(("x-amz-checksum-algorithm", algorithm.name()));
            reply_headers.push(("x-amz-checksum-type", kind));
        }
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let checksum = algorithm.map(|it| (it.header(), kind));
        let upload = Upload { bucket, key, object, checksum, ..Upload::default() };
        let id = self.services.account.shelf.store.begin(upload)?;
        let mut reply = self.told("InitiateMultipartUploadResult", &format!("<UploadId>{id}</UploadId>"));
        for (name, value) in reply_headers {
            with_header(&mut reply, name, value);
        }
        Ok(reply)
    }

    pub(super) fn put_part(&self) -> Answered {
        let algorithm = self.upload()?.checksum.and_then(|(header, _)| Algorithm::of_header(header));
        let given =
            self.checksum.as_ref().filter(|it| algorithm.is_none_or(|algorithm| it.algorithm == algorithm));
        let checksum = given.cloned().or_else(|| algorithm.map(|it| it.of(&self.body)));
        let part = Part {
            bytes: self.body.to_vec(),
            etag: etag(&self.body).trim_matches('"').to_owned(),
            checksum: checksum.map(|it| (it.algorithm.header(), it.value)),
            at: self.request.now().as_millis(),
        };
        let mut reply = done(StatusCode::OK);
        with_header(&mut reply, "etag", &format!("\"{}\"", part.etag));
        if let Some((header, value)) = &part.checksum {
            with_header(&mut reply, header, value);
        }
        self.add(part)?;
        Ok(reply)
    }

    pub(super) fn add(&self, part: Part) -> Result<(), S3Error> {
        let number = self.value("partNumber").and_then(|it| it.parse().ok());
        let Some(number) = number.filter(|it| (1..=PARTS).contains(it)) else {
            return Err(S3Error::argument("Part number must be an integer between 1 and 10000, inclusive"));
        };
        Ok(self.services.account.shelf.store.add(self.place(), number, part)?)
    }

    pub(super) fn complete(&self) -> Answered {
        // Each part has one of both, in an order of the client's.
        let (mut numbers, mut etags) = (Vec::new(), Vec::new());
        for (name, text) in elements(&read(&self.body)?) {
            match name.as_str() {
                "PartNumber" => numbers.push(text.parse::<u32>().map_err(|_| S3Error::malformed())?),
                "ETag" => etags.push(text.trim_matches('"').to_owned()),
                _ => {}
            }
        }
        if numbers.is_empty() || numbers.len() != etags.len() {
            return Err(S3Error::malformed());
        }
        let named: Vec<_> = numbers.into_iter().zip(etags).collect();
        let at = self.request.now().as_millis();
        let store = &self.services.account.shelf.store;
        let object = store.complete(self.place(), &named, |upload, parts| {
            let object = joined(upload, parts, at);
            let whole = object.checksum.as_ref().filter(|(_, _, kind)| *kind == "FULL_OBJECT");
            let said = whole.and_then(|(header, value, _)| Some((self.request.header(header)?, value)));
            if said.is_some_and(|(said, own)| said != own) { Err(UploadError::Digest) } else { Ok(object) }
        })?;
        let location = format!(
            "http://{}/{}/{}",
            self.request.header("host").unwrap_or_default(),
            self.bucket,
            self.key
        );
        let mut told =
            format!("<Location>{}</Location><ETag>{}</ETag>", escaped(&location), escaped(&object.etag));
        if let Some((header, value, kind)) = &object.checksum
            && let Some(algorithm) = Algorithm::of_header(header)
        {
            let element = format!("Checksum{}", algorithm.name());
            told.push_str(&format!("<{element}>{value}</{element}><ChecksumType>{kind}</ChecksumType>"));
        }
        let mut reply = self.told("CompleteMultipartUploadResult", &told);
        encrypted(&mut reply, &object);
        Ok(reply)
    }

    pub(super) fn abort(&self) -> Answered {
        self.services.account.shelf.store.abort(&self.bucket, &self.key, self.id())?;
        Ok(done(StatusCode::NO_CONTENT))
    }

    pub(super) fn parts(&self) -> Answered {
        let upload = self.upload()?;
        let after = self.value("part-number-marker").and_then(|it| it.parse().ok()).unwrap_or(0);
        let most = self.value("max-parts").and_then(|it| it.parse().ok()).unwrap_or(1000).min(1000);
        let rest: Vec<_> = upload.parts.range(after + 1..).collect();
        let shown = rest.get(..rest.len().min(most)).unwrap_or_default();
        let is_cut = shown.len() < rest.len();
        let mut told = format!("<UploadId>{}</UploadId><MaxParts>{most}</MaxParts>", escaped(self.id()));
        told.push_str(&format!("<IsTruncated>{is_cut}</IsTruncated>"));
        if let Some((last, _)) = shown.last() {
            told.push_str(&format!("<NextPartNumberMarker>{last}</NextPartNumberMarker>"));
        }
        for (number, part) in shown {
            told.push_str(&format!(
                "<Part><PartNumber>{number}</PartNumber><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag>\
                 <Size>{}</Size></Part>",
                Moment::from_millis(part.at).iso_8601(),
                part.etag,
                part.bytes.len()
            ));
        }
        Ok(self.told("ListPartsResult", &told))
    }

    /// The uploads that have begun.
    pub(super) fn uploads(&self) -> Reply {
        let account_id = &self.services.account.account_id;
        let one = |(id, upload): &(String, Upload)| {
            let at = Moment::from_millis(upload.object.at).iso_8601();
            format!(
                "<Upload><Key>{}</Key><UploadId>{id}</UploadId><Initiator><ID>{account_id}</ID></Initiator>\
                 <StorageClass>STANDARD</StorageClass><Initiated>{at}</Initiated></Upload>",
                escaped(&upload.key)
            )
        };
        let all: String = self.services.account.shelf.store.uploads(&self.bucket).iter().map(one).collect();
        let bucket = escaped(&self.bucket);
        xml(&format!(
            "<ListMultipartUploadsResult {NAMESPACE}><Bucket>{bucket}</Bucket><IsTruncated>false</IsTruncated>{all}\
             </ListMultipartUploadsResult>"
        ))
    }

    fn told(&self, element: &str, what: &str) -> Reply {
        let (bucket, key) = (escaped(&self.bucket), escaped(&self.key));
        xml(&format!("<{element} {NAMESPACE}><Bucket>{bucket}</Bucket><Key>{key}</Key>{what}</{element}>"))
    }
}

/// The object that the parts of an upload are.
fn joined(upload: &Upload, parts: &[Arc<Part>], at: u64) -> Object {
    let bytes: Vec<u8> = parts.iter().flat_map(|it| it.bytes.iter().copied()).collect();
    let hashes: Vec<u8> = parts.iter().flat_map(|it| md5(&it.bytes)).collect();
    let etag = format!("\"{}-{}\"", hex::encode(md5(&hashes)), parts.len());
    let checksum = upload.checksum.and_then(|(header, kind)| {
        let algorithm = Algorithm::of_header(header)?;
        if kind == "FULL_OBJECT" {
            return Some((header, algorithm.of(&bytes).value, kind));
        }
        let of_parts = parts.iter().filter_map(|it| STANDARD.decode(&it.checksum.as_ref()?.1).ok());
        let of_parts: Vec<u8> = of_parts.flatten().collect();
        Some((header, format!("{}-{}", algorithm.of(&of_parts).value, parts.len()), kind))
    });
    Object { bytes, headers: upload.object.headers.clone(), etag, checksum, at }
}
