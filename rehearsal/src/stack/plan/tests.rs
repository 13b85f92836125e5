#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::Percent;

fn policy(max_batch_size: u32, min_instances_in_service: u32) -> RollingUpdate {
    RollingUpdate {
        max_batch_size,
        min_instances_in_service,
        min_successful: Percent::ALL,
        pause: Duration::ZERO,
        wait_on_resource_signals: false,
        suspends_scaling: false,
    }
}

#[test]
fn a_group_grows_only_as_far_as_instances_have_to_stay_in_service() {
    let plan = Plan::new(policy(1, 1), 2, 2, 4).unwrap();
    assert_eq!((plan.batch, plan.capacity, plan.growth(2, 2)), (1, 2, 0));
    let plan = Plan::new(policy(1, 3), 3, 3, 4).unwrap();
    assert_eq!((plan.batch, plan.capacity, plan.growth(3, 3)), (1, 4, 1));
}

#[test]
fn a_batch_is_no_larger_than_the_room_under_max_size() {
    // In a public log: 6 instances, at most 9, 6 in service, batches of 6: 3 are added and waited for.
    let plan = Plan::new(policy(6, 6), 6, 6, 9).unwrap();
    assert_eq!((plan.batch, plan.capacity, plan.growth(6, 6)), (3, 9, 3));
    let error = Plan::new(policy(1, 2), 2, 2, 2).unwrap_err();
    assert_eq!(error.to_string(), "MinInstancesInService must be less than the autoscaling group's MaxSize");
}

#[test]
fn a_pause_of_more_than_an_hour_is_none() {
    let paused =
        |seconds| Plan::new(RollingUpdate { pause: Duration::from_secs(seconds), ..policy(1, 0) }, 1, 1, 2);
    assert!(paused(3600).is_ok());
    for none in [3601, u64::MAX] {
        let told = paused(none).unwrap_err().to_string();
        assert!(
            told.starts_with("Invalid Autoscaling rolling update policy: PauseTime must be in"),
            "{told}"
        );
        assert!(
            told.ends_with("e.g. \"PT5M30S\" specifies a pause time of 5 minutes and 30 seconds."),
            "{told}"
        );
    }
}

#[test]
fn with_the_last_obsolete_instance_gone_the_group_is_as_large_as_it_is_meant_to_be() {
    let plan = Plan::new(policy(1, 2), 1, 1, 3).unwrap();
    assert_eq!(plan.growth(1, 1), 2, "two have to be in service while the old one goes");
    assert_eq!(plan.growth(1, 0), 0);
}

#[test]
fn progress_is_rounded() {
    let plan = Plan::new(policy(1, 0), 3, 3, 3).unwrap();
    let percents: Vec<_> = (1..=3).map(|gone| Plan { gone, ..plan }.progress()).collect();
    assert_eq!(percents, [33, 67, 100]);
}

proptest! {
    /// Whatever the sizes: it ends, keeps in service what it has to, and arrives at the size that is wanted.
    #[test]
    fn every_plan_arrives(
        batch in 1_u32..6, kept in 0_u32..6, obsolete in 1_u32..8, good in 0_u32..4, desired in 0_u32..8, room in 0_u32..4,
    ) {
        let max_size = (obsolete + good).max(desired).max(kept) + room;
        let Ok(plan) = Plan::new(policy(batch, kept), obsolete, desired, max_size) else {
            prop_assert_eq!(max_size, kept);
            return Ok(());
        };
        let (mut running, mut old) = (obsolete + good, obsolete);
        let began_with = running;
        running += plan.growth(running, old);
        while old > 0 {
            let gone = plan.batch.min(old);
            // Waited for before the next batch goes.
            prop_assert!(running <= max_size);
            running -= gone;
            old -= gone;
            if began_with >= kept && desired >= kept {
                prop_assert!(running >= kept, "{plan:?}: {running} in service, {old} of them old");
            }
            running += plan.growth(running, old);
        }
        prop_assert!(running >= desired);
    }
}
