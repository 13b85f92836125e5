//! What a comparison plays.

use super::Rehearsal;
use crate::compare::Material;

impl Rehearsal {
    /// The stack as it is before the operation, and what it is to be; none without a template.
    pub(crate) fn material(&self) -> Option<Material> {
        let principal = self.principal.as_ref()?;
        let mut machine = principal.deployed.engine.look(|machine, _| machine.clone());
        // Nobody tells it of other stacks, nor others of it.
        machine.stand_alone();
        Some(Material { machine, plan: principal.plan.clone() })
    }
}
