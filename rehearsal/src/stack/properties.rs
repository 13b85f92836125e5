//! Whatever happens, in whatever order: one fate, and the events tell it.

mod groups;
mod legal;
mod stacks;
mod steps;
mod world;

use proptest::prelude::*;

use super::*;
use stacks::stacks;
use steps::{Step, step};
use world::World;

fn on_failure() -> impl Strategy<Value = OnFailure> {
    prop_oneof![4 => Just(OnFailure::Rollback), 1 => Just(OnFailure::Delete), 1 => Just(OnFailure::DoNothing)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_interleaving_leaves_one_fate_that_the_events_tell(
        stacks in stacks(),
        on_failure in on_failure(),
        timeout in prop::option::weighted(0.2, 0_u64..60),
        goes_on in any::<bool>(),
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut world = World::start(stacks, on_failure, timeout, goes_on);
        for step in &steps {
            world.act(step)?;
        }
        world.settle()?;
        let told = world.events.len();

        // What is over stays over.
        for step in steps.iter().filter(|it| !matches!(it, Step::Update { .. } | Step::RollBack | Step::Delete)) {
            world.act(step)?;
        }
        prop_assert_eq!(world.events.len(), told);
    }
}
