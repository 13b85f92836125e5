//! Whom to sign as: asking, renewing, falling back.

use alloc::borrow::ToOwned;

use super::{Asked, Delivery, Expected, Moment, Then};
use crate::delivery::report::{Failure, with_detail};
use crate::delivery::types::{CredentialsError, Freshness, IdentityRequest, OutcomeKind, Step};
use crate::delivery::{identity, pacing};
use crate::identity::Identity;

/// What asking for others has come to.
const SAME: &str = "only the same ones again";

/// Identities in a row that AWS may call expired.
const RENEWALS: u32 = 2;

impl Delivery {
    pub(super) fn ask(&mut self, freshness: Freshness, asked: Asked, at: Moment) -> Step {
        if self.left(at) == 0 {
            let last = match asked {
                Asked::First => None,
                Asked::Expired(failure) | Asked::Renewal(failure) | Asked::Instead(_, failure) => {
                    Some((OutcomeKind::Deadline, failure))
                }
            };
            return self.out_of_time(last, at);
        }
        self.tally.began = at.elapsed;
        self.expected = Expected::Identity(freshness, asked);
        Step::NeedIdentity(IdentityRequest { freshness, timeout: pacing::share(self.left(at)) })
    }

    /// After a wait: what was asked has had no answer yet.
    pub(super) fn ask_again(&mut self, freshness: Freshness, asked: Asked, at: Moment) -> Step {
        if self.left(at) == 0 {
            return self.out_of_time(None, at);
        }
        self.ask(freshness, asked, at)
    }

    /// There is no identity: none at all, or none yet.
    pub(super) fn unidentified(
        &mut self,
        freshness: Freshness,
        asked: Asked,
        error: &CredentialsError,
        at: Moment,
    ) -> Step {
        let CredentialsError::Temporary(why) = error else {
            return self.not_identified(asked, error.why(), at);
        };
        self.ask_later(freshness, asked, why, at)
    }

    /// Asks again after a wait: there may be an identity by then.
    fn ask_later(&mut self, freshness: Freshness, asked: Asked, why: &str, at: Moment) -> Step {
        let failure = self.lack(&asked, why);
        self.wait(Then::Ask(freshness, asked), |_| None, failure, at)
    }

    // Not inlined: see `answered`.
    #[inline(never)]
    pub(super) fn identified(&mut self, asked: Asked, identity: Identity, at: Moment) -> Step {
        if let Some(flaw) = identity::flaw(&identity) {
            return self.not_identified(asked, flaw, at);
        }
        match asked {
            Asked::Instead(..) if matches!(identity, Identity::Instance(_)) => {
                self.not_identified(asked, "only the instance's identity document again", at)
            }
            Asked::Renewal(_) if self.identity.as_ref() == Some(&identity) => {
                if identity::is_renewable(&identity) {
                    self.ask_later(Freshness::Renewed, asked, SAME, at)
                } else {
                    self.not_identified(asked, SAME, at)
                }
            }
            // Where a renewed identity still looks expired, the clock is to blame as likely: AWS has to say.
            Asked::Expired(failure) => {
                self.know(identity);
                if self.left(at) == 0 {
                    let last = self.last.take().unwrap_or((OutcomeKind::Deadline, failure));
                    return self.out_of_time(Some(last), at);
                }
                self.send_first(at)
            }
            Asked::First => {
                self.know(identity);
                self.try_now(at)
            }
            Asked::Renewal(failure) | Asked::Instead(_, failure) => {
                self.know(identity);
                self.last = Some((OutcomeKind::Deadline, failure));
                self.try_now(at)
            }
        }
    }

    pub(super) fn know(&mut self, identity: Identity) {
        self.scrub.learn_identity(&identity);
        self.identity = Some(identity);
    }

    fn not_identified(&mut self, asked: Asked, why: &str, at: Moment) -> Step {
        let (kind, failure) = self.lack(&asked, why);
        self.finish(kind, "", &failure, at)
    }

    /// What the lack of an identity means for the delivery.
    fn lack(&self, asked: &Asked, why: &str) -> (OutcomeKind, Failure) {
        let why = self.scrub.line(why, 300);
        let (kind, mut failure, what) = match asked {
            Asked::First => {
                let advice =
                    "give the instance a role, or credentials by the environment, a profile or an option";
                (OutcomeKind::Credentials, Failure::new("no credentials".to_owned(), advice), "")
            }
            Asked::Expired(failure) | Asked::Renewal(failure) => {
                (OutcomeKind::Credentials, failure.clone(), "; and no newer ones")
            }
            Asked::Instead(kind, failure) => (*kind, failure.clone(), "; and no other credentials"),
        };
        failure.summary = with_detail(&[failure.summary.as_str(), what].concat(), &why);
        (kind, failure)
    }

    pub(super) fn expired(&mut self, failure: Failure, at: Moment) -> Step {
        let renewable = self.identity.as_ref().is_some_and(identity::is_renewable);
        if self.tally.renewals >= RENEWALS && renewable {
            // Whoever renews them is late: each of these may have been the one before the last.
            let asked = Asked::Renewal(failure);
            return self.ask_later(Freshness::Renewed, asked, SAME, at);
        }
        if self.tally.renewals >= RENEWALS {
            return self.finish(OutcomeKind::Credentials, "renewed in vain: ", &failure, at);
        }
        self.tally.renewals += 1;
        self.ask(Freshness::Renewed, Asked::Renewal(failure), at)
    }

    /// The end, unless other credentials may help where the instance's document does not.
    pub(super) fn refused(&mut self, kind: OutcomeKind, failure: Failure, at: Moment) -> Step {
        let as_instance = matches!(self.identity, Some(Identity::Instance(_)));
        if as_instance
            && !self.tally.past_instance
            && matches!(kind, OutcomeKind::Denied | OutcomeKind::Credentials)
        {
            self.tally.past_instance = true;
            return self.ask(Freshness::Renewed, Asked::Instead(kind, failure), at);
        }
        self.finish(kind, "", &failure, at)
    }
}
