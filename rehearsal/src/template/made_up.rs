//! Values that are made up, because no such thing is there: they are told, for nobody is to take them for real ones.

use std::collections::BTreeMap;

use super::functions::Resolver;

/// Something that was made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeUp {
    /// What it is: `Ip`, what `Ref` gives, or `Ip.AllocationId`.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Resolver<'_> {
    /// Remembers that a value is made up. Where references are only compared, none matters.
    pub(super) fn mark(&self, name: String, value: &str) {
        if !self.is_symbolic {
            self.made_up.borrow_mut().insert(name, value.to_owned());
        }
    }

    /// What was made up since the last time.
    pub(super) fn take_made_up(&self) -> Vec<MadeUp> {
        let made_up: BTreeMap<_, _> = self.made_up.take();
        made_up.into_iter().map(|(name, value)| MadeUp { name, value }).collect()
    }
}
