//! Debian's heat-cfntools, whose `cfn-signal` is another client of wait condition handles.

use std::path::PathBuf;

/// The folder that `make` has unpacked the package in; `None` where there is none and that is no mistake: then the test
/// says that it was skipped.
///
/// # Panics
///
/// Where `CI=true` and there is none: there nothing may be skipped.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let found = std::env::var_os("HEAT_CFNTOOLS")
        .map(PathBuf::from)
        .filter(|path| path.join("usr/bin/cfn-signal").is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "CI=true and HEAT_CFNTOOLS names no folder with heat-cfntools: run the tests with `make test`"
        );
        eprintln!("skipped: needs heat-cfntools (`make test` unpacks it where there is apt-get)");
    }
    // It leaves HTTP to curl.
    let curl = std::process::Command::new("curl").arg("--version").output().is_ok();
    if found.is_some() && !curl {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true and there is no curl");
        eprintln!("skipped: needs curl");
        return None;
    }
    found
}
