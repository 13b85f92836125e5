//! The token that requests carry, and what is known of the service without one.

use std::time::{Duration, Instant};

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::Response;
use cfn_signal_core::secret::Secret;

use super::{Imds, ImdsError};
use crate::http::Http;

/// Of a token, in seconds: the longest allowed.
const TTL: u64 = 21_600;
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
/// Before its end a token is renewed, so that none ends on its way.
const MARGIN: Duration = Duration::from_secs(120);
/// What a token is asked for under, in errors.
const PATH: &str = "api/token";

/// What is known of the service so far.
#[derive(Clone, Debug)]
pub(super) enum Session {
    Unknown,
    Token {
        token: Secret,
        renewed_at: Instant,
    },
    /// It gives no tokens: version 1.
    Tokenless(Why),
    /// It was not there, and is not asked again before this.
    Gone(ImdsError, Instant),
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(super) enum Pass {
    /// A token of an earlier request's.
    Held(Secret),
    /// A token that was given for this request.
    Fresh(Secret),
    /// None.
    None(Why),
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The service says that it gives none.
    Refused,
    /// Its answer does not arrive: version 1 may do all the same.
    Silent,
}

impl Pass {
    pub(super) fn token(&self) -> Option<&Secret> {
        match self {
            Self::Held(token) | Self::Fresh(token) => Some(token),
            Self::None(_) => None,
        }
    }

    /// What it means that the service does not let it pass.
    pub(super) fn refused(&self) -> ImdsError {
        match self {
            Self::Held(_) | Self::Fresh(_) => ImdsError::TokenRefused,
            Self::None(Why::Refused) => ImdsError::Unauthorized,
            Self::None(Why::Silent) => ImdsError::HopLimited,
        }
    }
}

impl<H: Http> Imds<H> {
    /// What the next request is to carry.
    pub(super) fn pass(&self, base: &str) -> Result<Pass, ImdsError> {
        let now = (self.time.now)();
        match &*self.session.borrow() {
            Session::Token { token, renewed_at } if now < *renewed_at => {
                return Ok(Pass::Held(token.clone()));
            }
            Session::Tokenless(why) => return Ok(Pass::None(*why)),
            Session::Gone(error, until) if now < *until => return Err(error.clone()),
            Session::Token { .. } | Session::Gone(..) | Session::Unknown => {}
        }
        let answer = match self.ask_for_token(base) {
            Ok(answer) => answer,
            // As it is where the answer may not travel so far. Only version 1's requests tell that from a service that is not there.
            Err(ImdsError::Unreachable(error)) if is_silence(&error) => return self.without_answer(base),
            Err(error) => return Err(error),
        };
        match answer.status {
            200 => {
                let (token, renewed_at) = read(answer, now)?;
                self.settle(Session::Token { token: token.clone(), renewed_at });
                Ok(Pass::Fresh(token))
            }
            400 | 403 | 404 | 405 if self.access.version_1 => {
                self.settle(Session::Tokenless(Why::Refused));
                Ok(Pass::None(Why::Refused))
            }
            400 | 403 | 404 | 405 => Err(ImdsError::VersionOneDisabled),
            status => Err(ImdsError::Status { status, path: PATH.to_owned() }),
        }
    }

    fn without_answer(&self, base: &str) -> Result<Pass, ImdsError> {
        if self.access.version_1 {
            return Ok(Pass::None(Why::Silent));
        }
        // Nothing is taken from it: that it answers is all.
        self.send("GET", format!("{base}/latest/"), Vec::new()).and(Err(ImdsError::HopLimited))
    }

    fn ask_for_token(&self, base: &str) -> Result<Response, ImdsError> {
        self.send("PUT", format!("{base}/latest/{PATH}"), vec![(TTL_HEADER.to_owned(), TTL.to_string())])
    }
}

fn is_silence(error: &SendError) -> bool {
    matches!(error, SendError::Failed(TransportError::Timeout))
}

/// The token of an answer to a request of `asked_at`, and when it is to be renewed.
fn read(answer: Response, asked_at: Instant) -> Result<(Secret, Instant), ImdsError> {
    let header = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(TTL_HEADER));
    let lifetime = header.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(TTL).min(TTL);
    let malformed = || ImdsError::Malformed("token".to_owned());
    let text = String::from_utf8(answer.body).map_err(|_| malformed())?;
    let token = Secret::new(text.trim());
    // It becomes a header: a page of whoever else answers at that address is none.
    if token.expose().is_empty() || !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed());
    }
    Ok((token, asked_at + Duration::from_secs(lifetime).saturating_sub(MARGIN)))
}
