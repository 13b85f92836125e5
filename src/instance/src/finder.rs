//! Whom to sign as.
//!
//! In this order: keys of a credential file, a role by name, keys of the command line; else the instance's own
//! identity (`CFN_V1`), else AWS's chain. An identity is fetched when the delivery asks for one, not before.

use std::fmt;
use std::future::{Future, ready};
use std::rc::Rc;
use std::time::Duration;

use super::http::Http;
use super::imds::{Imds, ImdsError};
use cfn_signal_core::deliver::Identities;
use cfn_signal_core::delivery::{CredentialsError, Freshness, IdentityRequest};
use cfn_signal_core::identity::{AccessKey, Identity};
use cfn_signal_core::redact;

/// Where keys are looked for when the command line names none and the instance's identity is not used.
pub trait Chain {
    /// The first key of the chain and where it was found, within `patience`. `metadata_is_gone` where the instance metadata
    /// service has been found not to be there.
    ///
    /// # Errors
    ///
    /// One line that says what was found wanting, and whether that may pass.
    fn key(
        &self,
        metadata_is_gone: bool,
        patience: Duration,
    ) -> Result<(AccessKey, String), CredentialsError>;
}

/// What the command line says of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Explicit {
    /// Keys, and where they were given.
    Keys(AccessKey, &'static str),
    /// A role of the instance, by name.
    Role(String),
}

/// Which kinds of identity may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// What the command line says, else the instance's identity, else AWS's chain.
    #[default]
    Auto,
    /// The instance's identity only.
    Instance,
    /// Never the instance's identity.
    SigV4,
}

/// The kind of the instance's identity.
const INSTANCE: &str = "instance";
/// The kind of an identity that is not the instance's.
const ACCESS_KEY: &str = "access-key";

/// An identity that was used, for people: never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Used {
    /// `instance` or `access-key`.
    pub kind: &'static str,
    /// Where it came from.
    pub source: String,
    /// The access key id, unless it does not look like one: it may be the secret.
    pub access_key_id: Option<String>,
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.access_key_id {
            Some(id) => write!(f, "access key {id} from {}", self.source),
            None if self.kind == ACCESS_KEY => {
                write!(f, "an access key whose id does not look like one from {}", self.source)
            }
            None => f.write_str(&self.source),
        }
    }
}

/// Finds identities for one delivery.
pub struct Finder<H, C> {
    explicit: Option<Explicit>,
    auth: Auth,
    imds: Rc<Imds<H>>,
    chain: C,
    used: Option<Used>,
    /// The instance's identity was refused, or there is none and will be none.
    past_instance: bool,
    /// What was found last is the chain's, because the instance's identity was not there yet.
    stands_in: bool,
}

impl<H: Http, C: Chain> Finder<H, C> {
    /// Looks for nothing yet.
    #[must_use]
    pub fn new(explicit: Option<Explicit>, auth: Auth, imds: Rc<Imds<H>>, chain: C) -> Self {
        Self { explicit, auth, imds, chain, used: None, past_instance: false, stands_in: false }
    }

    /// The identity that was found last.
    #[must_use]
    pub fn used(&self) -> Option<&Used> {
        self.used.as_ref()
    }

    /// Whether the key that was found last stands in for the instance's identity, which has come since, or comes within `patience`.
    #[must_use]
    pub fn instance_has_come(&self, patience: Duration) -> bool {
        if !self.stands_in {
            return false;
        }
        self.imds.within(patience);
        let worth = |error: &ImdsError| self.imds.may_yet_come(error);
        self.imds.insist(patience, worth, Imds::identity).is_ok()
    }

    fn look(&mut self, freshness: Freshness) -> Result<Found, CredentialsError> {
        match (&self.explicit, self.auth) {
            (Some(Explicit::Keys(key, source)), _) => {
                Ok((Identity::AccessKey(key.clone()), (*source).to_owned()))
            }
            (Some(Explicit::Role(name)), _) => self.role(name),
            (None, Auth::Instance) => self.instance().map_err(|error| {
                because(&self.imds, &error, format!("{error}; --auth instance works on an EC2 instance only"))
            }),
            (None, Auth::SigV4) => self.search_chain(),
            (None, Auth::Auto) => self.auto(freshness),
        }
    }

