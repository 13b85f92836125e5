//! Buckets and their objects, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;

/// Bytes that all objects take together.
const MOST: usize = 256 << 20;

/// Objects at a time, and buckets.
const OBJECTS: usize = 10_000;

/// What is put into buckets.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Those that clients made; others are resources of stacks.
    buckets: BTreeSet<String>,
    /// By bucket and key.
    objects: BTreeMap<(String, String), Arc<Object>>,
    bytes: usize,
}

/// An object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: String,
    /// `x-amz-meta-…`, by the rest of their names.
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) etag: String,
    /// When it was put, in milliseconds since 1970.
    pub(crate) at: u64,
}

/// There is no room for more.
#[derive(Debug)]
pub(crate) struct Full;

impl Store {
    pub(crate) fn make(&self, bucket: &str) -> Result<(), Full> {
        let mut state = self.state();
        if state.buckets.len() >= OBJECTS {
            return Err(Full);
        }
        state.buckets.insert(bucket.to_owned());
        Ok(())
    }

    pub(crate) fn made(&self) -> Vec<String> {
        self.state().buckets.iter().cloned().collect()
    }

    pub(crate) fn has(&self, bucket: &str) -> bool {
        self.state().buckets.contains(bucket)
    }

    /// Drops a bucket; false where it has something in it.
    pub(crate) fn drop_bucket(&self, bucket: &str) -> bool {
        let mut state = self.state();
        if state.objects.keys().any(|(of, _)| of == bucket) {
            return false;
        }
        state.buckets.remove(bucket);
        true
    }

    pub(crate) fn put(&self, bucket: &str, key: &str, object: Object) -> Result<(), Full> {
        let mut state = self.state();
        let at = (bucket.to_owned(), key.to_owned());
        let before = state.objects.get(&at).map(|it| it.bytes.len());
        let bytes = state.bytes - before.unwrap_or(0) + object.bytes.len();
        if bytes > MOST || (before.is_none() && state.objects.len() >= OBJECTS) {
            return Err(Full);
        }
        state.bytes = bytes;
        state.objects.insert(at, Arc::new(object));
        Ok(())
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
        let by_host = host.split_once(".s3").and_then(|(bucket, _)| self.get(bucket, &decode(path)));
        by_host.or_else(|| {
            let (bucket, key) = path.split_once('/')?;
            self.get(bucket, &decode(key))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
