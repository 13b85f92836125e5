//! Where the service is, and how patiently it is asked.

use std::time::Duration;

/// For one request, its connection and its answer together.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Tries for one value.
const TRIES: u32 = 3;
/// For one value, tries and pauses together.
const BUDGET: Duration = Duration::from_millis(2500);

/// What the environment says of the metadata service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// Where it is, if it may be asked at all.
    pub url: Option<String>,
    /// Whether it may be asked without a token.
    pub version_1: bool,
    /// For one request.
    pub timeout: Duration,
    /// For one value, from 1 up.
    pub tries: u32,
    /// For one value, tries and pauses together.
    pub budget: Duration,
}

impl Access {
    /// As `AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT`, `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`,
    /// `AWS_EC2_METADATA_V1_DISABLED`, `AWS_METADATA_SERVICE_TIMEOUT` (seconds) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` say.
    /// Whoever sets one of the last two is not held to a budget beside them.
    ///
    /// Sources: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-client.html>,
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html>,
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ec2-instance-metadata.html>
    pub(super) fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let is_true = |name: &str| set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let url = || {
            let mode = set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").unwrap_or_default();
            let default = if mode.eq_ignore_ascii_case("ipv6") {
                "http://[fd00:ec2::254]"
            } else {
                "http://169.254.169.254"
            };
            let url = set("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| default.to_owned());
            url.trim_end_matches('/').to_owned()
        };
        let (timeout, tries) = patience(environment);
        let budget = if timeout.is_none() && tries.is_none() { BUDGET } else { Duration::MAX };
        Self {
            url: (!is_true("AWS_EC2_METADATA_DISABLED")).then(url),
            version_1: !is_true("AWS_EC2_METADATA_V1_DISABLED"),
            timeout: timeout.unwrap_or(TIMEOUT),
            tries: tries.unwrap_or(TRIES),
            budget,
        }
    }
}

/// How long `AWS_METADATA_SERVICE_TIMEOUT` gives a request and how many tries `AWS_METADATA_SERVICE_NUM_ATTEMPTS` gives a
/// value, where `environment` has them.
#[must_use]
pub fn patience(environment: &dyn Fn(&str) -> Option<String>) -> (Option<Duration>, Option<u32>) {
    let number = |name: &str| environment(name)?.trim().parse::<u32>().ok().filter(|number| *number > 0);
    let timeout = number("AWS_METADATA_SERVICE_TIMEOUT").map(|seconds| Duration::from_secs(seconds.into()));
    (timeout, number("AWS_METADATA_SERVICE_NUM_ATTEMPTS"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Access;

    fn access(variables: &[(&str, &str)]) -> Access {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Access::from_environment(&|name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn what_the_environment_says() {
        let default = Access {
            url: Some("http://169.254.169.254".to_owned()),
            version_1: true,
            timeout: Duration::from_secs(1),
            tries: 3,
            budget: Duration::from_millis(2500),
        };
        assert_eq!(access(&[]), default);
        assert_eq!(
            access(&[("AWS_EC2_METADATA_DISABLED", "TRUE"), ("AWS_EC2_METADATA_V1_DISABLED", "True")]),
            Access { url: None, version_1: false, ..default.clone() }
        );
        let mode = ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
        assert_eq!(access(&[mode]).url.as_deref(), Some("http://[fd00:ec2::254]"));
        let given = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1/");
        assert_eq!(access(&[mode, given]).url.as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(
            access(&[("AWS_METADATA_SERVICE_TIMEOUT", "5")]),
            Access { timeout: Duration::from_secs(5), budget: Duration::MAX, ..default.clone() }
        );
        assert_eq!(
            access(&[("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")]),
            Access { tries: 1, budget: Duration::MAX, ..default.clone() }
        );
        for unreadable in ["", "0", "-1", "soon", "1.5"] {
            let variables = [
                ("AWS_METADATA_SERVICE_TIMEOUT", unreadable),
                ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", unreadable),
            ];
            assert_eq!(access(&variables), default, "{unreadable:?}");
        }
    }
}
