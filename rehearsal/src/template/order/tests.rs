use proptest::prelude::*;

use super::{order, order_but};

#[test]
fn keeps_the_order_where_nothing_depends() {
    assert_eq!(order(&[vec![], vec![], vec![]]), Ok(vec![0, 1, 2]));
}

#[test]
fn what_is_needed_comes_first_and_no_earlier_than_it_must() {
    assert_eq!(order(&[vec![2], vec![], vec![3], vec![]]), Ok(vec![1, 3, 2, 0]));
}

#[test]
fn names_the_cycle_and_not_the_way_to_it() {
    assert_eq!(order(&[vec![1], vec![2], vec![3], vec![1], vec![]]), Err(vec![1, 2, 3]));
    assert_eq!(order(&[vec![], vec![1]]), Err(vec![1]));
}

#[test]
fn what_opens_a_cycle_waits_for_none_of_it() {
    let mut needed = [vec![1], vec![0, 2], vec![]];
    assert_eq!(order_but(&mut needed, |cycle| cycle.contains(&1).then_some(1)), Ok(vec![2, 1, 0]));
    assert_eq!(needed, [vec![1], vec![2], vec![]]);
    let mut needed = [vec![1], vec![0]];
    assert_eq!(order_but(&mut needed, |_| None), Err(vec![0, 1]));
    assert_eq!(order_but(&mut needed, |_| Some(7)), Err(vec![0, 1]));
}

proptest! {
    #[test]
    fn every_order_is_complete_and_every_cycle_is_one(
        dependencies in (1_usize..12).prop_flat_map(|count| {
            prop::collection::vec(prop::collection::vec(0..count, 0..3), count)
        })
    ) {
        match order(&dependencies) {
            Ok(ordered) => {
                let place = |wanted: usize| ordered.iter().position(|index| *index == wanted);
                prop_assert_eq!(ordered.len(), dependencies.len());
                for (index, needed) in dependencies.iter().enumerate() {
                    prop_assert!(needed.iter().all(|needed| place(*needed) < place(index)));
                }
            }
            Err(cycle) => {
                prop_assert!(!cycle.is_empty());
                for (index, next) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
                    prop_assert!(dependencies.get(*index).is_some_and(|needed| needed.contains(next)));
                }
            }
        }
    }
}
