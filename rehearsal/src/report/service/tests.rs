#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn size(seconds: u64, in_service: u32, wanted: u32, kept: Option<u32>) -> Capacity {
    let at = Moment::from_millis(seconds * 1000);
    let logical_id = "Pool".to_owned();
    Capacity { at, logical_id, instances: in_service, in_service, desired: wanted, wanted, kept }
}

fn lasting(sizes: &[Capacity]) -> Vec<(&Capacity, Moment)> {
    let ends = sizes.iter().skip(1).map(|it| it.at).chain([Moment::from_millis(100_000)]);
    sizes.iter().zip(ends).collect()
}

#[test]
fn too_few_are_told_from_their_begin_to_their_end_and_at_their_fewest() {
    let sizes = [
        size(0, 6, 6, None),
        size(10, 6, 6, Some(4)),
        size(20, 3, 6, Some(4)),
        size(30, 2, 6, Some(4)),
        size(40, 5, 6, Some(4)),
        // Gone and there again in one moment.
        size(50, 1, 6, Some(4)),
        size(50, 6, 6, Some(4)),
        size(60, 6, 6, None),
    ];
    let sizes = lasting(&sizes);
    let least = shortfalls(&sizes, Need::Least);
    let [only] = least.as_slice() else { unreachable!("{least:?}") };
    assert_eq!((only.since.as_seconds(), only.until.as_seconds(), only.fewest, only.needed), (20, 40, 2, 4));
    let wanted = shortfalls(&sizes, Need::Wanted);
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted.first().unwrap().until.as_seconds(), 50);
    assert_eq!(
        words(&sizes, Moment::from_millis(0)),
        [
            "Fell short of MinInstancesInService for 20 s, from 20 s on: 2 in service of 4.",
            "Fewer than wanted for 30 s: 2 of 6 at the fewest."
        ]
    );
}

#[test]
fn a_group_that_is_created_is_not_short_of_what_it_has_yet_to_launch() {
    let sizes = [size(0, 0, 2, None), size(60, 1, 2, None), size(70, 2, 2, None)];
    let sizes = lasting(&sizes);
    assert_eq!(shortfalls(&sizes, Need::Wanted), []);
    assert_eq!(words(&sizes, Moment::from_millis(0)), ["Once there, never fewer than wanted."]);
}

#[test]
fn what_was_kept_is_said() {
    let sizes = [size(0, 5, 5, None), size(1, 5, 5, Some(5)), size(9, 5, 5, None)];
    let words = words(&lasting(&sizes), Moment::from_millis(0));
    assert_eq!(words.first().unwrap(), "There were always MinInstancesInService, 5, in service.");
}
