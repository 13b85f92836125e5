//! Commands that stand for those of a system that a box has not: its services' manager, and what makes it go down.

/// A command, its folders, and what it is.
pub(super) const STAND_INS: [(&str, &str); 7] = [
    ("systemctl", SYSTEMCTL),
    ("reboot", GOING_DOWN),
    ("shutdown", GOING_DOWN),
    ("halt", GOING_DOWN),
    ("poweroff", GOING_DOWN),
    ("telinit", GOING_DOWN),
    ("init", GOING_DOWN),
];

const SYSTEMCTL: &str = include_str!("standins/systemctl.sh");
const GOING_DOWN: &str = include_str!("standins/going_down.sh");

/// Where an image may have one.
pub(super) fn folders(name: &str) -> [&'static str; 2] {
    if name == "systemctl" { ["/usr/bin", "/bin"] } else { ["/usr/sbin", "/sbin"] }
}
