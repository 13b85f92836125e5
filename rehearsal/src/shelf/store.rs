//! Buckets and their objects, in memory.

mod uploads;

pub(crate) use uploads::{Part, Upload, UploadError};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;

#[cfg(test)]
mod tests;

/// Bytes that all objects take together, with what is uploaded of others.
pub(crate) const MOST: usize = 256 << 20;

/// Objects at a time, buckets, and what is set of them.
const OBJECTS: usize = 10_000;

/// Bytes of what is set of a bucket, as of its policy.
const SETTING: usize = 20 << 10;

/// What is put into buckets.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Those that clients made, and when, in milliseconds since 1970; others are resources of stacks.
    buckets: BTreeMap<String, u64>,
    /// What clients set of buckets, such as `versioning`.
    settings: BTreeMap<(String, String), Vec<u8>>,
    /// By bucket and key.
    objects: BTreeMap<(String, String), Arc<Object>>,
    /// By their ids.
    uploads: BTreeMap<String, Upload>,
    bytes: usize,
}

/// An object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    /// What is told with it: `content-type`, `x-amz-meta-…` and the like.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) etag: String,
    /// A header and its value, and the type: of the whole object, or of its parts.
    pub(crate) checksum: Option<(&'static str, String, &'static str)>,
    /// When it was put, in milliseconds since 1970.
    pub(crate) at: u64,
}

/// There is no room for more.
#[derive(Debug)]
pub(crate) struct Full;

impl Store {
    /// Makes a bucket; one that is there stays.
    pub(crate) fn make(&self, bucket: &str, at: u64) -> Result<(), Full> {
        let mut state = self.state();
        if state.buckets.len() >= OBJECTS {
            return Err(Full);
        }
        state.buckets.entry(bucket.to_owned()).or_insert(at);
        Ok(())
    }

    /// The buckets that clients made, and when.
    pub(crate) fn made(&self) -> BTreeMap<String, u64> {
        self.state().buckets.clone()
    }

    pub(crate) fn has(&self, bucket: &str) -> bool {
        self.state().buckets.contains_key(bucket)
    }

    /// Whether a bucket has something in it.
    pub(crate) fn is_full(&self, bucket: &str) -> bool {
        self.state().objects.keys().any(|(of, _)| of == bucket)
    }

    /// Drops a bucket; false where it has something in it.
    pub(crate) fn drop_bucket(&self, bucket: &str) -> bool {
        let mut state = self.state();
        if state.objects.keys().any(|(of, _)| of == bucket) {
            return false;
        }
        state.buckets.remove(bucket);
        state.settings.retain(|(of, _), _| of != bucket);
        state.abort_all(bucket);
        true
    }

    /// Sets something of a bucket, such as `policy`; none is as nobody has set it.
    pub(crate) fn set(&self, bucket: &str, name: &str, value: Option<Vec<u8>>) -> Result<(), Full> {
        let mut state = self.state();
        let at = (bucket.to_owned(), name.to_owned());
        match value {
            Some(value) if value.len() > SETTING || state.settings.len() >= OBJECTS => return Err(Full),
            Some(value) => state.settings.insert(at, value),
            None => state.settings.remove(&at),
        };
        Ok(())
    }

    pub(crate) fn setting(&self, bucket: &str, name: &str) -> Option<Vec<u8>> {
        self.state().settings.get(&(bucket.to_owned(), name.to_owned())).cloned()
    }

    pub(crate) fn put(&self, bucket: &str, key: &str, object: Object) -> Result<(), Full> {
        self.state().put(bucket, key, object)
    }

    pub(crate) fn get(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        self.state().objects.get(&(bucket.to_owned(), key.to_owned())).cloned()
    }

    pub(crate) fn remove(&self, bucket: &str, key: &str) {
        let mut state = self.state();
        if let Some(gone) = state.objects.remove(&(bucket.to_owned(), key.to_owned())) {
            state.bytes -= gone.bytes.len();
        }
    }

    /// Keys that begin so, after one, in their order.
    pub(crate) fn list(&self, bucket: &str, prefix: &str, after: &str) -> Vec<(String, Arc<Object>)> {
        let state = self.state();
        let all = state.objects.range((bucket.to_owned(), after.to_owned())..);
        all.take_while(|((of, _), _)| of == bucket)
            .filter(|((_, key), _)| key.starts_with(prefix) && (after.is_empty() || key != after))
            .map(|((_, key), object)| (key.clone(), Arc::clone(object)))
            .collect()
    }

    /// The object that a URL names: the bucket is the first part of its path, or of its host's name.
    pub(super) fn at_url(&self, url: &str) -> Option<Arc<Object>> {
        let (_, rest) = url.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let of_host = bucket_of(host).and_then(|bucket| self.get(bucket, &decode(path)));
        of_host.or_else(|| {
            let (bucket, key) = path.split_once('/')?;
            self.get(bucket, &decode(key))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, bucket: &str, key: &str, object: Object) -> Result<(), Full> {
        let at = (bucket.to_owned(), key.to_owned());
        let before = self.objects.get(&at).map(|it| it.bytes.len());
        let bytes = self.bytes - before.unwrap_or(0) + object.bytes.len();
        if bytes > MOST || (before.is_none() && self.objects.len() >= OBJECTS) {
            return Err(Full);
        }
        self.bytes = bytes;
        self.objects.insert(at, Arc::new(object));
        Ok(())
    }
}

/// The bucket that the name of a host begins with: `bucket.s3.eu-west-1.amazonaws.com`, `bucket.localhost:8080`.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
pub(crate) fn bucket_of(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.');
    if let Some(bucket) = name.strip_suffix(".localhost") {
        return Some(bucket);
    }
    let service = name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".amazonaws.com.cn"))?;
    // A bucket's name may have `.s3` in it: the last one counts.
    let (bucket, region) = service.rsplit_once(".s3")?;
    (region.is_empty() || region.starts_with(['.', '-'])).then_some(bucket)
}

/// Whether a host is Amazon S3's, with a bucket in its name or without.
pub(crate) fn is_s3(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.');
    let service = name.strip_suffix(".amazonaws.com").or_else(|| name.strip_suffix(".amazonaws.com.cn"));
    bucket_of(host).is_some() || service.is_some_and(|it| it == "s3" || it.starts_with("s3."))
}
