//! Paths of a rehearsal's own, beside those of AWS's services.

/// Where signals to another region go.
pub(crate) const ELSEWHERE: &str = "/elsewhere";
