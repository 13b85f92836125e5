//! Updates to be: planned first, then begun.

use std::sync::Arc;

use super::asked::Revision;
use super::launches::launches;
use super::version::{Version, waits};
use super::{Account, AccountError, Change, Deployed};
use crate::template::TemplateError;

impl Account {
    /// An update to be, planned. The stack stays as it is.
    ///
    /// # Errors
    ///
    /// [`TemplateError`].
    pub(crate) fn revise(&self, deployed: &Deployed, change: Change) -> Result<Revision, TemplateError> {
        let current = deployed.version();
        deployed.learn_names();
        let user_data = match deployed.lineage {
            None => change.user_data.or(&self.user_data),
            Some(_) => change.user_data,
        };
        deployed.forget_failed();
        let notification_arns = change.notification_arns.unwrap_or(current.notification_arns);
        let template = change.template.unwrap_or_else(|| (*current.template).clone());
        let template = Arc::new(template.notifying(notification_arns.clone()));
        self.tell_others(&deployed.planner, &template);
        let mut planned = deployed.planner.resolve(&template, &change.parameters)?;
        if !deployed.engine.plays_nested() {
            planned.check_awaited()?;
        }
        self.add_contents(&deployed.planner, &template, &change.parameters, &mut planned.stack);
        let tags = change.tags.unwrap_or(current.tags);
        planned.stack.extras.extend(tagged(&tags));
        self.remember(&deployed.name, &planned, &user_data);
        let version = Version {
            launches: Arc::new(launches(&planned, &user_data)),
            windows: Vec::new(),
            waits: waits(&planned.stack),
            imports: std::mem::take(&mut planned.imports),
            awaited: planned.awaited.clone(),
            user_data,
            template,
            parameters: change.parameters,
            tags,
            notification_arns,
            capabilities: change.capabilities,
        };
        Ok(Revision { planned, version, token: change.token, terms: change.terms })
    }

    /// Updates a stack.
    ///
    /// # Errors
    ///
    /// [`AccountError`]; the stack stays as it is.
    pub(crate) fn update(&self, deployed: &Deployed, revision: Revision) -> Result<(), AccountError> {
        self.check_fetched(deployed, &revision)?;
        let Revision { planned, version, token, terms } = revision;
        deployed.scale_now();
        // A refused update leaves the version that another may be going back to.
        let objection = self.objection(deployed, &planned.stack, &version);
        let policy = terms.policy.clone().or_else(|| deployed.policy()).unwrap_or_default();
        deployed.engine.update(planned.stack, token, terms.failing, objection, policy.rules, |now| {
            deployed.watcher.begin(version, now);
            deployed.settle(|settings| settings.take(terms));
        })?;
        deployed.change_sets.obsolete();
        deployed.scale_before_update(Vec::new());
        Ok(())
    }
}

/// Tags, as what an update compares.
pub(super) fn tagged(tags: &[(String, String)]) -> impl Iterator<Item = (String, String)> {
    tags.iter().map(|(key, value)| (format!("tag {key}"), value.clone()))
}
