//! What the template of a client's stack takes from others, and nobody has. Who rehearses a file may leave that out; a client
//! is told what the service would tell. The texts are of public logs.

use std::collections::{BTreeMap, BTreeSet};

use super::planner::Planner;
use super::{Account, AccountError, Deployed, Revision};
use crate::model::Stack;
use crate::template::Template;

/// Where the name of a dynamic reference begins and ends.
const REFERENCE: (&str, &str) = ("{{resolve:ssm:", "}}");

impl Account {
    /// What a stack is refused for at once: parameters of Systems Manager that cannot be had so. What nobody has put is made
    /// up where it can be: a rehearsal's account starts empty.
    pub(super) fn unfetched(
        &self,
        template: &Template,
        values: &BTreeMap<String, String>,
        plan: &Stack,
    ) -> Option<String> {
        let stored = template.parameters().iter().filter(|it| it.is_stored());
        let names = stored.filter_map(|it| values.get(&it.name).or(it.default.as_ref()));
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        let is_secret = |name: &&str| self.parameter(name).is_some_and(|it| it.is_secret());
        let secrets: Vec<&str> = names.into_iter().filter(is_secret).collect();
        if !secrets.is_empty() {
            return Some(format!(
                "Parameters [{}] referenced by template have types not supported by CloudFormation.",
                secrets.join(", ")
            ));
        }
        let missing = self.unknown_versions(plan);
        (!missing.is_empty()).then(|| {
            let shown: Vec<_> = missing.iter().map(|name| format!("ssm:{name}")).collect();
            format!("Parameters: [{}] cannot be found.", shown.join(", "))
        })
    }

    /// Names, with their versions, that dynamic references have, of parameters that are here and have no such version.
    fn unknown_versions(&self, plan: &Stack) -> BTreeSet<String> {
        let properties = plan.resources.iter().flat_map(|it| it.properties.values());
        let references = properties.flat_map(|text| text.split(REFERENCE.0).skip(1));
        let names = references.filter_map(|rest| rest.split_once(REFERENCE.1).map(|(name, _)| name));
        names.filter(|name| self.is_no_version(name)).map(str::to_owned).collect()
    }

    /// The same of an update.
    pub(super) fn check_fetched(&self, deployed: &Deployed, revision: &Revision) -> Result<(), AccountError> {
        let Revision { planned, version, .. } = revision;
        let why = || self.unfetched(&version.template, &version.parameters, &planned.stack);
        match deployed.by_client.then(why).flatten() {
            Some(why) => Err(AccountError::Unfetched(why)),
            None => Ok(()),
        }
    }

    /// Why a stack fails once it has begun: it imports what nobody exports.
    pub(super) fn lacks_imports(&self, planner: &Planner, imports: &BTreeSet<String>) -> Option<String> {
        let supplied = planner.supplied();
        let missing = imports.iter().find(|name| !supplied.imports.contains_key(*name))?;
        Some(format!("No export named {missing} found"))
    }
}
