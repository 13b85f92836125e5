//! The process's environment.

/// The variable called `name`, if it is set to text.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
