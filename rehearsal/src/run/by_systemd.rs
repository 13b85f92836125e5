//! An instance whose first process is the image's systemd: what is put there for that, and how things are run by it.

use crate::enclosure::Order;

/// Where what runs things is.
const COMMAND: &str = "/usr/local/lib/cfn-rehearse/by-systemd";

/// Commands of ours, and what they are.
const COMMANDS: [(&str, &str); 2] = [
    (COMMAND, include_str!("standins/by_systemd.sh")),
    // cloud-init looks for no metadata in what it takes for a container.
    ("/usr/bin/systemd-detect-virt", include_str!("standins/detect_virt.sh")),
];

/// Units that wait for what is not there: a terminal, and a network that somebody brings up. Empty is as good as masked.
const MASKED: [&str; 4] = [
    "console-getty.service",
    "systemd-firstboot.service",
    "systemd-networkd-wait-online.service",
    "NetworkManager-wait-online.service",
];

/// Files that are put there: path, permissions, content.
pub(super) fn files(instance_id: &str, environment: &[(String, String)]) -> Vec<(String, u32, String)> {
    let mut files: Vec<_> =
        COMMANDS.iter().map(|(path, text)| ((*path).to_owned(), 0o755, (*text).to_owned())).collect();
    files.extend(MASKED.iter().map(|it| (format!("/etc/systemd/system/{it}"), 0o644, String::new())));
    // Known, so that it is no first boot, at which somebody would be asked.
    let digits: String = instance_id.chars().filter(char::is_ascii_hexdigit).collect();
    files.push(("/etc/machine-id".to_owned(), 0o444, format!("{digits:0>32.32}\n")));
    // What leads through a proxy, for whatever systemd starts.
    let set: Vec<_> = environment
        .iter()
        .filter(|(name, _)| name != "PATH" && name != "LANG")
        .map(|(name, value)| format!("\"{name}={value}\""))
        .collect();
    if !set.is_empty() {
        let text = format!("[Manager]\nDefaultEnvironment={}\n", set.join(" "));
        files.push(("/etc/systemd/system.conf.d/cfn-rehearse.conf".to_owned(), 0o644, text));
    }
    files
}

/// Follows the image's cloud-init.
pub(super) fn cloud_init(environment: &[(String, String)]) -> Order {
    order(&["cloud-init"], environment)
}

/// Waits for services that may yet signal.
pub(super) fn settle(environment: &[(String, String)]) -> Order {
    order(&["settle"], environment)
}

/// What is to be run, as a unit.
pub(super) fn as_unit(order_there: &Order) -> Order {
    order(&["play", &order_there.program], &order_there.environment)
}

fn order(arguments: &[&str], environment: &[(String, String)]) -> Order {
    Order {
        program: COMMAND.to_owned(),
        arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        environment: environment.to_vec(),
    }
}
