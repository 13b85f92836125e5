use super::{Backoff, SplitMix64};

#[test]
fn splitmix64_is_the_published_one() {
    // The first outputs for the seed 1234567, as published with the reference implementation's test.
    let mut random = SplitMix64(1_234_567);
    let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
    assert_eq!([random.next(), random.next(), random.next()], expected);
}

#[test]
fn waits_stay_below_a_limit_that_doubles() {
    for seed in 0..500 {
        let mut backoff = Backoff::new(seed, 1_000, 20_000);
        for limit in [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000] {
            assert!(backoff.next() <= limit);
        }
    }
}

#[test]
fn waits_are_spread_over_the_whole_range() {
    let mut first: Vec<u32> = (0..2_000).map(|seed| Backoff::new(seed, 1_000, 20_000).next()).collect();
    first.sort_unstable();
    let mean = first.iter().sum::<u32>() / 2_000;
    assert!((470..530).contains(&mean), "{mean}");
    assert!(first.first() < Some(&20) && first.last() > Some(&980), "{:?} {:?}", first.first(), first.last());
}

#[test]
fn the_longest_waits_do_not_overflow() {
    let mut backoff = Backoff::new(1, u32::MAX, u32::MAX);
    let waits: Vec<u32> = (0..100).map(|_| backoff.next()).collect();
    assert!(waits.iter().any(|wait| *wait > u32::MAX / 2));
    assert_eq!(Backoff::new(1, 0, 0).next(), 0);
}
