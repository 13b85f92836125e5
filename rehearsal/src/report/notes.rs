//! What is to be said of a rehearsal beside its stacks' histories.

/// What else is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Which faults on demand came true how often, and how they can be had again.
    pub faults: Option<String>,
    /// What the rehearsal left out, took for granted or would warn of, a line each.
    pub remarks: Vec<String>,
    /// Signals and faults that came faster than they could be recorded. Those signals count all the same.
    pub untold: usize,
}

impl Notes {
    /// That not everything is told, if that is so.
    #[must_use]
    pub fn untold(&self) -> Option<String> {
        (self.untold > 0).then(|| {
            format!(
                "{} signals or faults came too fast to be shown, here and in the reports; signals among them count all the same",
                self.untold
            )
        })
    }
}
