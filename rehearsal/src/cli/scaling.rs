//! `--scaled` and `--scale`.

use clap::Args;

use crate::rehearsal::{Options, ScaleDuring, ScaledTo};

/// Options of every command that rehearses an update.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ScalingArguments {
    /// A group that had been scaled to N instances when the update began, by a scaling policy or by hand; may be
    /// repeated. In serve it is when its stack's first UpdateStack comes
    #[arg(long, value_name = "GROUP=N")]
    scaled: Vec<ScaledTo>,
    /// Let a scaling policy ask for N instances of a group so long after the update began; may be repeated. The group
    /// gets what its sizes allow at that moment
    #[arg(long, value_name = "GROUP=N@TIME")]
    scale: Vec<ScaleDuring>,
}

impl ScalingArguments {
    pub(super) fn put(&self, options: &mut Options) {
        options.scaled = self.scaled.clone();
        options.scale = self.scale.clone();
    }
}
