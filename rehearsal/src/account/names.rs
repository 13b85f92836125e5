//! What `Ref` and `Fn::GetAtt` give in a rehearsal.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::handles::Handles;
use crate::ids;
use crate::stack::STACK_TYPE;
use crate::template::{Given, Output, Template};

const ADDRESS: &str = "AWS::EC2::EIP";
/// So many are each another, of a network for documentation (RFC 5737).
const ADDRESSES: usize = 240;

/// One stack's made-up names, the same each time they are asked for.
pub(super) struct Names {
    stack_name: String,
    stack_id: String,
    region: String,
    handles: Arc<Handles>,
    /// By logical id and type: another type under the same logical id is another resource.
    made: Mutex<HashMap<(String, String), String>>,
    /// What nested stacks have given, by logical id and attribute.
    outputs: Mutex<HashMap<(String, String), String>>,
    /// What they have, of those of which that can be told, by logical id.
    given: Mutex<BTreeMap<String, Given>>,
}

impl Names {
    pub(super) fn new(stack_name: &str, stack_id: &str, region: &str, handles: Arc<Handles>) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            region: region.to_owned(),
            handles,
            made: Mutex::default(),
            outputs: Mutex::default(),
            given: Mutex::default(),
        }
    }

    pub(super) fn physical_id(&self, logical_id: &str, resource_type: &str) -> String {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let addresses = made.keys().filter(|(_, kind)| kind == ADDRESS).count();
        made.entry((logical_id.to_owned(), resource_type.to_owned()))
            .or_insert_with(|| match resource_type {
                "AWS::CloudFormation::WaitConditionHandle" => self.handles.url(&self.stack_id, logical_id),
                "AWS::CloudFormation::WaitCondition" => format!("{}/{logical_id}", self.stack_id),
                ADDRESS if addresses < ADDRESSES => format!("203.0.113.{}", 10 + addresses),
                other => ids::physical(other, &self.stack_name, &self.stack_id, logical_id),
            })
            .clone()
    }

    /// The resource `logical_id` was replaced by another of this id.
    pub(super) fn replaced(&self, logical_id: &str, resource_type: &str, physical_id: &str) {
        self.made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((logical_id.to_owned(), resource_type.to_owned()), physical_id.to_owned());
    }

    /// The resource `logical_id` will be another.
    pub(super) fn forget(&self, logical_id: &str, resource_type: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.remove(&(logical_id.to_owned(), resource_type.to_owned()));
    }

    /// What nested stacks that are complete have, by logical id.
    pub(super) fn given(&self) -> BTreeMap<String, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The nested stack `logical_id` gives these now, and it has no others than it is told to have.
    pub(super) fn gives(&self, logical_id: &str, outputs: &[Output], has: Option<Given>) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.remove(logical_id);
        given.extend(has.map(|has| (logical_id.to_owned(), has)));
        drop(given);
        let mut known = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(of, _), _| of != logical_id);
        let attribute = |it: &Output| (logical_id.to_owned(), format!("Outputs.{}", it.key));
        known.extend(outputs.iter().map(|it| (attribute(it), it.value.clone())));
    }

    /// Only what the instances' metadata says too; anything else would be a guess.
    pub(super) fn attribute(&self, template: &Template, logical_id: &str, attribute: &str) -> Option<String> {
        match template.resource_type(logical_id)? {
            "AWS::EC2::Instance" => {}
            STACK_TYPE => {
                let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner);
                return outputs.get(&(logical_id.to_owned(), attribute.to_owned())).cloned();
            }
            _ => return None,
        }
        match attribute {
            "AvailabilityZone" => Some(format!("{}a", self.region)),
            "InstanceId" => Some(self.physical_id(logical_id, "AWS::EC2::Instance")),
            _ => None,
        }
    }
}
