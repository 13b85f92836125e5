//! How the properties of one resource mention another, so that a mention is found whatever text is around it: one that
//! is replaced is followed by its mentions, and by no text that happens to have its id in it.
//!
//! These texts are compared, and shown to nobody.

/// The resource of this logical id, by the physical id that it has.
pub(crate) fn mention(logical_id: &str, physical_id: &str) -> String {
    format!("⟨{logical_id}={physical_id}⟩")
}
