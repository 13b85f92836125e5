//! The beginning and the end of AWS's credential chain: the environment, and the instance's role.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>

use std::rc::Rc;
use std::time::Duration;

use super::finder::{Chain, because};
use super::http::Http;
use super::imds::Imds;
use cfn_signal_core::delivery::CredentialsError;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

/// Where there is no more of the chain than a process's environment and the instance metadata service.
#[derive(Debug)]
pub struct EnvironmentChain<H> {
    environment: fn(&str) -> Option<String>,
    imds: Rc<Imds<H>>,
}

impl<H: Http> EnvironmentChain<H> {
    /// A chain that looks nowhere yet.
    #[must_use]
    pub fn new(environment: fn(&str) -> Option<String>, imds: Rc<Imds<H>>) -> Self {
        Self { environment, imds }
    }

    fn set(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

impl<H: Http> Chain for EnvironmentChain<H> {
    fn key(&self, metadata_is_gone: bool, _: Duration) -> Result<(AccessKey, String), CredentialsError> {
        let wrong = |why: &str| Err(CredentialsError::Permanent(why.to_owned()));
        match (self.set("AWS_ACCESS_KEY_ID"), self.set("AWS_SECRET_ACCESS_KEY")) {
            (Some(id), Some(secret)) => {
                let session_token = self.set("AWS_SESSION_TOKEN").map(Secret::new);
                let key = AccessKey { id, secret: secret.into(), session_token, expires_at: None };
                return Ok((key, "the environment".to_owned()));
            }
            (Some(_), None) => return wrong("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"),
            (None, Some(_)) => return wrong("AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID"),
            (None, None) => {}
        }
        let nothing = "nothing in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)";
        if metadata_is_gone {
            return wrong(nothing);
        }
        let role = self.imds.first_role().and_then(|name| Ok((self.imds.role(&name)?, name)));
        role.map(|(key, name)| (key, format!("the instance's role {name}"))).map_err(|error| {
            because(&self.imds, &error, format!("{nothing}; no role of the instance: {error}"))
        })
    }
}

#[cfg(test)]
mod tests;
