#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::is_path;
use super::versions::{Version, listing};

#[test]
fn paths_of_metadata_begin_with_a_version() {
    for path in ["/latest", "/latest/", "/latest/x", "/2009-04-04/meta-data/", "/1.0"] {
        assert!(is_path(path), "{path}");
    }
    for path in ["/", "", "/latestx", "/2009-04-05/meta-data/", "/bucket/latest", "//latest"] {
        assert!(!is_path(path), "{path}");
    }
}

#[test]
fn versions_have_what_came_before_them() {
    let version = |text| Version::read(text).unwrap();
    assert!(version("latest").has("2024-04-11") && version("2021-03-23").has("2021-03-23"));
    assert!(version("2007-01-19").has("1.0") && !version("1.0").has("2007-01-19"));
    let listed = listing();
    let all: Vec<_> = listed.lines().collect();
    assert!(all.is_sorted() && all.first() == Some(&"1.0") && all.last() == Some(&"latest"));
}
