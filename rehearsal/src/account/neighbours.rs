//! What the services beside CloudFormation know of an account: its roles, its parameters and its buckets.

use cfn_signal_core::identity::AccessKey;

use super::{Account, NoRandomness};

/// A bucket's type.
const BUCKET: &str = "AWS::S3::Bucket";
const PARAMETER: &str = "AWS::SSM::Parameter";

/// Keys of assumed roles that are good at a time.
const ASSUMED: usize = 1000;

impl Account {
    /// Keys of a role that somebody assumes. The oldest are good no more once there are too many.
    pub(crate) fn assume(&self, role: &str, session: &str) -> Result<AccessKey, NoRandomness> {
        let key = self.site.role_key(role, session)?;
        let mut assumed = self.assumed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        assumed.push_back(key.id.clone());
        if assumed.len() > ASSUMED
            && let Some(oldest) = assumed.pop_front()
        {
            self.site.forget_key(&oldest);
        }
        Ok(key)
    }

    /// A parameter of Systems Manager: a stack's resource, or given with `--resolve`.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let of_stacks = self.all().into_iter().filter(|stack| !stack.is_deleted()).find_map(|stack| {
            stack.engine.look(|machine, _| {
                machine.properties_of(PARAMETER).find_map(|properties| {
                    let text = |key: &str| serde_json::from_str::<String>(properties.get(key)?).ok();
                    (text("Name")? == name).then(|| text("Value")).flatten()
                })
            })
        });
        of_stacks.or_else(|| {
            let reference = format!("{{{{resolve:ssm:{name}}}}}");
            self.supplied.substitute(&reference).ok()
        })
    }

    /// The buckets that are there: stacks' resources, and those that clients made.
    pub(crate) fn buckets(&self) -> Vec<String> {
        let mut all = self.shelf.store.made();
        for stack in self.all().into_iter().filter(|stack| !stack.is_deleted()) {
            stack.engine.look(|machine, _| {
                let buckets = machine.resources().filter(|it| it.resource_type == BUCKET);
                all.extend(buckets.filter_map(|it| it.physical_id.map(str::to_owned)));
            });
        }
        all.sort();
        all.dedup();
        all
    }
}
