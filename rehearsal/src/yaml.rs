//! What both readers of YAML hold to: a template or user data may cost so much memory and no more, whatever its
//! aliases ask for.

#[cfg(test)]
mod tests;

/// Bytes of text that a document's values may hold, with those that aliases repeat: more than either reader takes
/// without aliases.
pub(crate) const MAX_BYTES: usize = 16 << 20;
/// Levels below the root.
pub(crate) const MAX_DEPTH: usize = 100;

/// What a value holds, with all that is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) values: usize,
    /// Of texts and keys.
    pub(crate) bytes: usize,
    /// Levels below it.
    pub(crate) height: usize,
}

impl Size {
    /// One value that holds none.
    pub(crate) const fn one(bytes: usize) -> Self {
        Self { values: 1, bytes, height: 0 }
    }

    /// Text that is no value of its own.
    pub(crate) const fn text(bytes: usize) -> Self {
        Self { values: 0, bytes, height: 0 }
    }

    /// The same value, with another in it.
    #[must_use]
    pub(crate) fn with(self, inner: Self) -> Self {
        Self {
            values: self.values.saturating_add(inner.values),
            bytes: self.bytes.saturating_add(inner.bytes),
            height: self.height.max(inner.height.saturating_add(1)),
        }
    }
}

/// More than a document may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Excess {
    #[error("nested more than {MAX_DEPTH} levels deep")]
    Depth,
    #[error("more than {0} values, aliases counted")]
    Values(usize),
    #[error("more than {MAX_BYTES} bytes of text, aliases counted")]
    Bytes,
}

/// What is left of a document's share. What is copied is paid for before it is.
#[derive(Debug)]
pub(crate) struct Budget {
    max_values: usize,
    values: usize,
    bytes: usize,
}

impl Budget {
    pub(crate) const fn new(max_values: usize) -> Self {
        Self { max_values, values: 0, bytes: 0 }
    }

    /// Pays for what stands `depth` levels below the root, and gives the number of values so far.
    pub(crate) fn spend(&mut self, size: Size, depth: usize) -> Result<usize, Excess> {
        self.values = self.values.saturating_add(size.values);
        self.bytes = self.bytes.saturating_add(size.bytes);
        if depth.saturating_add(size.height) > MAX_DEPTH {
            return Err(Excess::Depth);
        }
        if self.values > self.max_values {
            return Err(Excess::Values(self.max_values));
        }
        if self.bytes > MAX_BYTES {
            return Err(Excess::Bytes);
        }
        Ok(self.values)
    }
}
