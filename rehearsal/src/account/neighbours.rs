//! What the services beside CloudFormation know of an account: its roles and its buckets.

use std::collections::BTreeMap;
use std::sync::Weak;
use std::time::Duration;

use cfn_signal_core::identity::AccessKey;

use super::{Account, Deployed, NoRandomness};
use crate::ids;

/// A bucket's type.
const BUCKET: &str = "AWS::S3::Bucket";

/// Keys of assumed roles that are good at a time.
const ASSUMED: usize = 1000;

impl Account {
    /// Keys of a role that somebody assumes for so long. The oldest are good no more once there are too many.
    pub(crate) fn assume(
        &self,
        role: &str,
        session: &str,
        lasts: Duration,
    ) -> Result<AccessKey, NoRandomness> {
        let key = self.site.session_key(role, session, lasts)?;
        let mut assumed = self.assumed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        assumed.push_back(key.id.clone());
        if assumed.len() > ASSUMED
            && let Some(oldest) = assumed.pop_front()
        {
            self.site.forget_key(&oldest);
        }
        Ok(key)
    }

    /// A bucket that has something in it is not deleted.
    pub(super) fn keep_full_buckets(&self, stack: &Deployed) {
        let Some(account) = self.me.get().map(Weak::clone) else { return };
        stack.engine.keep(Box::new(move |resource_type, physical_id| {
            let is_full = resource_type == BUCKET && account.upgrade()?.shelf.store.is_full(physical_id);
            is_full.then(|| {
                format!(
                    "The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Request ID: {}, Extended \
                     Request ID: {}) (SDK Attempt Count: 1)",
                    ids::suffix(),
                    ids::uuid()
                )
            })
        }));
    }

    /// The buckets that are there, and since when, in milliseconds since 1970: stacks' resources, and those that clients made.
    pub(crate) fn buckets(&self) -> BTreeMap<String, u64> {
        let mut all = self.shelf.store.made();
        for stack in self.all().into_iter().filter(|stack| !stack.is_deleted()) {
            stack.engine.look(|machine, history| {
                let at = history.first().map_or(0, |event| event.at.as_millis());
                let buckets = machine.resources().filter(|it| it.resource_type == BUCKET);
                all.extend(buckets.filter_map(|it| Some((it.physical_id?.to_owned(), at))));
            });
        }
        all
    }
}
