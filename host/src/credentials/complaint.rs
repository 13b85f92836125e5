//! Why AWS's chain found nothing, in one line that fits a message.

use std::error::Error;

use aws_config::meta::ProviderChainError;
use aws_credential_types::provider::error::CredentialsError;
use cfn_signal_core::delivery::CredentialsError as Lack;

/// What the SDK says of every provider that has nothing to go by; what matters comes after it.
const NOT_ENABLED: &str = "the credential provider was not enabled";

/// What the SDK says of a profile that needs a part of it which is not built in, and what to do about it.
const NOT_BUILT_IN: [(&str, &str); 3] = [
    (
        "enabled: credentials-process",
        "the profile has a credential_process, which cfn-signal does not run: run it and export its keys \
         (AWS_ACCESS_KEY_ID and so on)",
    ),
    (
        "enabled: sso",
        "the profile is one of IAM Identity Center, which takes a cfn-signal built with --features sso: or export its \
         keys (aws configure export-credentials)",
    ),
    (
        "enabled: credentials-login",
        "the profile is one of aws login, which cfn-signal does not read: export its keys \
         (aws configure export-credentials)",
    ),
];

/// An error of the chain: what each provider says where all were asked, else what is wrong with the one that failed; and
/// whether another try may help. A provider that has nothing to go by, or is set up wrongly, stays so; one that was refused
/// does, unless its service is `failing`.
pub(super) fn of(error: &CredentialsError, failing: bool) -> Lack {
    let chain =
        error.source().and_then(|source| source.downcast_ref::<ProviderChainError<CredentialsError>>());
    let line = chain.map_or_else(|| causes(error), attempts);
    let may_pass = match error {
        CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_) => false,
        CredentialsError::ProviderTimedOut(_) => true,
        _ => failing,
    };
    if may_pass { Lack::Temporary(line) } else { Lack::Permanent(line) }
}

fn attempts(chain: &ProviderChainError<CredentialsError>) -> String {
    let tried: Vec<String> = chain
        .attempts()
        .iter()
        .map(|attempt| match causes(attempt.error()) {
            why if is_absence(&why) => attempt.name().to_owned(),
            why => format!("{} ({why})", attempt.name()),
        })
        .collect();
    format!("nothing in {}", tried.join(", "))
}

/// Whether a provider merely has nothing to go by: its name says that.
fn is_absence(why: &str) -> bool {
    let absent = ["not set", "not configured", "IMDS disabled"];
    why.is_empty() || absent.iter().any(|words| why.contains(words))
}

/// An error and its causes in one line, none of them twice.
fn causes(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if let Some((_, advice)) = NOT_BUILT_IN.iter().find(|(marker, _)| text.contains(marker)) {
            return (*advice).to_owned();
        }
        if text != NOT_ENABLED && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}
