#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

#[test]
fn a_group_and_a_number() {
    let scaled: ScaledTo = "Web=6".parse().unwrap();
    assert_eq!(scaled, ScaledTo { group: "Web".to_owned(), instances: 6 });
    for text in
        ["", "Web", "Web=", "=6", "Web=six", "Web=-1", "Web=+1", "Web-1=1", "Web=99999999999", "Web=6@30s"]
    {
        assert_eq!(text.parse::<ScaledTo>(), Err(NotAScaling::NotGroupAndNumber), "{text}");
    }
}

#[test]
fn and_a_time() {
    for (text, seconds) in [("Web=8@30s", 30), ("Web=8@1m30s", 90), ("Web=8@2min", 120), ("Web=8@0s", 0)] {
        let scale: ScaleDuring = text.parse().unwrap();
        let after = Duration::from_secs(seconds);
        assert_eq!(scale, ScaleDuring { group: "Web".to_owned(), instances: 8, after }, "{text}");
    }
    for text in ["Web=8", "Web=8@", "Web=8@30", "Web@30s", "Web=@30s", "@30s", "Web=8@soon"] {
        assert_eq!(text.parse::<ScaleDuring>(), Err(NotAScaling::NotGroupNumberAndTime), "{text}");
    }
}
