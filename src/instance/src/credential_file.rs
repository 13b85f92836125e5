//! `--credential-file`: two keys in a file that only its owner may read.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

/// Why a credential file was refused. The texts are those of Amazon's helper.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file.
    #[error("Credential file was not found at {0}")]
    NotFound(String),
    /// Others than its owner may read or change it.
    #[error("Credential file cannot be accessible by group or other. Please chmod 600 the credential file.")]
    Accessible,
    /// A key is missing.
    #[error("Credential file must contain the keys 'AWSAccessKeyId' and 'AWSSecretKey'")]
    Incomplete,
    /// It could not be read.
    #[error("Credential file {path} cannot be read: {reason}")]
    Unreadable {
        /// Where it is.
        path: String,
        /// The system's error.
        reason: io::Error,
    },
}

/// Reads the keys from `path`.
///
/// # Errors
///
/// As [`FileError`] says.
pub fn read(path: &str) -> Result<AccessKey, FileError> {
    let unreadable = |reason: io::Error| FileError::Unreadable { path: path.to_owned(), reason };
    if !Path::new(path).is_file() {
        return Err(FileError::NotFound(path.to_owned()));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    // Of the file that is open, not of whatever the name stands for by then.
    if is_accessible_to_others(&file.metadata().map_err(unreadable)?) {
        return Err(FileError::Accessible);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let text = Secret::new(String::from_utf8(bytes).map_err(|_| FileError::Incomplete)?);
    parse(text.expose()).ok_or(FileError::Incomplete)
}

#[cfg(unix)]
fn is_accessible_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_accessible_to_others(_: &fs::Metadata) -> bool {
    false
}

/// Of lines `AWSAccessKeyId=…` and `AWSSecretKey=…` the last ones; other lines are ignored.
fn parse(text: &str) -> Option<AccessKey> {
    let last =
        |key: &str| text.lines().rev().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
    let id = last("AWSAccessKeyId").filter(|value| !value.is_empty())?;
    let secret = last("AWSSecretKey").filter(|value| !value.is_empty())?;
    Some(AccessKey { id: id.to_owned(), secret: Secret::new(secret), session_token: None, expires_at: None })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_last_of_each_key_counts_and_nothing_else() {
        let key = parse("# x\nAWSAccessKeyId=A\r\n  AWSSecretKey=s=1=\nother=1\nAWSAccessKeyId=B\n");
        let key = key.as_ref().map(|key| (key.id.as_str(), key.secret.expose()));
        assert_eq!(key, Some(("B", "s=1=")));
        for incomplete in [
            "",
            "AWSAccessKeyId=A",
            "AWSAccessKeyId = A\nAWSSecretKey = b",
            "AWSAccessKeyId=A\nAWSSecretKey=",
        ] {
            assert!(parse(incomplete).is_none(), "{incomplete}");
        }
    }
}
