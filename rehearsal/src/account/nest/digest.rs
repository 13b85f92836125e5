//! Whether the templates of nested stacks are the same as before.

use std::hash::{DefaultHasher, Hasher as _};

use crate::shelf::{Origin, Shelf};
use crate::template::Template;

/// Templates within templates that are looked at.
const LEVELS: usize = 5;
/// Templates that are looked at in all.
const MOST: usize = 100;

/// A digest of the template that a URL names and of those that it names itself; none where it cannot be read.
pub(super) fn of(shelf: &Shelf, url: &str, origin: &Origin) -> Option<String> {
    let (mut hasher, mut left) = (DefaultHasher::new(), MOST);
    add(shelf, url, origin, LEVELS, &mut left, &mut hasher)?;
    Some(format!("{:016x}", hasher.finish()))
}

fn add(
    shelf: &Shelf,
    url: &str,
    origin: &Origin,
    levels: usize,
    left: &mut usize,
    hasher: &mut DefaultHasher,
) -> Option<()> {
    *left = left.checked_sub(1)?;
    let found = shelf.find(url, origin).ok()?;
    hasher.write(found.text.as_bytes());
    if let Some(levels) = levels.checked_sub(1)
        && let Ok(template) = Template::found(&found)
    {
        for url in template.nested_urls() {
            add(shelf, url, template.origin(), levels, left, hasher);
        }
    }
    Some(())
}
