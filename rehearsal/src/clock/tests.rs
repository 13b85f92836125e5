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
fn a_real_clock_does_not_jump() {
    let clock = Clock::new(ClockKind::Real);
    let start = clock.now();
    clock.jump_to(start.plus(Duration::from_secs(43_200)));
    assert!(clock.now().since(start) < Duration::from_secs(60));
}
