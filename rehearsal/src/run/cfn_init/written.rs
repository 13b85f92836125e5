//! The files that metadata has: scripts that name one look for it where it is written.

use serde_json::Value as Json;

use super::super::user_data::{WrittenFile, absolute};
use crate::init_metadata::items;

/// All of them, whichever config is run.
pub(in super::super) fn written_files<'m>(metadata: impl Iterator<Item = &'m Json>) -> Vec<WrittenFile> {
    metadata
        .flat_map(|it| items(it, &["files"]))
        .filter_map(|file| absolute(file.name))
        .map(|path| WrittenFile { path, content: Vec::new(), mode: 0, append: false })
        .collect()
}
