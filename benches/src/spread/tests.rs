#![expect(clippy::float_cmp, reason = "these are exact")]

use super::*;

#[test]
fn quartiles_of_few_and_many() {
    let spread = |samples: &[f64]| {
        let Spread { median, low, high } = Spread::of(samples);
        (low, median, high)
    };
    assert_eq!(spread(&[]), (0.0, 0.0, 0.0));
    assert_eq!(spread(&[7.0]), (7.0, 7.0, 7.0));
    assert_eq!(spread(&[4.0, 2.0]), (2.5, 3.0, 3.5));
    assert_eq!(spread(&[5.0, 1.0, 4.0, 2.0, 3.0]), (2.0, 3.0, 4.0));
    // One that is far off moves nothing.
    assert_eq!(spread(&[900.0, 1.0, 4.0, 2.0, 3.0]), (2.0, 3.0, 4.0));
}

#[test]
fn a_mean_of_ticks() {
    assert_eq!(mean(&[0.0, 4.0, 0.0, 4.0]), 2.0);
    assert_eq!(mean(&[]), 0.0);
}
