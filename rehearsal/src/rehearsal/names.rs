//! What `Ref` and `Fn::GetAtt` give in a rehearsal.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Options;
use crate::ids;
use crate::server::Handles;
use crate::template::Template;

/// Made-up names, the same each time they are asked for.
pub(super) struct Names<'a> {
    template: &'a Template,
    handles: &'a Handles,
    options: &'a Options,
    stack_id: &'a str,
    made: RefCell<HashMap<String, String>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        template: &'a Template,
        handles: &'a Handles,
        options: &'a Options,
        stack_id: &'a str,
    ) -> Self {
        Self { template, handles, options, stack_id, made: RefCell::default() }
    }

    pub(super) fn physical_id(&self, logical_id: &str, resource_type: &str) -> String {
        let mut made = self.made.borrow_mut();
        if let Some(known) = made.get(logical_id) {
            return known.clone();
        }
        let name = match resource_type {
            "AWS::CloudFormation::WaitConditionHandle" => self.handles.url(logical_id),
            "AWS::CloudFormation::WaitCondition" => format!("{}/{logical_id}", self.stack_id),
            other => ids::physical(other, &self.options.stack_name, logical_id),
        };
        made.insert(logical_id.to_owned(), name.clone());
        name
    }

    /// Only what the instances' metadata says too; anything else would be a guess.
    pub(super) fn attribute(&self, logical_id: &str, attribute: &str) -> Option<String> {
        if self.template.resource_type(logical_id)? != "AWS::EC2::Instance" {
            return None;
        }
        match attribute {
            "AvailabilityZone" => Some(format!("{}a", self.options.region)),
            "InstanceId" => Some(self.physical_id(logical_id, "AWS::EC2::Instance")),
            "PrivateIp" => Some("10.0.0.10".to_owned()),
            _ => None,
        }
    }
}
