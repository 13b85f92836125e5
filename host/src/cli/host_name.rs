//! The host's name, for a unique id where there is no instance id.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest that the name servers may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// The host's name with its domain, if anybody knows that; without, if not.
pub(super) fn full() -> Option<String> {
    let name = dns_lookup::get_hostname().ok().filter(|name| !name.is_empty())?;
    let (sender, receiver) = mpsc::sync_channel(1);
    let short = name.clone();
    // A lookup cannot be stopped: its thread is left behind when it takes too long.
    let lookup =
        thread::Builder::new().name("name".to_owned()).spawn(move || sender.send(with_domain(&short)));
    if lookup.is_err() {
        return Some(name);
    }
    Some(receiver.recv_timeout(PATIENCE).ok().flatten().unwrap_or(name))
}

/// As Python's `socket.getfqdn`: the name that the host's own address has.
fn with_domain(name: &str) -> Option<String> {
    let address = dns_lookup::lookup_host(name).ok()?.next()?;
    let full = dns_lookup::lookup_addr(&address).ok()?;
    (full.contains('.') && !full.starts_with("localhost")).then_some(full)
}
