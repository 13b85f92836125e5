//! The Python of the tests' own clients.

use std::path::PathBuf;

/// The interpreter that `make` prepared, with the packages of `tests/requirements.txt`; `None` where there is none and
/// that is no mistake: then the test says that it was skipped.
///
/// # Panics
///
/// Where `CI=true` and there is none: there nothing may be skipped.
#[must_use]
pub fn interpreter() -> Option<PathBuf> {
    let found = std::env::var_os("PYTHON").map(PathBuf::from).filter(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and PYTHON names no interpreter: run the tests with `make test`"
        );
        eprintln!("skipped: needs python3 with tests/requirements.txt (`make test` prepares it)");
    }
    found
}

/// The `aws` command of [`interpreter`]'s packages.
#[must_use]
pub fn aws() -> Option<PathBuf> {
    interpreter().map(|python| python.with_file_name("aws"))
}
