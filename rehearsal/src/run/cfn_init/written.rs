//! The files that metadata has: scripts that name one look for it where it is written.

use serde_json::Value as Json;

use super::super::user_data::{WrittenFile, absolute};

/// All of them, whichever config is run.
pub(in super::super) fn written_files<'m>(metadata: impl Iterator<Item = &'m Json>) -> Vec<WrittenFile> {
    let configs = metadata
        .filter_map(|it| it.get("AWS::CloudFormation::Init")?.as_object())
        .flat_map(|init| init.values());
    configs
        .filter_map(|config| config.get("files")?.as_object())
        .flat_map(|files| files.keys())
        .filter_map(|path| absolute(path))
        .map(|path| WrittenFile { path, content: Vec::new(), mode: 0, append: false })
        .collect()
}
