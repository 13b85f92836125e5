//! An instance's policy.

use super::{
    super::{error::Fault, functions::Resolver, node::Node},
    creation::{count_of, creation_policy},
};
use crate::model::Role;

pub(super) fn role(resolver: &Resolver<'_>, policy: Option<&Node>) -> Result<Role, Fault> {
    let Some(policy) = policy else { return Ok(Role::Instance { creation_policy: None }) };
    let creation_policy = creation_policy(resolver, policy)?;
    if let Some(count) = creation_policy.map(|it| it.count).filter(|count| *count > 1) {
        let problem =
            format!("a Count of {count} on one instance: an instance signals once, so the Count is 1");
        return Err(Fault::invalid(count_of(policy), problem));
    }
    Ok(Role::Instance { creation_policy })
}
