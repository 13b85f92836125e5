#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;

const HOUR: u64 = 3_600_000;

#[test]
fn what_is_even_is_to_scale() {
    let axis = Axis::new(vec![0, 1000, 2000, 3000, 4000]);
    assert!(axis.cuts().is_empty());
    for (at, place) in [(0, 0.0), (1000, 25.0), (2500, 62.5), (4000, 100.0)] {
        assert!((axis.place(at) - place).abs() < 1e-9, "{at}: {}", axis.place(at));
    }
}

#[test]
fn a_second_before_twelve_hours_can_be_seen() {
    let axis = Axis::new(vec![0, 100, 400, 1000, 12 * HOUR, 12 * HOUR + 200]);
    let [cut] = axis.cuts().try_into().unwrap();
    assert_eq!(cut.span, Duration::from_millis(12 * HOUR - 1000));
    assert!(cut.labelled);
    assert!(axis.place(1000) > 50.0 && axis.place(400) - axis.place(100) > 10.0);
    assert!((axis.place(12 * HOUR) - cut.left - cut.width).abs() < 1e-9);
    assert!((axis.place(12 * HOUR + 200) - 100.0).abs() < 1e-9);
    let texts: Vec<_> = axis.ticks().into_iter().map(|it| it.text).collect();
    assert!(texts.contains(&"0\u{a0}s".to_owned()) && texts.contains(&"12\u{a0}h".to_owned()), "{texts:?}");
}

#[test]
fn several_cuts_leave_room_between_them() {
    let axis = Axis::new(vec![0, 900, 2 * HOUR, 5 * HOUR, 12 * HOUR]);
    assert_eq!(axis.cuts().len(), 3);
    assert!(axis.place(900) > 15.0);
    assert!(axis.place(5 * HOUR) - axis.place(2 * HOUR) > 13.0);
}

#[test]
fn nothing_and_a_single_moment_have_a_place() {
    for axis in [Axis::new(Vec::new()), Axis::new(vec![0])] {
        assert!(axis.place(0).abs() < 1e-9 && axis.place(5).abs() < 1e-9);
        assert_eq!(axis.ticks().len(), 1);
    }
}

#[test]
fn amounts_and_units_stay_together() {
    assert_eq!(unbroken("4 min 58 s"), "4\u{a0}min 58\u{a0}s");
}

proptest! {
    #[test]
    fn places_keep_the_order_and_stay_on_the_page(mut at in prop::collection::vec(0..50_000_000_u64, 1..60)) {
        let axis = Axis::new(at.clone());
        at.sort_unstable();
        let places: Vec<f64> = at.iter().map(|it| axis.place(*it)).collect();
        prop_assert!(places.is_sorted(), "{places:?}");
        prop_assert!(places.iter().all(|it| (0.0..=100.0 + 1e-6).contains(it)), "{places:?}");
        let ticks = axis.ticks();
        for (screen, shown) in [(SCREENS.0, true), (SCREENS.1, false)] {
            let shown: Vec<_> = ticks.iter().filter(|it| it.always || !shown).collect();
            for pair in shown.windows(2) {
                let [one, next] = pair else { continue };
                prop_assert!(one.reach(screen).1 < next.reach(screen).0, "{pair:?} at {screen}");
            }
        }
        let mut end = 0.0;
        for cut in axis.cuts() {
            prop_assert!(cut.left >= end && cut.width > 0.0);
            end = cut.left + cut.width;
        }
    }
}
