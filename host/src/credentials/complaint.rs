//! Why AWS's chain found nothing, in one line that fits a message.

use std::error::Error;

use aws_config::meta::ProviderChainError;
use aws_credential_types::provider::error::CredentialsError;
use cfn_signal_core::causes::causes;

use super::asked::Asked;

/// What the SDK says first of whatever went wrong; what matters comes after it.
const PREAMBLES: [&str; 3] = [
    "the credential provider was not enabled",
    "an error occurred while loading credentials",
    "unexpected credentials error",
];

/// What the SDK says of a profile that needs a part of it which is not built in, and what to do about it.
const NOT_BUILT_IN: [(&str, &str); 2] = [
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

/// Why there are no credentials, and whether there may be some later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    /// One line.
    pub(super) why: String,
    pub(super) prospect: Prospect,
}

/// Whether another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prospect {
    /// However long it lasts.
    Passing,
    /// As long as the instance is new.
    Early,
    /// No.
    Lasting,
}

/// An error of the chain: what each provider says where all were asked, else what is wrong with the one that failed; and
/// whether another try may help. What is set up wrongly, or not at all, stays so; a service that does not answer, or has
/// nothing to say yet, may come round, the latter soon or not at all.
pub(super) fn of(error: &CredentialsError, asked: Option<&Asked>) -> Lack {
    let chain =
        error.source().and_then(|source| source.downcast_ref::<ProviderChainError<CredentialsError>>());
    let mut line = chain.map_or_else(|| why(error), attempts);
    let unread = is_gibberish(error);
    if let Some(asked) = asked.filter(|asked| unread || !asked.is_success())
        && let Some(answer) = asked.answer()
    {
        line = format!("{line}: {answer}");
    }
    let prospect = match (error, asked) {
        (CredentialsError::InvalidConfiguration(_), _) => Prospect::Lasting,
        (CredentialsError::ProviderTimedOut(_), _) => Prospect::Passing,
        (_, Some(asked)) if asked.may_pass() || (asked.is_success() && unread) => Prospect::Passing,
        (_, Some(asked)) if asked.is_absent() => Prospect::Early,
        _ => Prospect::Lasting,
    };
    Lack { why: line, prospect }
}

/// Whether an answer that should have been credentials could not be read. One that is an error in so many words can be, and
/// the SDK says so without a deeper cause.
fn is_gibberish(error: &CredentialsError) -> bool {
    let said = || error.source().is_some_and(|cause| cause.source().is_none());
    match error {
        CredentialsError::Unhandled(_) => true,
        CredentialsError::ProviderError(_) => !said(),
        _ => false,
    }
}

fn attempts(chain: &ProviderChainError<CredentialsError>) -> String {
    let tried: Vec<String> = chain
        .attempts()
        .iter()
        .map(|attempt| match why(attempt.error()) {
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
fn why(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in causes(error) {
        let text = error.to_string();
        if let Some((_, advice)) = NOT_BUILT_IN.iter().find(|(marker, _)| text.contains(marker)) {
            return (*advice).to_owned();
        }
        let text = in_words(&text);
        if !text.is_empty()
            && !PREAMBLES.contains(&text.as_str())
            && !parts.iter().any(|part| part.contains(&text))
        {
            parts.push(text);
        }
    }
    parts.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is for people of a text into which the SDK has written its own types: those hold an answer's headers and body. Of an
/// error only the message is kept.
fn in_words(text: &str) -> String {
    // Such as `Response {`, `Error {`, `Some(`.
    let types = text.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).find_map(|(start, _)| {
        let rest = text.get(start..)?;
        let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        let alone = !text.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric());
        (alone && (name.starts_with(" {") || name.starts_with('('))).then_some((start, rest))
    });
    let Some((start, rest)) = types else { return text.trim_end_matches('.').to_owned() };
    let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '.', ',', ':']);
    let message = rest
        .starts_with("Error {")
        .then(|| rest.split_once("message: \"").and_then(|(_, message)| message.split_once('"')))
        .flatten();
    match message {
        Some((message, _)) if before.is_empty() => message.to_owned(),
        Some((message, _)) => format!("{before}: {message}"),
        None => before.to_owned(),
    }
}

#[cfg(test)]
mod tests;
