//! Whether the templates of nested stacks are the same as before.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};

use crate::shelf::{Origin, Shelf};
use crate::template::Template;

/// Templates within templates that are looked at.
const LEVELS: usize = 5;
/// Templates that are looked at in all.
const MOST: usize = 100;

/// Digests of the templates that one template names: the same one may be named hundreds of times.
pub(super) struct Digests<'a> {
    shelf: &'a Shelf,
    origin: &'a Origin,
    known: HashMap<String, Option<String>>,
}

impl<'a> Digests<'a> {
    /// Those that a template from `origin` names.
    pub(super) fn new(shelf: &'a Shelf, origin: &'a Origin) -> Self {
        Self { shelf, origin, known: HashMap::new() }
    }

    /// A digest of the template that a URL names and of those that it names itself; none where it cannot be read.
    pub(super) fn of(&mut self, url: &str) -> Option<String> {
        if let Some(known) = self.known.get(url) {
            return known.clone();
        }
        let mut walk =
            Walk { shelf: self.shelf, left: MOST, met: HashSet::new(), hasher: DefaultHasher::new() };
        let digest = walk.add(url, self.origin, LEVELS).map(|()| format!("{:016x}", walk.hasher.finish()));
        self.known.insert(url.to_owned(), digest.clone());
        digest
    }
}

struct Walk<'a> {
    shelf: &'a Shelf,
    left: usize,
    /// Texts that have been looked through.
    met: HashSet<String>,
    hasher: DefaultHasher,
}

impl Walk<'_> {
    fn add(&mut self, url: &str, origin: &Origin, levels: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let found = self.shelf.find(url, origin).ok()?;
        self.hasher.write(found.text.as_bytes());
        // One that names itself has nothing more to say.
        if let Some(levels) = levels.checked_sub(1)
            && self.met.insert(found.text.clone())
            && let Ok(template) = Template::found(&found)
        {
            let urls: BTreeSet<_> = template.nested_urls().into_iter().collect();
            for url in urls {
                self.add(url, template.origin(), levels);
            }
        }
        Some(())
    }
}
