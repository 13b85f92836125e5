#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::Sender::{Another, Own, Past, Stranger};
use super::Verdict::{Counted, Repeated, Uncounted};
use super::*;

use Outcome::{Failure, Success};

fn id(number: u64) -> String {
    format!("i-{number:017x}")
}

#[test]
fn the_form_of_an_instance_id() {
    for good in ["i-0123456789abcdef0", "i-01234567"] {
        assert!(looks_like_an_instance(good), "{good}");
    }
    for bad in
        ["i-", "i-0123456", "i-012345678", "i-0123456789ABCDEF0", "i-0123456g", "x-01234567", "web-1", ""]
    {
        assert!(!looks_like_an_instance(bad), "{bad}");
    }
}

#[test]
fn each_id_counts_once() {
    let mut tally = Tally::new(Counts::Any, 3);
    assert_eq!(tally.take("a", Success, Stranger), Counted);
    assert_eq!(tally.take("a", Success, Stranger), Repeated);
    assert_eq!((tally.successes(), tally.missing()), (1, 2));
}

#[test]
fn a_failure_takes_back_a_success_of_the_same_id() {
    let mut tally = Tally::share(Counts::Any, 4, Percent::from_tenths(500).unwrap());
    tally.take("a", Success, Stranger);
    tally.take("b", Success, Stranger);
    assert!(tally.satisfied());
    assert_eq!(tally.take("a", Failure, Stranger), Counted);
    assert_eq!((tally.successes(), tally.failures(), tally.satisfied()), (1, 1, false));
    // The rest of what it says changes nothing.
    assert_eq!(tally.take("a", Failure, Stranger), Uncounted);
    assert_eq!(tally.take("a", Success, Stranger), Repeated);
    assert_eq!((tally.successes(), tally.failures()), (1, 1));
}

#[test]
fn a_share_is_rounded_up_and_so_is_what_it_forgives() {
    // The documentation's: of five, at 50 percent, three.
    let mut tally = Tally::share(Counts::Any, 5, Percent::from_tenths(500).unwrap());
    for (at, satisfied) in [(1, false), (2, false), (3, true)] {
        tally.take(&format!("good-{at}"), Success, Stranger);
        assert_eq!(tally.satisfied(), satisfied);
    }
    let mut tally = Tally::share(Counts::Any, 5, Percent::from_tenths(500).unwrap());
    for (at, hopeless) in [(1, false), (2, false), (3, true)] {
        tally.take(&format!("bad-{at}"), Failure, Stranger);
        assert_eq!(tally.hopeless(), hopeless);
    }
}

#[test]
fn a_batch_counts_its_own_and_strangers_that_look_like_instances() {
    let own = [id(1), id(2)].into_iter().collect();
    let mut tally = Tally::share(Counts::Batch(own), 2, Percent::ALL);
    assert_eq!(tally.take(&id(1), Success, Own), Counted);
    assert_eq!(tally.take(&id(3), Success, Own), Uncounted, "an obsolete instance of the group");
    assert_eq!(tally.take(&id(4), Success, Another), Uncounted);
    assert_eq!(tally.take(&id(5), Success, Past), Uncounted, "one of the batch before, terminated");
    assert_eq!(tally.take("host-7", Success, Stranger), Uncounted);
    assert_eq!(tally.take(&id(99), Success, Stranger), Counted);
    assert_eq!(tally.missing(), 0);
}

#[test]
fn a_group_at_its_creation_counts_nobody_who_is_no_more() {
    let mut tally = Tally::share(Counts::InstanceIds, 3, Percent::ALL);
    assert_eq!(tally.take(&id(1), Failure, Past), Uncounted);
    for (number, sender) in [(2, Own), (3, Another), (4, Stranger)] {
        assert_eq!(tally.take(&id(number), Success, sender), Counted);
    }
    assert!(tally.satisfied());
}

#[test]
fn a_client_that_signals_for_ever_costs_nothing_and_keeps_nobody_out() {
    let mut tally = Tally::new(Counts::Only(id(0)), 1);
    for number in 1..10_000 {
        assert_eq!(tally.take(&id(number), Success, Stranger), Uncounted);
    }
    assert_eq!(tally.seen.len(), REMEMBERED);
    assert_eq!(tally.take(&id(1), Success, Stranger), Repeated, "remembered");
    assert_eq!(tally.take(&id(9_999), Success, Stranger), Uncounted, "forgotten");
    assert_eq!(tally.take(&id(0), Success, Stranger), Counted);

    let mut tally = Tally::new(Counts::Any, 2);
    for number in 0..10_000 {
        tally.take(&id(number), Success, Stranger);
    }
    assert!(tally.seen.len() <= 2 * REMEMBERED + 2);
}
