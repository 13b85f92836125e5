//! A handle's URL, which the journal does not have: from wherever it was given to the instance.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use cfn_signal_core::secret::Secret;

use crate::cli::state::Handle;

/// Where cloud-init keeps the instance's user data, and the scripts in it.
///
/// Source: <https://docs.cloud-init.io/en/latest/reference/cli.html>
const USER_DATA: &str = "/var/lib/cloud/instance";
/// In which of its folders.
const SCRIPTS: &str = "scripts";

/// Of a file, in bytes: user data has at most 16 KiB.
const MOST: u64 = 1 << 20;

/// Where handles are looked for.
#[derive(Debug)]
pub(super) struct Handles<'a> {
    /// As typed.
    given: Option<&'a Secret>,
    /// A file or a folder.
    place: PathBuf,
}

impl<'a> Handles<'a> {
    pub(super) fn new(given: Option<&'a Secret>, place: Option<&str>) -> Self {
        Self { given, place: PathBuf::from(place.unwrap_or(USER_DATA)) }
    }

    /// The URL of `handle`, as it is or in base64.
    pub(super) fn find(&self, handle: &Handle) -> Option<Secret> {
        let given = self.given.filter(|given| Handle::of(given).as_ref() == Some(handle));
        given.cloned().or_else(|| {
            let files = if self.place.is_dir() {
                [files(&self.place), files(&self.place.join(SCRIPTS))].concat()
            } else {
                vec![self.place.clone()]
            };
            files.iter().find_map(|file| within(&text(file)?, handle))
        })
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.is_file()).collect()
}

fn text(file: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `handle`'s URL in a script, a unit or whatever else this is.
fn within(text: &str, handle: &Handle) -> Option<Secret> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '<' | '>' | '(' | ')' | ';');
    let words = text.split(ends).filter(|word| word.len() > 8);
    let candidates = words.flat_map(|word| {
        let value = word.split_once('=').map(|(_, value)| value);
        let url = word.find("http").and_then(|at| word.get(at..));
        [Some(word), value, url].into_iter().flatten()
    });
    let mut found = candidates.map(|word| Secret::from(word.to_owned()));
    found.find(|found| Handle::of(found).as_ref() == Some(handle))
}

#[cfg(test)]
mod tests {
    use cfn_signal_core::secret::Secret;

    use super::within;
    use crate::cli::state::Handle;

    const URL: &str = "https://b.s3.amazonaws.com/h?Signature=abc";
    const BASE64: &str = "aHR0cHM6Ly9iLnMzLmFtYXpvbmF3cy5jb20vaD9TaWduYXR1cmU9YWJj";

    #[test]
    fn it_is_found_wherever_it_was_written() {
        let handle = Handle::of(&Secret::from(URL.to_owned()));
        for text in [
            URL.to_owned(),
            format!("#!/bin/bash\nset -e\ncfn-signal -e $? '{URL}'\n"),
            format!("HANDLE={URL}\ncfn-signal \"$HANDLE\""),
            format!("export HANDLE=\"{BASE64}\""),
            format!("HANDLE={BASE64}"),
            format!("https://other.example/h?Signature=abc {URL};"),
        ] {
            assert!(handle.as_ref().is_some_and(|handle| within(&text, handle).is_some()), "{text}");
        }
        for text in ["", "https://b.s3.amazonaws.com/h?Signature=abd", "https://b.s3.amazonaws.com/h"] {
            assert!(handle.as_ref().is_some_and(|handle| within(text, handle).is_none()), "{text}");
        }
    }
}
