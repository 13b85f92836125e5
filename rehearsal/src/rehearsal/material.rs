//! What a comparison plays.

use super::Rehearsal;
use crate::compare::Material;
use crate::template::TemplateError;

impl Rehearsal {
    /// The stack as it is before the operation, and what it is to be; none without a template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`]: what a nested stack would give is needed, and none is played.
    pub(crate) fn material(&self) -> Result<Option<Material>, TemplateError> {
        let Some(principal) = &self.principal else { return Ok(None) };
        let awaited = match &principal.revision {
            Some(revision) => revision.planned.awaited.clone(),
            None => principal.deployed.version().awaited,
        };
        if let Some(it) = awaited.into_iter().next() {
            return Err(it.error);
        }
        let mut machine = principal.deployed.engine.look(|machine, _| machine.clone());
        // Nobody tells it of other stacks, nor others of it.
        machine.stand_alone();
        Ok(Some(Material { machine, plan: principal.plan.clone() }))
    }
}
