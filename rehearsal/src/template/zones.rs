//! `Fn::GetAZs`. Which zones an account has only the service knows; how they are called is documented.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>

use super::{error::Fault, functions::Resolver, node::Node, value::Value};

#[cfg(test)]
mod tests;

/// As many as there are in most regions.
const ZONES: [&str; 3] = ["a", "b", "c"];

impl Resolver<'_> {
    /// The zones of a region; of the stack's own where the text is empty.
    pub(super) fn zones(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let region = self.string(argument)?;
        let (name, region) = match region.trim() {
            own if own.is_empty() || own == self.inputs.region => {
                ("Fn::GetAZs".to_owned(), &*self.inputs.region)
            }
            other => (format!("Fn::GetAZs {other}"), other),
        };
        let zones = ZONES.map(|letter| format!("{region}{letter}"));
        self.mark(name, &zones.join(", "));
        self.texts(node, zones.into())
    }
}

/// A zone that may be there all the same: some regions have more.
pub(super) fn beyond(list: &Node) -> Option<Fault> {
    let (name, _) = list.function()?;
    (name == "Fn::GetAZs").then(|| {
        let problem = format!(
            "a zone is needed here beyond the {} that are made up for Fn::GetAZs, and only the real service knows it",
            ZONES.len()
        );
        Fault::unresolved(list, problem)
    })
}
