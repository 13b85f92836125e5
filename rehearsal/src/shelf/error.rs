//! Why a template that is named by a URL cannot be had.

use std::io;
use std::sync::Arc;

/// Why a template cannot be had, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ShelfError {
    #[error("{url}: no bucket of this rehearsal has it; give --template-dir DIR, a folder that has {name}")]
    NoFolder { url: String, name: String },
    #[error("{url}: the folder {folder} (--template-dir) has no {name}")]
    NotThere { url: String, name: String, folder: String },
    #[error("{url}: the template cannot be read ({error})")]
    Unreadable { url: String, error: Arc<io::Error> },
    #[error("{url}: the template cannot be fetched ({problem})")]
    NotFetched { url: String, problem: String },
    #[error("{url}: is not text in UTF-8, so no template")]
    NotText { url: String },
    /// In the service's words.
    #[error("Template may not exceed {most} bytes in size.")]
    TooLong { most: usize },
}
