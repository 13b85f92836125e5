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

/// What of a signal to a resource stands in for what was not known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Substitutes {
    /// The unique id is no instance's.
    pub id: bool,
    /// The region is nobody's.
    pub region: bool,
}

/// Finds identities, until one shows what the substitutes should have been.
pub(super) struct Witness<'a, H, C> {
    pub finder: &'a mut Finder<H, C>,
    pub substitutes: Substitutes,
    /// What it says. The delivery that was to be signed ends, unsigned.
    pub said: Option<Itself>,
}

impl<H: Http, C: Chain> Witness<'_, H, C> {
    pub(super) fn find(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        let identity = self.finder.find(request)?;
        if let Identity::Instance(document) = &identity {
            let mut said = Itself::of(document);
            said.instance_id = said.instance_id.filter(|_| self.substitutes.id);
            said.region = said.region.filter(|_| self.substitutes.region);
            if said != Itself::default() {
                self.said = Some(said);
                // Nobody reads the outcome that this leads to.
                return Err(CredentialsError::Permanent(String::new()));
            }
        }
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

/// Puts what an instance has `said` of itself into a signal, and says so.
pub(super) fn correct(said: Itself, signal: &mut Signal, target: &mut Target, voice: Voice) {
    if let Some(id) = said.instance_id {
        voice.note(&format!("the unique id is {id} after all, by the instance's identity document"));
        signal.unique_id = id;
    }
    if let (Some(region), Target::Resource(resource)) = (said.region, target) {
        voice.note(&format!("the region is {region} after all, by the instance's identity document"));
        resource.region = region;
    }
}
