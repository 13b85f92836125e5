//! AWS's error codes, by what can be done about them.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html> and what AWS's SDKs
//! agree on. Codes are compared exactly: `throttling` is none of AWS's.

/// Error codes of one kind. A list costs the component a third of what a `match` does.
pub(super) struct Codes(&'static [&'static str]);

impl Codes {
    #[inline(never)]
    pub(super) fn contain(&self, code: &str) -> bool {
        self.0.contains(&code)
    }
}

/// The caller is too fast.
pub(super) const THROTTLING: Codes = Codes(&[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
]);

/// The service did not get the request in time, whatever the status says.
pub(super) const TRANSIENT: Codes = Codes(&["RequestTimeout", "RequestTimeoutException"]);

/// The access key is unknown: wrong, or so new that IAM has not propagated it.
pub(super) const UNKNOWN_KEY: Codes =
    Codes(&["InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException"]);

/// The credentials were good once.
pub(super) const EXPIRED: Codes = Codes(&["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]);

/// The signature is wrong, or may have been made at the wrong time.
pub(super) const SIGNATURE: Codes =
    Codes(&["SignatureDoesNotMatch", "InvalidSignature", "InvalidSignatureException", "AuthFailure"]);

/// The request was signed at another time than the service's.
pub(super) const CLOCK: Codes = Codes(&["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"]);

/// The request is not signed in a way that the service can read, or by an account that may not use it.
pub(super) const AUTHENTICATION: Codes = Codes(&[
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "OptInRequired",
    "InvalidToken",
]);

/// The caller is known and may not do this.
pub(super) const DENIED: Codes = Codes(&[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "NotAuthorized",
    "AccountProblem",
]);
