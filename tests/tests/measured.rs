//! What is built is as large as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cfn_signal_tests::binaries;
use cfn_signal_tests::sizes::{self, Recorded};

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
