use super::{check, in_range};
use crate::delivery::{Policy, PrepareError, Signal, Status};

fn with_id(unique_id: &str) -> Signal {
    Signal { status: Status::Success, unique_id: unique_id.to_owned(), reason: None, data: None }
}

#[test]
fn a_unique_id_has_1_to_64_characters() {
    assert!(matches!(check(&with_id("")), Err(PrepareError::UniqueId(why)) if why.contains("empty")));
    assert_eq!(check(&with_id("i")), Ok(()));
    assert_eq!(check(&with_id(&"é".repeat(64))), Ok(()), "characters are counted, not bytes");
    assert!(
        matches!(check(&with_id(&"i".repeat(65))), Err(PrepareError::UniqueId(why)) if why.contains("65"))
    );
}

#[test]
fn a_policy_out_of_range_becomes_the_nearest_in_range() {
    let zero = Policy {
        max_attempts: 0,
        deadline: 0,
        spent: 0,
        attempt_timeout: 0,
        connect_timeout: 0,
        base_delay: 0,
        max_delay: 0,
    };
    let nearest = Policy {
        max_attempts: 1,
        deadline: 0,
        spent: 0,
        attempt_timeout: 1,
        connect_timeout: 1,
        base_delay: 1,
        max_delay: 1,
    };
    assert_eq!(in_range(zero), nearest);
    let crossed = Policy { base_delay: 9_000, max_delay: 2_000, ..Policy::default() };
    assert_eq!(in_range(crossed).base_delay, 2_000);
    assert_eq!(in_range(Policy::default()), Policy::default());
}
