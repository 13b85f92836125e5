use super::*;

#[test]
fn the_services_words_are_understood() {
    assert_eq!(signal("Received SUCCESS signal with UniqueId i-1"), Some((Outcome::Success, "i-1")));
    assert_eq!(signal("Received FAILURE signal with UniqueId a b"), Some((Outcome::Failure, "a b")));
    assert_eq!(signal("Received 1 FAILURE signal(s) out of 1.  Unable"), None);
    let failed = "WaitCondition received failed message: 'it's ' for uniqueId: 'x' for uniqueId: i-1";
    assert_eq!(message(failed), Some(("it's ' for uniqueId: 'x", "i-1")));
    assert_eq!(timed_out("WaitCondition timed out. Received 12 conditions when expecting 13"), Some(12));
    let list = "The following resource(s) failed to create: [A, B]. Rollback requested by user.";
    assert_eq!(failed_list(list), Some(("create", vec!["A", "B"], ". Rollback requested by user.")));
}

#[test]
fn a_failure_is_one_that_a_rehearsal_can_have_or_not() {
    for known in [
        "Received 0 SUCCESS signal(s) out of 3.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement",
        "Received FAILURE signal with UniqueId i-1",
        "Failed to receive 1 resource signal(s) within the specified duration",
        "Resource creation cancelled",
    ] {
        assert!(is_known_failure(known), "{known}");
    }
    for own in [
        "",
        "Received response status [FAILED] from custom resource.",
        "Resource handler returned message: 'no'",
    ] {
        assert!(!is_known_failure(own), "{own}");
    }
}
