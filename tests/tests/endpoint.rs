//! CloudFormation's endpoints against the published cases and against botocore's rules.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::path::Path;

use cfn_signal_core::endpoint::{EndpointError, EndpointVariant, url};
use serde::Deserialize;

#[derive(Deserialize)]
struct Matrix {
    count: usize,
    cases: Vec<MatrixCase>,
}

#[derive(Deserialize)]
struct MatrixCase {
    region: String,
    fips: bool,
    dualstack: bool,
    url: String,
}

#[derive(Deserialize)]
struct Published {
    count: usize,
    cases: Vec<PublishedCase>,
}

#[derive(Deserialize)]
struct PublishedCase {
    doc: String,
    region: Option<String>,
    fips: Option<bool>,
    dualstack: Option<bool>,
    endpoint: Option<String>,
    expect: Expected,
}

#[derive(Deserialize)]
enum Expected {
    #[serde(rename = "url")]
    Url(String),
    #[serde(rename = "error")]
    Error(String),
}

#[test]
fn every_region_of_botocores_rules() {
    let matrix: Matrix = read("endpoint-matrix.json");
    assert_eq!((matrix.count, matrix.cases.len()), (264, 264));
    let mut refused = 0;
    for case in matrix.cases {
        // botocore puts anything into a host's name; these two cannot be part of one.
        let expected = if ["", "us east 1"].contains(&case.region.as_str()) {
            refused += 1;
            Err(EndpointError::InvalidRegion)
        } else {
            Ok(case.url)
        };
        assert_eq!(url(&case.region, variant(case.fips, case.dualstack)), expected, "{}", case.region);
    }
    assert_eq!(refused, 8);
}

#[test]
fn every_published_case() {
    let published: Published = read("endpoint-tests.compact.json");
    assert_eq!((published.count, published.cases.len()), (49, 49));
    let mut custom = 0;
    for case in published.cases {
        if case.endpoint.is_some() {
            // An endpoint of the caller's own replaces this function's answer: nothing is asked of it.
            custom += 1;
            continue;
        }
        let variant = variant(case.fips.unwrap_or_default(), case.dualstack.unwrap_or_default());
        let actual = url(case.region.as_deref().unwrap_or_default(), variant);
        match case.expect {
            Expected::Url(expected) => assert_eq!(actual, Ok(expected), "{}", case.doc),
            Expected::Error(error) => {
                assert_eq!(error, "Invalid Configuration: Missing Region", "{}", case.doc);
                assert_eq!(actual, Err(EndpointError::InvalidRegion), "{}", case.doc);
            }
        }
    }
    assert_eq!(custom, 4);
}

fn variant(fips: bool, dual_stack: bool) -> EndpointVariant {
    EndpointVariant { fips, dual_stack }
}

fn read<T: for<'a> Deserialize<'a>>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
