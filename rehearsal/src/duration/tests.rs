use std::time::Duration;

use proptest::prelude::*;

use super::{iso8601, to_iso8601};

#[test]
fn reads_what_policies_use() {
    for (text, seconds) in [
        ("PT5M", Some(300)),
        ("PT12H", Some(43_200)),
        ("PT1H30M5S", Some(5405)),
        ("PT90S", Some(90)),
        ("PT100M", Some(6000)),
        ("PT0S", Some(0)),
        ("PT", None),
        ("", None),
        ("300", None),
        ("pt5m", Some(300)),
        ("Pt1h30M", Some(5400)),
        ("ptm", None),
        ("PT5", None),
        ("PT5M ", None),
        ("PT1.5H", None),
        ("PT-5M", None),
        ("PT+5M", None),
        ("PT5S1M", None),
        ("PT5M5M", None),
        ("P1D", None),
        ("P1DT5M", None),
        ("PTM", None),
        ("PT99999999999999999999S", None),
        ("PT18446744073709551615H", None),
    ] {
        assert_eq!(iso8601(text), seconds.map(Duration::from_secs), "{text}");
    }
}

#[test]
fn writes_what_the_service_writes() {
    for (seconds, text) in [(0, "PT0S"), (300, "PT5M"), (3600, "PT1H"), (5445, "PT1H30M45S")] {
        assert_eq!(to_iso8601(Duration::from_secs(seconds)), text);
    }
}

proptest! {
    #[test]
    fn what_is_written_can_be_read(seconds in 0_u64..1_000_000) {
        let duration = Duration::from_secs(seconds);
        prop_assert_eq!(iso8601(&to_iso8601(duration)), Some(duration));
    }
}
