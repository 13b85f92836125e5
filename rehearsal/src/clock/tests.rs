#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use super::*;

#[test]
fn a_virtual_clock_jumps_forward_only() {
    let clock = Clock::new(ClockKind::Virtual);
    let start = clock.now();
    clock.jump_to(start.plus(Duration::from_secs(43_200)));
    let jumped = clock.now();
    assert!(jumped.since(start) >= Duration::from_secs(43_200));
    clock.jump_to(start);
    assert!(clock.now() >= jumped);
}

#[test]
fn a_virtual_clock_stands_still_while_it_is_held_and_goes_on_from_there() {
    let clock = Clock::new(ClockKind::Virtual);
    clock.jump_to(clock.now().plus(Duration::from_secs(60)));
    clock.hold(true);
    let held = clock.now();
    std::thread::sleep(Duration::from_millis(20));
    clock.hold(true);
    assert_eq!(clock.now(), held);
    let later = held.plus(Duration::from_secs(60));
    clock.jump_to(later);
    assert_eq!(clock.now(), later);
    clock.hold(false);
    let wall = wall();
    let on = clock.now();
    assert!(on >= later && on.since(wall) < Duration::from_secs(120) - Duration::from_millis(15));
    clock.hold(false);
    assert!(clock.now() >= on);
}

#[test]
fn nobody_holds_a_real_clock() {
    let clock = Clock::new(ClockKind::Real);
    clock.hold(true);
    let begun = clock.now();
    std::thread::sleep(Duration::from_millis(5));
    assert!(clock.now() > begun);
}

#[test]
fn a_real_clock_does_not_jump() {
    let clock = Clock::new(ClockKind::Real);
    let start = clock.now();
    clock.jump_to(start.plus(Duration::from_secs(43_200)));
    assert!(clock.now().since(start) < Duration::from_secs(60));
}

fn speed(text: &str) -> Speed {
    text.parse().unwrap()
}

#[test]
fn a_scaled_clock_runs_so_many_times_as_fast() {
    let epoch = Moment::from_millis(1_000_000);
    let after = |seconds| epoch.plus(Duration::from_secs(seconds));
    assert_eq!(scaled(epoch, epoch, speed("60")), epoch);
    assert_eq!(scaled(epoch, after(2), speed("60")), after(120));
    assert_eq!(scaled(epoch, after(10), speed("0.5")), after(5));
    // A machine's clock that was set back does not take the stack back behind its beginning.
    assert_eq!(scaled(epoch, Moment::from_millis(0), speed("60")), epoch);
}

#[test]
fn what_is_left_of_scaled_time_is_that_much_shorter_and_never_too_short() {
    assert_eq!(real(Duration::from_secs(300), speed("60")), Duration::from_secs(5));
    assert_eq!(real(Duration::from_secs(1), speed("0.1")), Duration::from_secs(10));
    assert_eq!(real(Duration::from_millis(1), speed("1000000")), Duration::from_millis(1));
    assert_eq!(real(Duration::ZERO, speed("60")), Duration::ZERO);
}

#[test]
fn a_scaled_clock_shows_scaled_time() {
    let clock = Clock::new(ClockKind::Scaled(speed("1000000")));
    let deadline = clock.now().plus(Duration::from_secs(43_200));
    assert!(clock.real_until(deadline) <= Duration::from_millis(44));
    std::thread::sleep(clock.real_until(deadline));
    assert!(clock.now() >= deadline);
    assert_eq!(clock.real_until(deadline), Duration::ZERO);
    // It passes by itself only.
    clock.jump_to(clock.now().plus(Duration::from_secs(u64::from(u32::MAX))));
    assert!(clock.real_until(deadline.plus(Duration::from_secs(u64::from(u32::MAX)))) > Duration::ZERO);
}

#[test]
fn a_speed_is_a_positive_number() {
    for text in ["60", " 1.5 ", "0.001", "1000000", "1e3"] {
        assert!(text.parse::<Speed>().is_ok(), "{text}");
    }
    for text in ["0", "-1", "NaN", "inf", "", "fast", "1000001", "60x"] {
        assert_eq!(text.parse::<Speed>(), Err(NotASpeed), "{text}");
    }
}
