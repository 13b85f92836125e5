//! Where a region's CloudFormation answers.

/// Which of a region's endpoints to use.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndpointVariant {
    /// The region's ordinary endpoint.
    #[default]
    Standard,
    /// Validated for FIPS 140.
    Fips,
    /// IPv4 and IPv6.
    DualStack,
    /// Both.
    FipsDualStack,
}
