//! Who is likely to sign, and how long what the instance knows of itself is waited for therefore.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cfn_signal_instance::finder::{Auth, Explicit};

use super::defaults::{Patience, set};
use super::options::Options;

/// Before the deadline: what a signal takes.
const TO_SEND: Duration = Duration::from_millis(1_500);

/// For an instance that this machine may not be.
pub(super) const PERHAPS: Duration = Duration::from_secs(10);

/// Who is likely to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signer {
    /// What the instance's metadata gives: because it has to, or because nothing else gives credentials.
    Metadata,
    /// The instance, if this is one: else keys that the environment offers.
    Perhaps,
    /// Keys that need no instance.
    Keys,
}

impl Signer {
    pub(super) fn of(options: &Options, explicit: Option<&Explicit>) -> Self {
        match explicit {
            Some(Explicit::Role(_)) => Self::Metadata,
            Some(_) => Self::Keys,
            None if options.auth == Auth::Instance || !are_keys_offered() => Self::Metadata,
            None if options.auth == Auth::SigV4 => Self::Keys,
            None => Self::Perhaps,
        }
    }

    pub(super) const fn patience(self) -> Patience {
        match self {
            Self::Metadata | Self::Perhaps => Patience::Whole,
            Self::Keys => Patience::Some,
        }
    }

    /// How much of what is `left` id and region may take together.
    pub(super) fn share(self, left: Duration) -> Duration {
        match self {
            Self::Metadata => all_but_sending(left),
            Self::Perhaps => PERHAPS.min(left / 2),
            // There are substitutes for them: most of the time is the signal's.
            Self::Keys => left / 3,
        }
    }
}

/// What there is before no time would be left to send anything.
pub(super) fn all_but_sending(left: Duration) -> Duration {
    left - TO_SEND.min(left / 2)
}

/// Whether AWS's chain may find keys that are not the instance's.
fn are_keys_offered() -> bool {
    /// Where it looks. Source: <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
    const ELSEWHERE: [&str; 5] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    ELSEWHERE.iter().any(|name| set(name).is_some()) || has_profiles()
}

/// Whether there is a file that profiles may be in.
fn has_profiles() -> bool {
    let home = set("HOME").or_else(|| set("USERPROFILE")).unwrap_or_default();
    [("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")].iter().any(
        |(variable, name)| {
            let path = set(variable).map_or_else(|| Path::new(&home).join(".aws").join(name), PathBuf::from);
            path.is_file()
        },
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Signer;

    #[test]
    fn most_of_a_short_time_is_left_to_the_signal() {
        for (signer, left, share) in [
            (Signer::Metadata, 300.0, 298.5),
            (Signer::Metadata, 1.0, 0.5),
            (Signer::Metadata, 0.0, 0.0),
            (Signer::Perhaps, 300.0, 10.0),
            (Signer::Perhaps, 6.0, 3.0),
            (Signer::Keys, 300.0, 100.0),
        ] {
            assert_eq!(
                signer.share(Duration::from_secs_f64(left)),
                Duration::from_secs_f64(share),
                "{signer:?}"
            );
        }
    }
}
