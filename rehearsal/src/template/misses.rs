//! Outputs that a nested stack does not give: what asks for one fails once it is to be made.

use std::collections::{BTreeMap, BTreeSet};

use super::{Inputs, Node, Template, TemplateError, error::Fault, extensions, returned, sections};

/// What a nested stack that is complete gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// Its ARN.
    pub(crate) stack_id: String,
    /// Its outputs' names.
    pub(crate) names: BTreeSet<String>,
}

impl Template {
    /// The names of the outputs that are there, or may be; none where only the real service can tell.
    pub(crate) fn gives(&self, inputs: &Inputs<'_>) -> Option<BTreeSet<String>> {
        let template = self.expanded(inputs).ok()?;
        if extensions::writes_sections(&template.root) {
            return None;
        }
        let resolver = template.resolver(inputs).ok()?;
        let entries = template.root.get("Outputs").map(Node::entries).unwrap_or_default();
        let there = entries.iter().filter(|it| resolver.is_created(&it.value).unwrap_or(true));
        Some(there.map(|it| it.key.clone()).collect())
    }

    /// Why resources fail that ask for an output which its nested stack does not give, by their logical ids, and why the
    /// stack does whose outputs ask for one; `given` are the nested stacks that are complete, by theirs.
    ///
    /// # Errors
    ///
    /// [`TemplateError`]: parameters are missing or wrong.
    pub(crate) fn misses(
        &self,
        inputs: &Inputs<'_>,
        given: &BTreeMap<String, Given>,
    ) -> Result<(BTreeMap<String, String>, Option<String>), TemplateError> {
        let template = self.expanded(inputs)?;
        let resolver = template.resolver(inputs)?;
        let missing = sections::resources(&template.root).filter_map(|entry| {
            let fault = returned::of_nested(&resolver, &entry.value, given).err()?;
            Some((entry.key.clone(), fault.into_reason()))
        });
        let of_outputs = returned::of_outputs_of_nested(&resolver, given).err().map(Fault::into_reason);
        Ok((missing.collect(), of_outputs))
    }
}
