use super::*;
use crate::model::Role;
use crate::stack::played::{at, resource};

fn three() -> Resources {
    Resources::new(["A", "B", "C"].map(|name| resource(name, "AWS::SNS::Topic", Role::Other, &[])).into())
}

#[test]
fn a_resource_has_one_deadline() {
    let mut deadlines = Deadlines::default();
    let (a, b, c) = (Slot(0), Slot(1), Slot(2));
    for (slot, seconds) in [(a, 5), (b, 3), (c, 4)] {
        deadlines.set(slot, Some(at(seconds)));
    }
    deadlines.set(b, Some(at(9)));
    deadlines.set(c, None);
    deadlines.set(c, None);
    assert_eq!(deadlines.next(), Some((at(5), a)));
    assert!(deadlines.iter().eq([(at(5), a), (at(9), b)]));
}

#[test]
fn names_lead_to_places_after_some_are_forgotten() {
    let mut resources = three();
    resources.retain(|it| it.model.logical_id != "A");
    assert!(resources.find("A").is_none());
    for name in ["B", "C"] {
        assert_eq!(resources.named(name).map(|it| it.model.logical_id.as_str()), Some(name));
    }
}

#[test]
#[should_panic(expected = "a place outlived its resource")]
#[cfg(debug_assertions)]
fn a_place_that_is_none_is_noticed() {
    let mut resources = three();
    let last = resources.find("C").unwrap_or(Slot(0));
    resources.retain(|it| it.model.logical_id != "C");
    let _ = &resources[last];
}
