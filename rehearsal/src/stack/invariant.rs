//! What cannot be, by what the machine does.

/// Says so where tests and debug builds run; elsewhere nothing comes of it.
pub(super) fn broken(what: &str) {
    debug_assert!(false, "{what}");
}
