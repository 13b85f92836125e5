//! A template resolved for one stack, and the choice of one resource of several.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, Awaited, MadeUp, MetadataOptions, Note, PATH, Particulars, TemplateError};
use crate::model::{Role, Stack, UpdatePolicy};
use crate::stack::STACK_TYPE;

#[cfg(test)]
mod tests;

/// What a template asks for, resolved once.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The template's name.
    pub(super) file: String,
    /// As far as signals go: the resources whose conditions hold, each after those it depends on and else in the
    /// template's order, and their policies.
    pub(crate) stack: Stack,
    /// What the resources that launch instances launch them with, by logical id.
    pub(crate) launches: BTreeMap<String, LaunchPlan>,
    /// What is taken otherwise than it reads.
    pub(crate) notes: Vec<Note>,
    /// The metadata of the resources that have some for `cfn-init`, by logical id; a function whose value cannot be known
    /// stands in it as it is written.
    pub(crate) init: BTreeMap<String, serde_json::Value>,
    /// Names of exports that it imports.
    pub(crate) imports: BTreeSet<String>,
    /// What is planned for the time being, until nested stacks give their outputs.
    pub(crate) awaited: Vec<Awaited>,
    /// What was made up for the stack.
    pub(crate) made_up: Vec<MadeUp>,
}

/// What a resource's instances are launched with.
#[derive(Debug)]
pub(crate) struct LaunchPlan {
    /// What they run at their first boot, decoded; none where there is none. An error where that cannot be known.
    pub(crate) user_data: Result<Option<Vec<u8>>, TemplateError>,
    /// The role of their profile, where both are in the template and can be known.
    pub(crate) role: Option<String>,
    /// A single instance's, where it can be known.
    pub(crate) address: Option<Address>,
    /// How their metadata answers.
    pub(crate) metadata: MetadataOptions,
    /// What else they can learn of themselves.
    pub(crate) particulars: Particulars,
    /// What was made up for the user data.
    pub(crate) made_up: Vec<MadeUp>,
}

impl Planned {
    /// A stack without resources.
    pub(crate) fn nothing(stack_name: &str, stack_id: &str) -> Self {
        let stack = Stack {
            name: stack_name.to_owned(),
            id: stack_id.to_owned(),
            resources: Vec::new(),
            extras: BTreeMap::new(),
            refusal: None,
        };
        Self {
            file: String::new(),
            stack,
            launches: BTreeMap::new(),
            notes: Vec::new(),
            init: BTreeMap::new(),
            imports: BTreeSet::new(),
            awaited: Vec::new(),
            made_up: Vec::new(),
        }
    }

    /// Rehearses `chosen` alone of the resources that launch instances: drops the policies of the others, which nothing
    /// would ever signal, and gives their logical ids. None is all of them.
    ///
    /// # Errors
    ///
    /// [`TemplateError::NotThere`] and [`TemplateError::NotAnInstance`].
    pub(crate) fn choose(&mut self, chosen: &[String]) -> Result<Vec<String>, TemplateError> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        chosen.iter().try_for_each(|it| self.check(it))?;
        let others = self.stack.resources.iter_mut().filter(|it| !chosen.contains(&it.logical_id));
        Ok(others.filter_map(|it| leave_out(&mut it.role).then(|| it.logical_id.clone())).collect())
    }

    /// Whether the user data of every instance that `runs` its own can be known.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for the first that cannot.
    pub(crate) fn check_user_data(&self, runs: impl Fn(&str) -> bool) -> Result<(), TemplateError> {
        // What is refused never launches.
        let launching = self.stack.launching().filter(|it| it.refusal.is_none());
        for logical_id in launching.map(|it| it.logical_id.as_str()).filter(|id| runs(id)) {
            if let Some(Err(error)) = self.launches.get(logical_id).map(|it| &it.user_data) {
                return Err(error.clone());
            }
        }
        Ok(())
    }

    /// Whether everything is known: no nested stack will give what is missing.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for the first that is not.
    pub(crate) fn check_awaited(&self) -> Result<(), TemplateError> {
        self.awaited.first().map_or(Ok(()), |it| Err(it.error.clone()))
    }

    /// Whether there is what was chosen, and whether it runs anything.
    ///
    /// # Errors
    ///
    /// [`TemplateError::NotThere`] and [`TemplateError::NotAnInstance`].
    pub(crate) fn check(&self, chosen: &str) -> Result<(), TemplateError> {
        let (own, below) = chosen.split_once(PATH).map_or((chosen, None), |(own, below)| (own, Some(below)));
        let (file, logical_id) = (self.file.clone(), own.to_owned());
        match self.stack.resources.iter().find(|it| it.logical_id == own) {
            None => Err(TemplateError::NotThere { file, logical_id, known: self.known() }),
            Some(it) if it.resource_type == STACK_TYPE && below.is_some() => Ok(()),
            Some(it) if it.resource_type == STACK_TYPE || below.is_some() => {
                let resource_type = it.resource_type.clone();
                let known = match below {
                    Some(below) => format!("only in a nested stack there may be {below}"),
                    None => format!(
                        "it is a stack of its own: --user-data {own}/ID=FILE is for an instance of it, and for --resource its \
                         template is rehearsed by itself"
                    ),
                };
                Err(TemplateError::NotAnInstance { file, logical_id, resource_type, known })
            }
            Some(it) if !it.role.launches() => {
                let resource_type = it.resource_type.clone();
                Err(TemplateError::NotAnInstance { file, logical_id, resource_type, known: self.known() })
            }
            Some(_) => Ok(()),
        }
    }

    /// What could be chosen.
    fn known(&self) -> String {
        let launching: Vec<_> = self.stack.launching().map(|it| it.logical_id.as_str()).collect();
        match launching.as_slice() {
            [] => "the template has no instance".to_owned(),
            [one] => format!("the template's instance is {one}"),
            many => format!("the template's instances are {}", many.join(", ")),
        }
    }
}

/// Drops what a resource waits for, and says whether it waited.
pub(crate) fn leave_out(role: &mut Role) -> bool {
    match role {
        Role::Instance { creation_policy } => creation_policy.take().is_some(),
        Role::Group(group) => {
            let created = group.creation_policy.take().is_some();
            let updated = match &mut group.update_policy {
                UpdatePolicy::Rolling(rolling) => std::mem::take(&mut rolling.wait_on_resource_signals),
                UpdatePolicy::None | UpdatePolicy::Replacing => false,
            };
            created || updated
        }
        _ => false,
    }
}
