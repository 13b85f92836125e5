//! An instance's policy.

use super::{
    super::{error::Fault, functions::Resolver, node::Node},
    creation::creation_policy,
};
use crate::model::Role;

pub(super) fn role(resolver: &Resolver<'_>, policy: Option<&Node>) -> Result<Role, Fault> {
    let Some(policy) = policy else { return Ok(Role::Instance { creation_policy: None }) };
    // A Count that one instance never reaches is waited for all the same.
    Ok(Role::Instance { creation_policy: creation_policy(resolver, policy)? })
}
