//! What a stack gives to its template's functions.

use std::{collections::BTreeMap, fmt};

use super::supplied::Supplied;

#[cfg(test)]
pub(super) mod sample;

/// What a template is resolved against.
pub struct Inputs<'a> {
    /// `AWS::StackName`.
    pub stack_name: String,
    /// `AWS::StackId`, the stack's ARN.
    pub stack_id: String,
    /// `AWS::Region`, which decides `AWS::Partition` and `AWS::URLSuffix` too.
    pub region: String,
    /// `AWS::AccountId`.
    pub account_id: String,
    /// Values given for parameters, by name.
    pub parameters: &'a BTreeMap<String, String>,
    /// What `Ref` gives for a resource, by its logical id and type: for a wait condition handle its URL.
    pub physical_id: &'a dyn Fn(&str, &str) -> String,
    /// What `Fn::GetAtt` gives for a resource's logical id and an attribute, where that can be known.
    pub get_att: &'a dyn Fn(&str, &str) -> Option<String>,
    /// What is given for the rest.
    pub supplied: &'a Supplied,
}

impl<'a> Inputs<'a> {
    /// What is known without a stack: nothing, so that what a stack gives is empty.
    pub(super) fn of_no_stack(parameters: &'a BTreeMap<String, String>, supplied: &'a Supplied) -> Self {
        Self {
            stack_name: String::new(),
            stack_id: String::new(),
            region: String::new(),
            account_id: String::new(),
            parameters,
            supplied,
            physical_id: &|_, _| String::new(),
            get_att: &|_, _| None,
        }
    }
}

impl fmt::Debug for Inputs<'_> {
    /// Without the parameters' values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("stack_name", &self.stack_name)
            .field("stack_id", &self.stack_id)
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .field("parameters", &self.parameters.keys())
            .finish_non_exhaustive()
    }
}
