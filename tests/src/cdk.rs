//! The CDK of the tests: `tests/cdk`.

use std::path::{Path, PathBuf};

/// A template that the CDK synthesised, as it is checked in.
#[must_use]
pub fn synthesised(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cdk/synthesised").join(name)
}

/// The app.
#[must_use]
pub fn app() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cdk/app.mjs")
}

/// The Python with the CDK's packages that `make` prepared; `None` where there is none and that is no mistake: then the test
/// says that it was skipped.
///
/// # Panics
///
/// Where `CI=true` and there is none: there nothing may be skipped.
#[must_use]
pub fn python() -> Option<PathBuf> {
    let found = std::env::var_os("CDK_PYTHON").map(PathBuf::from).filter(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and CDK_PYTHON names no interpreter: run the tests with `make test`"
        );
        eprintln!(
            "skipped: needs python3 with rehearsal/demo/cdk/requirements.txt (`make test` prepares it)"
        );
    }
    found
}

/// The folder with the packages of `tests/cdk/package.json` that `make` prepared; `None` where there is none and that is
/// no mistake: then the test says that it was skipped.
///
/// # Panics
///
/// Where `CI=true` and there is none: there nothing may be skipped.
#[must_use]
pub fn packages() -> Option<PathBuf> {
    let folder = std::env::var_os("CDK").map(PathBuf::from);
    let found = folder.filter(|folder| {
        ["aws-cdk", "aws-cdk-lib"].iter().all(|it| folder.join("node_modules").join(it).is_dir())
    });
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and CDK names no folder with aws-cdk and aws-cdk-lib: run the tests with `make test`"
        );
        eprintln!("skipped: needs node with tests/cdk/package.json (`make test` prepares it)");
    }
    found
}
