//! Objects, and parts of them, made of others.

use std::sync::Arc;

use super::super::escaped;
use super::answer::{NAMESPACE, S3Error, with_header, xml};
use super::checksum::Algorithm;
use super::object::{encrypted, etag, part_of, whole};
use super::{Answered, Asked};
use crate::encoding::decoded;
use crate::moment::Moment;
use crate::shelf::store::{Object, Part};

impl Asked<'_> {
    /// What is to be copied.
    fn source(&self) -> Result<Arc<Object>, S3Error> {
        let named = self.request.header("x-amz-copy-source").unwrap_or_default();
        let named = named.split('?').next().unwrap_or_default();
        let named = decoded(named);
        let Some((bucket, key)) = named.trim_start_matches('/').split_once('/') else {
            return Err(S3Error::argument(
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            ));
        };
        if !self.there(bucket) {
            return Err(S3Error::no_bucket(bucket));
        }
        self.services.account.shelf.store.get(bucket, key).ok_or_else(|| S3Error::no_key(key))
    }

    pub(super) fn copy(&self) -> Answered {
        let source = self.source()?;
        let directive = self.request.header("x-amz-metadata-directive").unwrap_or("COPY");
        let headers = match directive {
            "COPY" => source.headers.clone(),
            "REPLACE" => self.headers(),
            _ => return Err(S3Error::argument("Unknown metadata directive.")),
        };
        let wanted = self.request.header("x-amz-checksum-algorithm").and_then(Algorithm::named);
        let checksum = match wanted {
            Some(algorithm) => Some(whole(&algorithm.of(&source.bytes))),
            None => source.checksum.clone(),
        };
        let at = self.request.now().as_millis();
        let copy = Object { bytes: source.bytes.clone(), headers, etag: etag(&source.bytes), checksum, at };
        let told = format!(
            "<CopyObjectResult {NAMESPACE}><LastModified>{}</LastModified><ETag>{}</ETag></CopyObjectResult>",
            Moment::from_millis(at).iso_8601(),
            escaped(&copy.etag)
        );
        let mut reply = xml(&told);
        encrypted(&mut reply, &copy);
        self.services.account.shelf.store.put(&self.bucket, &self.key, copy)?;
        Ok(reply)
    }

    pub(super) fn copy_part(&self) -> Answered {
        let source = self.source()?;
        let range = match self.request.header("x-amz-copy-source-range") {
            Some(range) => part_of(range, source.bytes.len())?,
            None => None,
        };
        let (from, to) = range.unwrap_or((0, source.bytes.len()));
        let bytes = source.bytes.get(from..to).unwrap_or_default().to_vec();
        let checksum = self.upload()?.checksum.and_then(|(header, _)| Algorithm::of_header(header));
        let checksum = checksum.map(|it| (it.header(), it.of(&bytes).value));
        let at = self.request.now().as_millis();
        let part = Part { etag: etag(&bytes).trim_matches('"').to_owned(), bytes, checksum, at };
        let told = format!(
            "<CopyPartResult {NAMESPACE}><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag></CopyPartResult>",
            Moment::from_millis(at).iso_8601(),
            part.etag
        );
        let mut reply = xml(&told);
        if let Some((header, value)) = &part.checksum {
            with_header(&mut reply, header, value);
        }
        self.add(part)?;
        Ok(reply)
    }
}
