//! Signature Version 4 against the published suites and against the AWS SDK's signer.

#![expect(clippy::panic, reason = "a test that fails by panicking")]

use cfn_signal_core::sigv4::{self, SigningKeys};
use cfn_signal_tests::sigv4_suite;

#[test]
fn every_case_of_the_suites() {
    let mut keys = SigningKeys::default();
    let checked = sigv4_suite::check(|case| {
        sigv4::sign(&case.request(), &case.access_key(), &case.scope()?, &case.settings(), &mut keys)
            .map(Into::into)
            .map_err(|error| error.to_string())
    });
    match checked {
        Ok(count) => assert_eq!(count, 122),
        Err(differences) => panic!("{differences}"),
    }
}
