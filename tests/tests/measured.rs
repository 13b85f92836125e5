//! What README says of sizes and times is what was measured, and what is built is as large as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use cfn_signal_tests::binaries;
use cfn_signal_tests::sizes::{self, Recorded};

fn page(name: &str) -> String {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(name)).unwrap()
}

#[test]
fn readme_has_the_figures_of_the_last_run() {
    let (readme, results) = (page("README.md"), page("benches/RESULTS.md"));
    let block = |page: &str| {
        let (_, rest) = page.split_once("<!-- measured: `make bench` writes this -->\n").unwrap();
        rest.split_once("<!-- end of what was measured -->").unwrap().0.to_owned()
    };
    assert_eq!(block(&readme), block(&results), "`make bench` writes both");
    assert!(block(&readme).lines().count() > 10);
    assert!(!results.contains("A trial of the benchmark"), "a quick run is no measurement");
}

#[test]
fn readme_has_no_other_sizes_and_times() {
    let (readme, results) = (page("README.md"), page("benches/RESULTS.md"));
    let told = figures(&readme);
    let unknown: Vec<_> = told.iter().filter(|figure| !results.contains(*figure)).collect();
    assert!(unknown.is_empty(), "not in benches/RESULTS.md: {unknown:?}");
    assert!(told.len() > 15, "{told:?}: they are not found any more");
}

/// A number before a unit of what is measured; whole seconds and minutes are limits, which nobody measures.
fn figures(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split([' ', '\n', '|', '(', ')']).collect();
    let mut found = Vec::new();
    for pair in words.windows(2) {
        let [number, unit] = pair else { continue };
        let unit = unit.trim_end_matches([',', ';', ':', '.', '*']);
        let is_number = number.starts_with(|c: char| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
        if is_number && ["ns", "µs", "ms", "B", "kB", "MB", "GB"].contains(&unit) {
            found.push(format!("{number} {unit}"));
        }
    }
    found
}

#[test]
fn components_have_not_grown() {
    if binaries::components_are_debians() {
        return;
    }
    let recorded = Recorded::read().unwrap();
    let built = sizes::components(&binaries::target_dir());
    assert_eq!(built.len(), sizes::COMPONENTS.len(), "run `make component` first");
    for component in &built {
        assert!(recorded.bytes.contains_key(&component.name), "{}: not recorded", component.name);
        assert_eq!(recorded.complaint(component), None);
    }
}
