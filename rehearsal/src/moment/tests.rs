use super::*;

#[test]
fn is_written_as_the_events_and_the_api_write_it() {
    let moment = Moment::from_millis(1_769_890_456_250);
    assert_eq!(moment.time_of_day(), "20:14:16");
    assert_eq!(moment.iso_8601(), "2026-01-31T20:14:16.250Z");
    assert_eq!(moment.basic(), "20260131T201416Z");
}

#[test]
fn an_earlier_moment_is_no_time_ago() {
    let moment = Moment::from_millis(5_000);
    assert_eq!(moment.since(Moment::from_millis(6_000)), Duration::ZERO);
    assert_eq!(moment.plus(Duration::from_secs(2)).since(moment), Duration::from_secs(2));
}

#[test]
fn spans_are_spoken() {
    for (millis, text) in [
        (0, "0 s"),
        (20, "0 s"),
        (300, "0.3 s"),
        (10_400, "10 s"),
        (252_000, "4 min 12 s"),
        (300_000, "5 min"),
        (43_200_000, "12 h"),
        (3_661_000, "1 h 1 min 1 s"),
    ] {
        assert_eq!(spoken(Duration::from_millis(millis)), text);
    }
}
