//! What a comparison plays.

use super::Rehearsal;
use crate::compare::Material;

impl Rehearsal {
    /// The stack as it is before the operation, and what it is to be; none without a template.
    pub(crate) fn material(&self) -> Option<Material> {
        let principal = self.principal.as_ref()?;
        let machine = principal.deployed.engine.look(|machine, _| machine.clone());
        Some(Material { machine, plan: principal.plan.clone() })
    }
}
