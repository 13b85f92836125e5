//! The access keys that the API accepts, and whose they are.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use cfn_signal_core::identity::AccessKey;

/// Whom a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A user.
    User {
        /// Its name.
        name: String,
    },
    /// Somebody in a role, such as an instance.
    Session {
        /// The role's name.
        role: String,
        /// The session's name; an instance's is its id.
        name: String,
    },
}

impl Principal {
    /// As IAM writes it.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    #[must_use]
    pub fn arn(&self, partition: &str, account_id: &str) -> String {
        match self {
            Self::User { name } => format!("arn:{partition}:iam::{account_id}:user/{name}"),
            Self::Session { role, name } => {
                format!("arn:{partition}:sts::{account_id}:assumed-role/{role}/{name}")
            }
        }
    }
}

/// A key and its owner.
pub(super) struct Known {
    pub(super) key: AccessKey,
    pub(super) principal: Principal,
}

/// The keys that are good.
#[derive(Default)]
pub struct Keys(RwLock<HashMap<String, Arc<Known>>>);

impl Keys {
    /// Accepts `key` from now on.
    pub fn add(&self, key: &AccessKey, principal: Principal) {
        let known = Arc::new(Known { key: key.clone(), principal });
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), known);
    }

    /// Accepts the key `id` no more.
    pub fn remove(&self, id: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Known>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}
