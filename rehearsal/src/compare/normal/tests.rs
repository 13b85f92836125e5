use super::*;

fn normal(reasons: &[&str], kept: &[&str]) -> Vec<String> {
    let kept = kept.iter().map(|it| (*it).to_owned()).collect();
    let mut naming = Naming::default();
    reasons.iter().map(|it| naming.normal(it, &kept)).collect()
}

#[test]
fn instances_are_called_by_the_order_in_which_they_are_seen() {
    let here = normal(
        &[
            "Received SUCCESS signal with UniqueId i-0aaaaaaaaaaaaaaaa",
            "Received SUCCESS signal with UniqueId i-bbbbbbbb",
            "Terminating instance(s) [i-bbbbbbbb,i-0aaaaaaaaaaaaaaaa]; replacing with 0 new instance(s).",
        ],
        &[],
    );
    let there = normal(
        &[
            "Received SUCCESS signal with UniqueId i-0ccccccccccccccc1",
            "Received SUCCESS signal with UniqueId i-0ccccccccccccccc2",
            "Terminating instance(s) [i-0ccccccccccccccc1, i-0ccccccccccccccc2]; replacing with 0 new instance(s).",
        ],
        &[],
    );
    assert_eq!(here, there);
    let other = normal(
        &[
            "Received SUCCESS signal with UniqueId i-0ccccccccccccccc1",
            "Terminating instance(s) [i-0ccccccccccccccc2]",
        ],
        &[],
    );
    assert_eq!(other, ["Received SUCCESS signal with UniqueId i-(1)", "Terminating instance(s) [i-(2)]"]);
}

#[test]
fn of_what_failed_only_what_counts_stays() {
    let both = "The following resource(s) failed to create: [B, X, A]. The following resource(s) failed to update: [X]. ";
    assert_eq!(normal(&[both], &["A", "B"]), ["The following resource(s) failed to create: [A, B]."]);
    let (now, before) = (
        "The following resource(s) failed to create: [A]. Rollback requested by user.",
        "The following resource(s) failed to create: [A]. . Rollback requested by user.",
    );
    assert_eq!(normal(&[now], &["A"]), normal(&[before], &["A"]));
    assert_eq!(normal(&[now], &["A"]), [now]);
}

#[test]
fn an_instances_id_is_the_whole_of_it() {
    assert!(is_instance("i-0aaaaaaaaaaaaaaaa") && is_instance("i-bbbbbbbb"));
    assert!(!is_instance("xi-bbbbbbbb") && !is_instance("i-bbbb") && !is_instance("i-bbbbbbbb-1"));
}
