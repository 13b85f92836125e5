use super::Skew;
use crate::http::Response;

const NOON: u64 = 784_123_200_000;

fn dated(date: &str) -> Response {
    Response { headers: vec![("Date".to_owned(), date.to_owned())], ..Response::default() }
}

#[test]
fn it_is_measured_against_the_middle_of_the_request() {
    let answer = dated("Sun, 06 Nov 1994 12:05:01 GMT");
    assert_eq!(Skew::measure(&answer, NOON + 2_000, 2_000), Some(Skew(300_000)));
    let answer = dated("Sun, 06 Nov 1994 11:55:01 GMT");
    assert_eq!(Skew::measure(&answer, NOON + 2_000, 2_000), Some(Skew(-300_000)));
}

#[test]
fn an_answer_that_says_nothing_about_now_is_not_measured() {
    let noon = "Sun, 06 Nov 1994 12:00:00 GMT";
    assert_eq!(Skew::measure(&dated(noon), NOON + 900_000, 900_000), Some(Skew(-450_000)));
    assert_eq!(Skew::measure(&dated(noon), NOON + 900_001, 900_001), None);
    let mut cached = dated(noon);
    cached.headers.push(("Age".to_owned(), "0".to_owned()));
    assert_eq!(Skew::measure(&cached, NOON, 0), None);
    assert_eq!(Skew::measure(&dated("yesterday"), NOON, 0), None);
    assert_eq!(Skew::measure(&Response::default(), NOON, 0), None);
}

#[test]
fn it_shifts_the_time_and_never_beyond_its_ends() {
    assert_eq!(Skew(300_000).apply(NOON), NOON + 300_000);
    assert_eq!(Skew(-300_000).apply(1), 0);
    assert_eq!(Skew(1).apply(u64::MAX), u64::MAX);
}

#[test]
fn four_minutes_may_be_the_clocks_fault() {
    let received = NOON + 2_000;
    assert!(!Skew(240_000).refutes(NOON, received, 2_000));
    assert!(Skew(240_001).refutes(NOON, received, 2_000));
    assert!(Skew(-240_001).refutes(NOON, received, 2_000));
    assert!(!Skew(300_000).refutes(NOON + 300_000, received, 2_000), "dated right already");
    assert!(Skew(0).refutes(NOON - 300_000, received, 2_000), "the clock was set in between");
    assert!(!Skew(i64::MIN).refutes(0, 0, u64::MAX));
}

/// 12:00 in each of them.
#[test]
fn awss_words_tell_the_time_too() {
    for message in [
        "Signature expired: 19941106T093000Z is now earlier than 19941106T115500Z (19941106T120000Z - 5 min.)",
        "Signature not yet current: 19941106T143000Z is still later than 19941106T121500Z (19941106T120000Z + 15 min.)",
    ] {
        assert_eq!(Skew::told(message, NOON + 61_000, 2_000), Some(Skew(-60_000)), "{message}");
    }
    for message in [
        "",
        "(",
        "The request signature we calculated does not match the signature you provided.",
        "19941106T120000Z - 5 min.",
        "expired (19941306T120000Z - 5 min.)",
        "expired (1994-11-06T12:00)",
        "expired (1994110ßT120000Z)",
    ] {
        assert_eq!(Skew::told(message, NOON, 0), None, "{message}");
    }
}