    fn auto(&mut self, freshness: Freshness) -> Result<Found, CredentialsError> {
        let as_instance = self.used.as_ref().is_some_and(|used| used.kind == INSTANCE);
        let refused = !self.past_instance && as_instance && freshness == Freshness::Renewed;
        if refused {
            tracing::info!("the instance identity was refused: trying the AWS credential chain");
        }
        let why_not = if self.past_instance {
            None
        } else if refused {
            Some(CredentialsError::Permanent("the instance identity was refused".to_owned()))
        } else {
            match self.instance() {
                Ok(found) => return Ok(found),
                // A service that is not there may be late: at boot the network is.
                Err(error) => Some(because(&self.imds, &error, error.to_string())),
            }
        };
        // What is only late goes before the chain again, whenever somebody asks.
        let late = matches!(why_not, Some(CredentialsError::Temporary(_)));
        let found = self.search_chain().map_err(|error| match why_not {
            Some(why) => both(why, error),
            None => error,
        })?;
        (self.past_instance, self.stands_in) = (!late, late);
        Ok(found)
    }

    fn instance(&self) -> Result<Found, ImdsError> {
        Ok((Identity::Instance(self.imds.identity()?), "the instance identity (CFN_V1)".to_owned()))
    }

    fn role(&self, name: &str) -> Result<Found, CredentialsError> {
        let wrong = |why: String| Err(CredentialsError::Permanent(why));
        if let Some((_, last)) = name.strip_prefix("arn:").and_then(|rest| rest.rsplit_once('/')) {
            return wrong(format!("--role takes a role's name, not its ARN: try --role {last}"));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        if !name.chars().all(allowed) {
            return wrong("--role takes a role's name: letters, digits and +=,.@_-".to_owned());
        }
        match self.imds.role(name) {
            Ok(key) => Ok((Identity::AccessKey(key), format!("the instance's role {name}"))),
            Err(error @ ImdsError::NotFound(_)) => Err(because(
                &self.imds,
                &error,
                format!("the instance has no role named {name}: check the name and the instance profile"),
            )),
            Err(error) => Err(because(
                &self.imds,
                &error,
                format!("no credentials of the role {name}: {error}; --role works on an EC2 instance only"),
            )),
        }
    }

    fn search_chain(&self) -> Result<Found, CredentialsError> {
        match self.chain.key(self.imds.is_gone(), self.imds.left().unwrap_or(Duration::MAX)) {
            Ok((key, source)) => Ok((Identity::AccessKey(key), source)),
            Err(CredentialsError::Temporary(why)) => {
                Err(CredentialsError::Temporary(format!("AWS chain: {why}")))
            }
            Err(error) => Err(CredentialsError::Permanent(format!("AWS chain: {error}"))),
        }
    }
}

/// An identity, and where it came from.
type Found = (Identity, String);

/// What `error` of `imds` means for credentials, in the words `line`.
pub(crate) fn because<H: Http>(imds: &Imds<H>, error: &ImdsError, line: String) -> CredentialsError {
    if imds.may_yet_come(error) {
        CredentialsError::Temporary(line)
    } else {
        CredentialsError::Permanent(line)
    }
}

/// Two reasons, the second at the end of a search that began with the first: either may pass.
fn both(first: CredentialsError, second: CredentialsError) -> CredentialsError {
    let line = format!("{first}; {second}");
    match (first, second) {
        (CredentialsError::Permanent(_), CredentialsError::Permanent(_)) => CredentialsError::Permanent(line),
        _ => CredentialsError::Temporary(line),
    }
}

impl<H: Http, C: Chain> Identities for Finder<H, C> {
    fn identity(
        &mut self,
        request: IdentityRequest,
    ) -> impl Future<Output = Result<Identity, CredentialsError>> {
        ready(self.find(request))
    }
}

impl<H: Http, C: Chain> Finder<H, C> {
    /// An identity, as fresh and as soon as `request` says. It blocks.
    ///
    /// # Errors
    ///
    /// When there is none, and whether there may be one later.
    pub fn find(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        self.imds.within(Duration::from_millis(request.timeout.into()));
        let (identity, source) = self.look(request.freshness)?;
        let used = match &identity {
            Identity::Instance(_) => Used { kind: INSTANCE, source, access_key_id: None },
            Identity::AccessKey(key) => {
                let access_key_id = redact::access_key_id(&key.id).map(str::to_owned);
                Used { kind: ACCESS_KEY, source, access_key_id }
            }
        };
        tracing::info!(identity = %used, "signing");
        self.used = Some(used);
        Ok(identity)
    }
}

#[cfg(test)]
mod tests;
