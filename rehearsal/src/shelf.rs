//! Templates that are named by a URL or a path: those of nested stacks, and those of `TemplateURL`.
//!
//! What clients have put into buckets is found by its URL. What else would be in S3 is looked for in one folder, which
//! nothing leads out of: neither `..` nor a link. Besides there are files, and what this machine serves itself on loopback.

mod error;
mod origin;
mod remote;
pub(crate) mod store;

pub(crate) use error::ShelfError;
pub(crate) use origin::Origin;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use percent_encoding::percent_decode_str;

use origin::{Address, address};

#[cfg(test)]
mod tests;

/// Bytes of a template that is named by a URL.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MAX_BYTES: usize = 1_000_000;

/// Where templates are looked for.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    folder: Option<Folder>,
    /// What clients have put into buckets.
    pub(crate) store: store::Store,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    dir: Dir,
}

/// A template's text, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl Shelf {
    /// Templates are looked for in this folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        Ok(Self { folder: Some(Folder { path: path.to_owned(), dir }), store: store::Store::default() })
    }

    /// Finds what `url` names in a template that comes from `origin`.
    pub(crate) fn find(&self, url: &str, origin: &Origin) -> Result<Found, ShelfError> {
        // What comes after the path may be a signature.
        let (whole, url) = (url, url.split(['?', '#']).next().unwrap_or_default());
        if let Some(object) = self.store.at_url(url) {
            return found(url, object.bytes.clone(), Origin::Nowhere);
        }
        match address(url) {
            Address::File(path) => file(url, &path),
            Address::Loopback => remote::get(whole, url).and_then(|bytes| found(url, bytes, Origin::Nowhere)),
            Address::Elsewhere(path) => self.in_folder(url, path),
            Address::Path(path) => match origin {
                Origin::Folder(folder) if folder.join(path).is_file() => file(url, &folder.join(path)),
                Origin::Shelf(folder) => match self.at(url, &folder.join(path)) {
                    Some(found) => found,
                    None => self.in_folder(url, path),
                },
                _ => self.in_folder(url, path),
            },
        }
    }

    /// The longest end of a URL's path that is in the folder, down to its last part alone.
    fn in_folder(&self, url: &str, path: &str) -> Result<Found, ShelfError> {
        let parts: Vec<String> = path
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .filter(|part| !matches!(part.as_str(), "" | "." | ".."))
            .collect();
        let name = parts.last().cloned().unwrap_or_default();
        let Some(folder) = &self.folder else {
            return Err(ShelfError::NoFolder { url: url.to_owned(), name });
        };
        let ends = (0..parts.len()).filter_map(|from| parts.get(from..));
        for end in ends {
            if let Some(found) = self.at(url, &end.iter().collect::<PathBuf>()) {
                return found;
            }
        }
        Err(ShelfError::NotThere { url: url.to_owned(), name, folder: folder.path.display().to_string() })
    }

    /// A file of the folder; none where there is none, or where the way to it leads out of the folder.
    fn at(&self, url: &str, path: &Path) -> Option<Result<Found, ShelfError>> {
        let folder = self.folder.as_ref()?;
        let is_file = folder.dir.metadata(path).is_ok_and(|it| it.is_file());
        let file = if is_file { folder.dir.open(path).ok()? } else { return None };
        let origin = Origin::Shelf(path.parent().map(Path::to_owned).unwrap_or_default());
        let name = folder.path.join(path).display().to_string();
        Some(match bounded(file) {
            Ok(bytes) => found(url, bytes, origin).map(|found| Found { name, ..found }),
            Err(error) => Err(ShelfError::Unreadable { url: url.to_owned(), error: error.into() }),
        })
    }
}

/// A file of this machine. What is no regular file could make somebody wait.
fn file(url: &str, path: &Path) -> Result<Found, ShelfError> {
    let unreadable = |error: io::Error| ShelfError::Unreadable { url: url.to_owned(), error: error.into() };
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(unreadable(io::Error::other("it is no regular file")));
    }
    let bytes = File::open(path).and_then(bounded).map_err(unreadable)?;
    let found = found(url, bytes, Origin::beside(path))?;
    Ok(Found { name: path.display().to_string(), ..found })
}

/// No more than it takes to see that it is too much.
fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn found(url: &str, bytes: Vec<u8>, origin: Origin) -> Result<Found, ShelfError> {
    if bytes.len() > MAX_BYTES {
        return Err(ShelfError::TooLong { most: MAX_BYTES });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Found { name: url.to_owned(), text, origin }),
        Err(_) => Err(ShelfError::NotText { url: url.to_owned() }),
    }
}
