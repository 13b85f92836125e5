//! AWS Signature Version 4.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod request;

pub use request::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Request, Scope, SessionToken,
    Settings,
};
