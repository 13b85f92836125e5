//! Whether there are instances in the stacks below a stack that has not begun.

use std::collections::BTreeMap;

use super::super::planner::Planner;
use super::super::{Account, Deployed, Draft, Revision};
use super::DEEPEST;
use crate::stack::STACK_TYPE;
use crate::template::Template;

/// What launches instances.
const LAUNCHING: [&str; 2] = ["AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance"];

impl Account {
    /// Whether any stack below one to be has something that launches instances, as far as their templates can be read.
    pub(crate) fn launches_below(&self, draft: &Draft) -> bool {
        self.any_below(&draft.planner, &draft.creation.template, &draft.creation.parameters, DEEPEST)
    }

    /// The same of what a stack is to be updated to.
    pub(crate) fn launches_below_update(&self, deployed: &Deployed, revision: &Revision) -> bool {
        self.any_below(&deployed.planner, &revision.version.template, &revision.version.parameters, DEEPEST)
    }

    fn any_below(
        &self,
        planner: &Planner,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        levels: usize,
    ) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return false };
        let stacks = template.resource_ids().filter(|id| template.resource_type(id) == Some(STACK_TYPE));
        stacks.into_iter().any(|id| {
            let Ok(properties) = planner.nested(template, parameters, id) else { return false };
            let Ok(found) = self.find_template(&properties, template.origin()) else { return false };
            let Ok(below) = Template::found(&found) else { return false };
            let below = below.with_unknown(properties.unknown.clone());
            below.resource_types().any(|it| LAUNCHING.contains(&it))
                || self.any_below(planner, &below, &properties.parameters, levels)
        })
    }
}
