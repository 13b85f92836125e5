//! Values that are made up, until they meet the template's rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{CHOICES, candidates, inner};
use crate::ids::Home;
use crate::template::{Inputs, Supplied, Template, Unmet};
use crate::values::ValuesError;

#[cfg(test)]
mod tests;

/// How often the rules are asked.
const TRIES: usize = 4000;

pub(super) struct Meeting<'f> {
    pub(super) template: &'f Template,
    pub(super) home: Home<'f>,
    pub(super) given: &'f mut BTreeMap<String, String>,
    pub(super) supplied: &'f Supplied,
    /// What else each parameter may be that was filled.
    pub(super) choices: BTreeMap<String, Vec<String>>,
}

impl Meeting<'_> {
    /// Changes what was filled, as little as will do, until every assertion is met but those about given values alone.
    ///
    /// # Errors
    ///
    /// [`ValuesError::Unmet`]: nothing was found.
    pub(super) fn arrange(mut self) -> Result<(), ValuesError> {
        let mut tries = TRIES;
        while let Some((worst, left)) = self.unmet() {
            if !self.improve(&worst, left, &mut tries) {
                let Unmet { error, parameters, .. } = worst;
                let names: Vec<_> = parameters.into_iter().filter(|it| self.is_open(it)).collect();
                let is_default = !names.iter().any(|it| self.choices.contains_key(it));
                return Err(ValuesError::Unmet { error: Box::new(error), names, is_default });
            }
        }
        Ok(())
    }

    /// Whether nobody has given this parameter's value.
    fn is_open(&self, name: &String) -> bool {
        self.choices.contains_key(name) || !self.given.contains_key(name)
    }

    /// The first assertion that is not met and that is not about given values alone, and how many there are.
    fn unmet(&self) -> Option<(Unmet, usize)> {
        let all = self.template.unmet(&self.inputs());
        let count = all.len();
        let is_ours = |it: &Unmet| it.parameters.iter().any(|name| self.is_open(name));
        all.into_iter().find(is_ours).map(|worst| (worst, count))
    }

    /// Changes some values so that fewer assertions are left: as few of them as can be, and its own before others that rules
    /// tie to them.
    fn improve(&mut self, unmet: &Unmet, left: usize, tries: &mut usize) -> bool {
        let names = self.tied(&unmet.parameters);
        let choices: Vec<_> = names.iter().map(|name| (name.clone(), self.others(name, unmet))).collect();
        (1..=choices.len()).any(|changes| self.change(&choices, changes, left, tries))
    }

    /// Tries every choice of so many of the parameters.
    fn change(
        &mut self,
        choices: &[(String, Vec<String>)],
        changes: usize,
        left: usize,
        tries: &mut usize,
    ) -> bool {
        if changes == 0 {
            *tries = tries.saturating_sub(1);
            return self.template.unmet(&self.inputs()).len() < left;
        }
        for (at, (name, values)) in choices.iter().enumerate() {
            let Some(before) = self.given.get(name).cloned() else { continue };
            let others = choices.get(at + 1..).unwrap_or_default();
            for value in values {
                if *tries == 0 {
                    break;
                }
                self.given.insert(name.clone(), value.clone());
                if self.change(others, changes - 1, left, tries) {
                    return true;
                }
            }
            self.given.insert(name.clone(), before);
        }
        false
    }

    /// Those of the parameters that were filled, then those that assertions tie to them.
    fn tied(&self, parameters: &BTreeSet<String>) -> Vec<String> {
        let together = self.template.ruled_together();
        let filled = |it: &&String| self.choices.contains_key(*it);
        let mut names: Vec<String> = parameters.iter().filter(filled).cloned().collect();
        loop {
            let tied = together.iter().filter(|it| it.iter().any(|name| names.contains(name)));
            let tied = tied.flatten().filter(filled).find(|it| !names.contains(it));
            let Some(name) = tied.cloned() else { return names };
            names.push(name);
        }
    }

    /// What a parameter may be besides what it is: what is likely, nothing, what the rule names, what the others are, and what
    /// nothing else is.
    fn others(&self, name: &str, unmet: &Unmet) -> Vec<String> {
        let Some(parameter) = self.template.parameters().iter().find(|it| it.name == name) else {
            return Vec::new();
        };
        let likely = self.choices.get(name).cloned().unwrap_or_default();
        let declared = |it: &&String| self.template.parameters().iter().find(|one| one.name == **it);
        let others = unmet.parameters.iter().filter(|it| *it != name);
        let others = others.filter_map(|it| {
            self.given.get(it).cloned().or_else(|| declared(&it).and_then(|one| one.default.clone()))
        });
        let kind = inner(&parameter.parameter_type);
        let fresh = candidates(self.template, parameter, &format!("{name}2"), kind, self.home);
        let all = unmet.texts.iter().cloned().chain(others).chain([String::new()]).chain(likely).chain(fresh);
        let mut seen: BTreeSet<String> = self.given.get(name).cloned().into_iter().collect();
        let new = all.filter(|it| seen.insert(it.clone()) && self.template.takes(parameter, it));
        new.take(CHOICES).collect()
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            stack_name: "stack".to_owned(),
            stack_id: String::new(),
            region: self.home.region.to_owned(),
            account_id: self.home.account_id.to_owned(),
            parameters: self.given,
            physical_id: &|_, _| String::new(),
            get_att: &|_, _| None,
            supplied: self.supplied,
        }
    }
}
