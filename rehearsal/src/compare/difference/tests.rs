#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn told(seconds: u64, logical_id: &str, status: &str, reason: &str) -> Told {
    Told {
        at: Moment::from_millis(seconds * 1000),
        logical_id: logical_id.to_owned(),
        of_stack: logical_id == "web",
        status: status.to_owned(),
        reason: Some(reason.to_owned()).filter(|it| !it.is_empty()),
    }
}

fn received(seconds: u64, logical_id: &str) -> Told {
    told(seconds, logical_id, "CREATE_IN_PROGRESS", "Received SUCCESS signal with UniqueId x")
}

fn frame(whole: bool) -> Frame {
    Frame { related: ["A", "B"].map(str::to_owned).into(), failed: false, whole }
}

#[test]
fn signals_of_one_moment_have_no_order_and_those_apart_have_one() {
    for (apart, differences) in [(2, 0), (3, 1)] {
        let log = [received(10, "A"), received(10 + apart, "B")];
        let rehearsal = [received(10, "B"), received(10, "A")];
        let found = compare(&log, &rehearsal, &frame(true));
        assert_eq!(found.differences.len(), differences, "{found:?}");
    }
    // That they are begun with is no step of theirs.
    let begun = |seconds, id| told(seconds, id, "CREATE_IN_PROGRESS", "");
    let found = compare(&[begun(1, "A"), begun(9, "B")], &[begun(1, "B"), begun(1, "A")], &frame(true));
    assert_eq!(found.differences, []);
}

#[test]
fn what_begins_alike_is_one_difference() {
    let log = [
        told(1, "A", "UPDATE_IN_PROGRESS", "Terminating instance(s) [x]; replacing with 1 new instance(s)."),
        told(2, "A", "UPDATE_COMPLETE", ""),
    ];
    let rehearsal = [
        told(1, "A", "UPDATE_IN_PROGRESS", "Temporarily setting it to 10."),
        told(1, "A", "UPDATE_IN_PROGRESS", "Terminating instance(s) [x]; replacing with 0 new instance(s)."),
        told(2, "A", "UPDATE_FAILED", ""),
    ];
    let found = compare(&log, &rehearsal, &frame(true)).differences;
    let kinds: Vec<_> = found.iter().map(|it| it.what).collect();
    assert_eq!(kinds, [Kind::Extra, Kind::Reason, Kind::Status]);
}

#[test]
fn what_a_log_does_not_go_to_is_no_difference_and_what_it_passed_over_is() {
    let log = [told(1, "A", "CREATE_IN_PROGRESS", ""), told(5, "A", "CREATE_COMPLETE", "")];
    let more = [log.as_slice(), &[told(6, "A", "DELETE_IN_PROGRESS", "")]].concat();
    assert_eq!(compare(&log, &more, &frame(false)).differences, []);
    assert_eq!(compare(&log, &more, &frame(true)).differences.len(), 1);
    let between = [log.first().cloned().unwrap(), received(2, "A"), log.last().cloned().unwrap()];
    assert_eq!(compare(&log, &between, &frame(false)).differences.len(), 1);
}
