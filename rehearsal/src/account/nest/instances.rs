//! Whether there are instances in the stacks below a stack that has not begun.

use std::collections::{BTreeMap, HashSet};

use super::super::asked::Draft;
use super::super::planner::Planner;
use super::super::{Account, Creation, Deployed, Revision, Version};
use crate::stack::STACK_TYPE;
use crate::template::Template;

/// What launches instances.
const LAUNCHING: [&str; 2] = ["AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance"];

/// Templates that are looked into.
const MANY: usize = 100;

impl Account {
    /// Whether any stack below one to be has something that launches instances, as far as their templates can be read.
    pub(crate) fn launches_below(&self, draft: &Draft) -> bool {
        let Creation { template, parameters, .. } = &draft.creation;
        self.any_below(&draft.planner, template, parameters, &mut HashSet::new())
    }

    /// The same of what a stack is to be updated to.
    pub(crate) fn launches_below_update(&self, deployed: &Deployed, revision: &Revision) -> bool {
        let Version { template, parameters, .. } = &revision.version;
        self.any_below(&deployed.planner, template, parameters, &mut HashSet::new())
    }

    fn any_below(
        &self,
        planner: &Planner,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        seen: &mut HashSet<String>,
    ) -> bool {
        let mut stacks = template.resource_ids().filter(|id| template.resource_type(id) == Some(STACK_TYPE));
        stacks.any(|id| {
            let Ok(properties) = planner.nested(template, parameters, id) else { return false };
            let Ok(found) = self.find_template(&properties, template.origin()) else { return false };
            let Ok(below) = Template::found(&found) else { return false };
            // One that names itself, or is named by many, says no more the second time.
            if seen.len() >= MANY || !seen.insert(below.text().to_owned()) {
                return false;
            }
            let below = below.with_unknown(properties.unknown.clone());
            below.resource_types().any(|it| LAUNCHING.contains(&it))
                || self.any_below(planner, &below, &properties.parameters, seen)
        })
    }
}
