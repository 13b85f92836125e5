//! What may happen.

use proptest::prelude::*;

use super::stacks::RESOURCES;
use crate::stack::Outcome;

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Signal {
        to: usize,
        from: u8,
        outcome: Outcome,
    },
    Document {
        to: usize,
        from: usize,
        outcome: Option<Outcome>,
    },
    CarryOut {
        which: usize,
    },
    Pass {
        seconds: u64,
    },
    Update {
        which: usize,
        keeps: bool,
    },
    /// What was left as it failed goes back.
    RollBack,
    Delete,
    Scale {
        which: usize,
        asked: u32,
    },
    /// Everything is carried out, and whoever exists says that all is well.
    Flourish,
    /// Everything is carried out and every timer runs out.
    Settle,
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![6 => Just(Outcome::Success), 1 => Just(Outcome::Failure)]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..RESOURCES + 2, any::<u8>(), outcome())
            .prop_map(|(to, from, outcome)| Step::Signal { to, from, outcome }),
        1 => (0_usize..2, 0_usize..3, prop::option::weighted(0.9, outcome()))
            .prop_map(|(to, from, outcome)| Step::Document { to, from, outcome }),
        8 => any::<usize>().prop_map(|which| Step::CarryOut { which }),
        2 => (0_u64..15).prop_map(|seconds| Step::Pass { seconds }),
        2 => (1..RESOURCES, 0_u32..6).prop_map(|(which, asked)| Step::Scale { which, asked }),
        4 => Just(Step::Flourish),
        3 => (0_usize..3, prop::bool::weighted(0.4))
            .prop_map(|(which, keeps)| Step::Update { which, keeps }),
        1 => Just(Step::RollBack),
        1 => prop::bool::weighted(0.2).prop_map(|really| if really { Step::Delete } else { Step::Settle }),
    ]
}
