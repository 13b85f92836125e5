use super::{LAST_TRY, LEAST, is_last, share, timeouts, wait};
use crate::delivery::Policy;

#[test]
fn several_tries_fit_into_any_deadline() {
    for (left, allowed) in [
        (3_600_000, (30_000, 5_000)),
        (300_000, (30_000, 5_000)),
        (60_000, (20_000, 5_000)),
        (20_000, (6_666, 3_333)),
        (10_000, (5_000, 3_000)),
        (5_000, (3_500, 3_000)),
        (2_000, (500, 500)),
        (1_999, (1_999, 1_999)),
        (1, (1, 1)),
    ] {
        assert_eq!(timeouts(&Policy::default(), left), allowed, "{left}");
    }
    let short = Policy::default().with_attempt_timeout(700).with_connect_timeout(300);
    assert_eq!(timeouts(&short, 300_000), (700, 300));
}

/// Whatever is tried, it leaves time for a try that begins in the last two seconds.
#[test]
fn every_share_leaves_room_for_a_last_try() {
    for left in 0..400_000 {
        let share = share(left);
        assert!(share <= left && (share > 0 || left == 0), "{left}");
        assert!(is_last(left) || left - share >= LAST_TRY && share >= LEAST, "{left}");
    }
}

#[test]
fn waits_are_as_drawn_after_a_second_between_two_tries() {
    let wait = |drawn, asked, since, left| wait(&Policy::default(), drawn, asked, since, left);
    // The last try took some of the second, all of it, more.
    assert_eq!(wait(700, None, 20, 300_000), Some(1_680));
    assert_eq!(wait(700, None, 1_000, 300_000), Some(700));
    assert_eq!(wait(700, None, 30_000, 300_000), Some(700));
    assert_eq!(wait(0, None, 0, 300_000), Some(1_000));
    // Asked for: the longer of both.
    assert_eq!(wait(700, Some(200), 1_000, 300_000), Some(700));
    assert_eq!(wait(700, Some(30_000), 1_000, 300_000), Some(30_000));
}

#[test]
fn a_wait_that_does_not_fit_is_cut_for_a_last_try() {
    let wait = |drawn, asked, since, left| wait(&Policy::default(), drawn, asked, since, left);
    assert_eq!(wait(20_000, None, 5_000, 12_000), Some(12_000 - LAST_TRY));
    assert_eq!(wait(0, Some(u64::MAX), 5_000, 12_000), Some(12_000 - LAST_TRY));
    // But no sooner than a second after the last began, and never with too little time for it.
    assert_eq!(wait(9_000, None, 0, 2_000), Some(1_000));
    assert_eq!(wait(9_000, None, 0, 1_500), Some(1_000));
    assert_eq!(wait(9_000, None, 0, 1_499), None);
    assert_eq!(wait(0, None, 60_000, LEAST), Some(0));
    assert_eq!(wait(0, None, 60_000, LEAST - 1), None);
}
