//! `cfn-signal arm` in a box: what is armed is due by the stack's clock, whatever has ended by then.

use super::boxed::{boot, text};

/// Arms, and says no more: what becomes of it.
fn armed(then: &str, options: &[&str]) -> Option<String> {
    let script = format!(
        "#!/bin/bash
/opt/aws/bin/cfn-signal arm --deadline 3m --stack rehearsal --resource Server --region eu-west-3 || echo not armed
{then}\n"
    );
    let output = boot(&script, options)?;
    if text(&output).contains("--systemd needs a control group of its own") {
        eprintln!("skipped: needs a control group of the second version");
        return None;
    }
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(!text(&output).contains("not armed"), "{}", text(&output));
    Some(text(&output))
}

#[test]
fn what_is_armed_in_a_box_is_due_by_the_stacks_clock() {
    for options in [&[][..], &["--speed", "20"]] {
        let Some(said) = armed("exit 1", options) else { return };
        assert!(said.contains("Received FAILURE signal with UniqueId i-"), "{said}");
        // Not before it is due, and before the stack's own time is over.
        let wait = said.lines().find(|line| line.starts_with("Wait")).unwrap();
        assert!(wait.contains(" 3 min") || wait.contains(" 4 min"), "{wait}");
    }
}

#[test]
fn what_is_disarmed_or_lost_with_a_reboot_is_not_signalled() {
    for then in ["/opt/aws/bin/cfn-signal disarm", "reboot; sleep 60"] {
        let Some(said) = armed(then, &[]) else { return };
        assert!(
            said.contains("Failed to receive 1 resource signal(s) within the specified duration"),
            "{said}"
        );
    }
}

/// Its watcher is a unit there, which is not waited for as a service is that may yet signal.
#[test]
fn a_unit_that_watches_is_due_by_that_clock_too() {
    let Some(said) =
        armed("systemctl list-units --no-legend --plain 'cfn-signal-armed-*'; exit 1", &["--systemd"])
    else {
        return;
    };
    assert!(said.contains("| cfn-signal-armed-"), "{said}");
    assert!(said.contains("Received FAILURE signal with UniqueId i-"), "{said}");
}
