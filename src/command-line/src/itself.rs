//! A signal that names another machine than the one that signs it is taken, and never counted: where the instance signs, it is
//! named by its own document.

use std::future::{Future, ready};

use cfn_signal_core::deliver::Identities;
use cfn_signal_core::delivery::{CredentialsError, IdentityRequest, Signal, Target};
use cfn_signal_core::identity::Identity;
use cfn_signal_instance::finder::{Chain, Finder};
use cfn_signal_instance::http::Http;
use cfn_signal_instance::itself::Itself;

use super::voice::Voice;

/// What has to be said of a signal to a resource where something in it stands in for what was not known: before it is sent, and
/// only then.
#[derive(Debug, Default)]
pub(super) struct Substitutes {
    /// The unique id is no instance's.
    pub id: Option<String>,
    /// The region is nobody's.
    pub region: Option<String>,
    /// It has been said.
    pub told: bool,
}

impl Substitutes {
    /// Says it, once.
    pub(super) fn tell(&mut self, voice: Voice) {
        if !std::mem::replace(&mut self.told, true) {
            [&self.id, &self.region].into_iter().flatten().for_each(|note| voice.note(note));
        }
    }
}

/// Finds identities, until one shows what the substitutes should have been.
pub(super) struct Witness<'a, H, C> {
    pub finder: &'a mut Finder<H, C>,
    pub substitutes: &'a mut Substitutes,
    pub voice: Voice,
    /// What it says. The delivery that was to be signed ends, unsigned.
    pub said: Option<Itself>,
}

impl<H: Http, C: Chain> Witness<'_, H, C> {
    pub(super) fn find(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        let identity = self.finder.find(request)?;
        if let Identity::Instance(document) = &identity {
            let mut said = Itself::of(document);
            said.instance_id = said.instance_id.filter(|_| self.substitutes.id.is_some());
            said.region = said.region.filter(|_| self.substitutes.region.is_some());
            if said != Itself::default() {
                self.said = Some(said);
                // Nobody reads the outcome that this leads to.
                return Err(CredentialsError::Permanent(String::new()));
            }
        }
        self.substitutes.tell(self.voice);
        Ok(identity)
    }
}

impl<H: Http, C: Chain> Identities for Witness<'_, H, C> {
    fn identity(
        &mut self,
        request: IdentityRequest,
    ) -> impl Future<Output = Result<Identity, CredentialsError>> {
        ready(self.find(request))
    }
}

/// Puts what an instance has `said` of itself into a signal, in place of what stood in for it.
pub(super) fn correct(said: Itself, signal: &mut Signal, target: &mut Target, substitutes: &mut Substitutes) {
    tracing::info!(?said, "the instance's identity document says who this is");
    if let Some(id) = said.instance_id {
        signal.unique_id = id;
        substitutes.id = None;
    }
    if let (Some(region), Target::Resource(resource)) = (said.region, target) {
        resource.region = region;
        substitutes.region = None;
    }
}
