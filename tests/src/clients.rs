//! Deployment clients that are large: `make test-clients` installs them.

use std::path::PathBuf;

/// A command of those, such as `sam`; `None` where it is not installed: then the test says that it was skipped.
///
/// # Panics
///
/// Where `CLIENTS` names the folder and there is none: `make test-clients` skips nothing.
#[must_use]
pub fn command(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CLIENTS").map(PathBuf::from) else {
        eprintln!("skipped: needs {name} (make test-clients)");
        return None;
    };
    let found = ["sam", "python"].iter().map(|venv| folder.join(venv).join("bin").join(name));
    let found = found.into_iter().find(|it| it.is_file());
    assert!(found.is_some(), "CLIENTS names no folder with {name}: run the tests with `make test-clients`");
    found
}

/// The folder with the packages of `tests/node/sdk` that `make` prepared; `None` where there is none and that is no mistake.
///
/// # Panics
///
/// Where `CI=true` and there is none: there nothing may be skipped.
#[must_use]
pub fn node_sdk() -> Option<PathBuf> {
    let folder = std::env::var_os("NODE_SDK").map(PathBuf::from);
    let found = folder.filter(|it| it.join("node_modules/@aws-sdk/client-cloudformation").is_dir());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and NODE_SDK names no folder with the AWS SDK: run the tests with `make test`"
        );
        eprintln!("skipped: needs node with tests/node/sdk/package.json (`make test` prepares it)");
    }
    found
}
