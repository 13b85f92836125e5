//! The names of stacks.

#[cfg(test)]
mod tests;

/// Characters that a stack's name may have.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
pub(crate) const LONGEST: usize = 128;

/// Whether `text` is made as a stack's name is, however long: a letter, then letters, digits and hyphens.
pub(crate) fn is_well_formed(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
}
