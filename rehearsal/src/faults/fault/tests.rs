use super::*;
use crate::faults::table;

#[test]
fn what_is_told_is_a_few_words() {
    for (fault, told) in [
        (Fault::Throttling, "Throttling"),
        (Fault::Slow(Duration::from_millis(250)), "answered after 250 ms"),
        (Fault::Refused(Duration::from_secs(3)), "refused for 3 s"),
        (Fault::Skew(-900_000), "the service's clock is 15 min behind"),
        (Fault::Skew(900_000), "the service's clock is 15 min ahead"),
        (Fault::Imds(ImdsMode::Slow), "answered after 5 s"),
    ] {
        assert_eq!(fault.told(), told);
    }
}

#[test]
fn the_list_has_every_fault_and_fits_a_terminal() {
    let text = table();
    for definition in DEFINITIONS {
        let line = format!("\n  {}{} ", definition.name, definition.value.placeholder());
        assert!(text.contains(&line), "{line}");
    }
    for (mode, _) in ImdsMode::ALL {
        assert!(text.contains(mode), "{mode}");
    }
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}
