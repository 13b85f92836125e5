//! Compressed user data.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

/// What it may become: a thousand times EC2's limit.
const MAX_BYTES: u64 = 16 << 20;

/// Not readable.
#[derive(Debug, thiserror::Error)]
pub(super) enum GzipError {
    #[error("cannot be decompressed")]
    Broken(#[from] std::io::Error),
    #[error("decompresses to more than {MAX_BYTES} bytes")]
    TooLong,
}

/// The content, decompressed where it is compressed.
pub(super) fn decompressed(content: &[u8]) -> Result<Cow<'_, [u8]>, GzipError> {
    if !content.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(content));
    }
    let mut plain = Vec::new();
    MultiGzDecoder::new(content).take(MAX_BYTES + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > MAX_BYTES {
        return Err(GzipError::TooLong);
    }
    Ok(Cow::Owned(plain))
}
