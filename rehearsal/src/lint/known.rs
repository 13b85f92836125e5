//! What is known of the stack that a template is for, from beside the template.

use std::path::Path;

use crate::assembly::{Found, beside};

/// A stack, by what an app or its author says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Known {
    /// The name that it is deployed under.
    pub stack: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its account.
    pub account: Option<String>,
}

impl Known {
    /// What the manifest of a cloud assembly says, such as that in the CDK's `cdk.out`. Where there is none, or it does not
    /// say which stack the template is for, nothing is known.
    #[must_use]
    pub fn beside(template: &Path) -> Self {
        match beside(template) {
            Found::Stack(stack) => {
                Self { stack: Some(stack.name), region: stack.region, account: stack.account }
            }
            Found::Nothing | Found::Unclear(_) => Self::default(),
        }
    }
}
