use super::{Budget, Excess, MAX_BYTES, MAX_DEPTH, Size};

#[test]
fn a_value_is_as_large_as_what_is_in_it() {
    let list = Size::one(0).with(Size::one(3)).with(Size::one(0).with(Size::one(2)));
    assert_eq!(list, Size { values: 4, bytes: 5, height: 2 });
}

#[test]
fn each_limit_is_told_by_its_name() {
    let size = |values, bytes, height| Size { values, bytes, height };
    for (spent, depth, expected) in [
        (size(10, MAX_BYTES, MAX_DEPTH), 0, Ok(10)),
        (size(11, 0, 0), 0, Err(Excess::Values(10))),
        (size(1, MAX_BYTES + 1, 0), 0, Err(Excess::Bytes)),
        (size(1, 0, MAX_DEPTH), 1, Err(Excess::Depth)),
        (size(usize::MAX, usize::MAX, usize::MAX), usize::MAX, Err(Excess::Depth)),
    ] {
        assert_eq!(Budget::new(10).spend(spent, depth), expected, "{spent:?} at {depth}");
    }
}

#[test]
fn what_is_spent_stays_spent() {
    let mut budget = Budget::new(10);
    let half = Size::one(MAX_BYTES / 2);
    assert_eq!(budget.spend(half, 0), Ok(1));
    assert_eq!(budget.spend(half, 0), Ok(2));
    assert_eq!(budget.spend(Size::one(1), 0), Err(Excess::Bytes));
}
