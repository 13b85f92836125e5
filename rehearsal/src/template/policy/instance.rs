//! An instance's policy.

use super::{
    super::{error::Fault, functions::Resolver, node::Node},
    creation::{count_of, creation_policy},
};
use crate::model::Role;

pub(super) fn role(resolver: &Resolver<'_>, policy: Option<&Node>) -> Result<Role, Fault> {
    let Some(policy) = policy else { return Ok(Role::Instance { creation_policy: None }) };
    let creation_policy = creation_policy(resolver, policy)?;
    if creation_policy.count > 1 {
        let problem = format!(
            "a Count of {} on one instance: an instance signals once, so the Count is 1",
            creation_policy.count
        );
        return Err(Fault::invalid(count_of(policy), problem));
    }
    Ok(Role::Instance { creation_policy: Some(creation_policy) })
}
