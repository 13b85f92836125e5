//! Where the examples are, and what they need.

use std::fs;
use std::path::{Path, PathBuf};

use cfn_signal_tests::binaries;
use serde_json::Value;

/// A file of `hosts/`.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts").join(name)
}

/// The request that every example signs.
pub fn request() -> PathBuf {
    file("request.json")
}

/// The signature that it has to get.
pub fn signature() -> String {
    let request: Value = serde_json::from_slice(&fs::read(request()).unwrap()).unwrap();
    request.get("expected-signature").and_then(Value::as_str).unwrap().to_owned()
}

/// A component that `make` left.
pub fn component(name: &str) -> PathBuf {
    let path = binaries::target_dir().join("component").join(name);
    assert!(path.is_file(), "{} is missing: run `make component` first", path.display());
    path
}
