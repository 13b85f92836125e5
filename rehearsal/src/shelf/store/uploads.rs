//! Objects that come in parts.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Full, MOST, Object, State, Store};
use crate::ids;

/// Uploads at a time.
const UPLOADS: usize = 1000;

/// The least bytes of a part that is not the last.
const LEAST: usize = 5 << 20;

/// An upload that has begun.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upload {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// Its headers and its time; the bytes come in parts.
    pub(crate) object: Object,
    /// The header of the checksum that its parts have, if any, and of what the whole has one: `COMPOSITE`, `FULL_OBJECT`.
    pub(crate) checksum: Option<(&'static str, &'static str)>,
    pub(crate) parts: BTreeMap<u32, Arc<Part>>,
}

/// A part of an object.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) bytes: Vec<u8>,
    /// Without quotes.
    pub(crate) etag: String,
    /// A header and its value.
    pub(crate) checksum: Option<(&'static str, String)>,
    pub(crate) at: u64,
}

/// Why an upload does not come to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UploadError {
    /// There is none of this id for this key.
    None,
    /// A part is not there, or is another.
    Part,
    /// Parts are named in another order than theirs.
    Order,
    /// A part before the last is too short.
    Small,
    /// The whole is not what the client says.
    Digest,
    /// There is no room for it.
    Full,
}

impl From<Full> for UploadError {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl Store {
    /// Begins an upload: its id.
    pub(crate) fn begin(&self, upload: Upload) -> Result<String, Full> {
        let mut state = self.state();
        if state.uploads.len() >= UPLOADS {
            return Err(Full);
        }
        let id = ids::uuid().replace('-', "");
        state.uploads.insert(id.clone(), upload);
        Ok(id)
    }

    /// What there is of an upload.
    pub(crate) fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<Upload, UploadError> {
        self.state().upload(bucket, key, id).cloned()
    }

    /// The uploads of a bucket, by their ids.
    pub(crate) fn uploads(&self, bucket: &str) -> Vec<(String, Upload)> {
        let state = self.state();
        let of_bucket = state.uploads.iter().filter(|(_, upload)| upload.bucket == bucket);
        of_bucket.map(|(id, upload)| (id.clone(), upload.clone())).collect()
    }

    /// Adds a part, in place of one of the same number.
    pub(crate) fn add(
        &self,
        (bucket, key, id): (&str, &str, &str),
        number: u32,
        part: Part,
    ) -> Result<(), UploadError> {
        let mut state = self.state();
        let upload = state.upload(bucket, key, id)?;
        let before = upload.parts.get(&number).map_or(0, |it| it.bytes.len());
        let bytes = state.bytes - before + part.bytes.len();
        if bytes > MOST {
            return Err(UploadError::Full);
        }
        state.bytes = bytes;
        if let Some(upload) = state.uploads.get_mut(id) {
            upload.parts.insert(number, Arc::new(part));
        }
        Ok(())
    }

    /// Makes an object of the parts that are named, by number and entity tag, as `finish` says of their bytes.
    pub(crate) fn complete(
        &self,
        (bucket, key, id): (&str, &str, &str),
        named: &[(u32, String)],
        finish: impl FnOnce(&Upload, &[Arc<Part>]) -> Result<Object, UploadError>,
    ) -> Result<Arc<Object>, UploadError> {
        let mut state = self.state();
        let upload = state.upload(bucket, key, id)?;
        if !named.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(UploadError::Order);
        }
        let part = |(number, etag): &(u32, String)| {
            let part = upload.parts.get(number).filter(|it| it.etag == *etag);
            part.map(Arc::clone).ok_or(UploadError::Part)
        };
        let parts = named.iter().map(part).collect::<Result<Vec<_>, _>>()?;
        let Some((_, others)) = parts.split_last() else { return Err(UploadError::Part) };
        if others.iter().any(|it| it.bytes.len() < LEAST) {
            return Err(UploadError::Small);
        }
        let object = finish(upload, &parts)?;
        // What the parts take is free again once they are one.
        let taken = upload.size();
        state.bytes -= taken;
        if let Err(full) = state.put(bucket, key, object) {
            state.bytes += taken;
            return Err(full.into());
        }
        state.uploads.remove(id);
        state.objects.get(&(bucket.to_owned(), key.to_owned())).cloned().ok_or(UploadError::None)
    }

    pub(crate) fn abort(&self, bucket: &str, key: &str, id: &str) -> Result<(), UploadError> {
        let mut state = self.state();
        let size = state.upload(bucket, key, id)?.size();
        state.uploads.remove(id);
        state.bytes -= size;
        Ok(())
    }
}

impl State {
    fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<&Upload, UploadError> {
        let upload = self.uploads.get(id).filter(|it| it.bucket == bucket && it.key == key);
        upload.ok_or(UploadError::None)
    }

    /// Aborts every upload to a bucket.
    pub(super) fn abort_all(&mut self, bucket: &str) {
        let of_bucket = self.uploads.extract_if(.., |_, upload| upload.bucket == bucket);
        let freed: usize = of_bucket.map(|(_, upload)| upload.size()).sum();
        self.bytes -= freed;
    }
}

impl Upload {
    fn size(&self) -> usize {
        self.parts.values().map(|it| it.bytes.len()).sum()
    }
}
