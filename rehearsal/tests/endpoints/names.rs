//! The names that there are.

use std::time::Duration;

use super::SERVER;
use super::inside::{Box, QUIET, blocking};

#[tokio::test]
async fn names_lead_to_the_box_and_to_nothing_else() {
    let boxed = Box::new(SERVER);
    let client = boxed.client();
    blocking(move || {
        for (name, kind, expected) in [
            ("cloudformation.eu-west-3.amazonaws.com", "A", vec!["169.254.169.250"]),
            ("CLOUDFORMATION.eu-west-3.amazonaws.com", "A", vec!["169.254.169.250"]),
            ("cloudformation.eu-west-3.amazonaws.com", "AAAA", vec![]),
            ("cloudformation.eu-west-3.api.aws", "AAAA", vec!["fd00:ec2::250"]),
            ("cloudformation.eu-west-3.api.aws", "A", vec!["169.254.169.250"]),
            ("any.s3.eu-west-3.amazonaws.com", "A", vec!["169.254.169.250"]),
            ("ip-10-0-0-10.eu-west-3.compute.internal", "A", vec!["10.0.0.10"]),
            ("ip-10-0-0-10.eu-west-3.compute.internal", "AAAA", vec![]),
            ("instance-data.ec2.internal", "A", vec!["169.254.169.254"]),
            ("10.0.0.10.in-addr.arpa", "PTR", vec!["ip-10-0-0-10.eu-west-3.compute.internal"]),
            ("254.169.254.169.in-addr.arpa", "PTR", vec!["instance-data.eu-west-3.compute.internal"]),
        ] {
            let name =
                if kind == "PTR" && name.starts_with("10.0") { "10.0.0.10.in-addr.arpa" } else { name };
            assert_eq!(client.resolve(name, kind).unwrap(), expected, "{name} {kind}");
            assert_eq!(client.resolve_by_tcp(name, kind).unwrap(), expected, "{name} {kind}");
        }
        for name in [
            "deb.debian.org",
            "cloudformation-fips.eu-west-3.amazonaws.com",
            "ip-10-0-0-11.eu-west-3.compute.internal",
            "11.0.0.10.in-addr.arpa",
            "does-not-exist.example.com",
        ] {
            assert_eq!(client.resolve(name, "A").unwrap_err(), "NameError", "{name}");
        }
        assert_eq!(client.garbled(), "FormatError");
    })
    .await;
    let mut boxed = boxed;
    // What was told is read.
    let _ = tokio::time::timeout(Duration::from_millis(50), boxed.rehearsal.until_decided(QUIET)).await;
    let told = boxed.notes();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0]
            .contains("the instance asked for deb.debian.org, where packages come from: there is no network")
    );
    assert!(told[1].contains("cloudformation-fips.eu-west-3.amazonaws.com: not rehearsed"), "{told:?}");
}
