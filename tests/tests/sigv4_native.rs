//! Signature Version 4 against the published suites and against the AWS SDK's signer.

#![expect(clippy::panic, reason = "a test that fails by panicking")]

use cfn_signal_core::sigv4::{self, SigningKeys};
use cfn_signal_tests::sigv4_suite::{self, Signed};

#[test]
fn every_case_of_the_suites() {
    let mut keys = SigningKeys::default();
    let checked = sigv4_suite::check(|case| {
        let (request, key, scope, settings) =
            (case.request(), case.access_key(), case.scope()?, case.settings());
        let instructions = sigv4::sign(&request, &key, &scope, &settings, &mut keys);
        let explanation = sigv4::explain(&request, &key, &scope, &settings);
        let both = instructions.and_then(|instructions| Ok(Signed::new(instructions, explanation?)));
        both.map_err(|error| error.to_string())
    });
    match checked {
        Ok(count) => assert_eq!(count, 122),
        Err(differences) => panic!("{differences}"),
    }
}
