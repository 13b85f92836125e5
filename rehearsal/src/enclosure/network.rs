//! The network of a box: its own loopback, and an interface that leads nowhere.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::mapping::on_path;
use super::message::Network;

/// Gives the namespace that this process stands in its addresses.
pub(super) fn bring_up(network: &Network) -> Result<(), String> {
    let ip = on_path("ip").ok_or(
        "there is no ip command here; install iproute2 (Debian, Ubuntu) or iproute (Fedora, Amazon Linux)",
    )?;
    let run = |lines: &str| -> Result<(), String> {
        let mut child = Command::new(&ip)
            .args(["-batch", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("ip: {error}"))?;
        if let Some(mut input) = child.stdin.take() {
            let _ = input.write_all(lines.as_bytes());
        }
        let output = child.wait_with_output().map_err(|error| format!("ip: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default();
        if output.status.success() { Ok(()) } else { Err(format!("ip: {said}")) }
    };
    run("link set lo up\n")?;
    let (mut plain, mut others) = (String::new(), Vec::new());
    let mut known = Vec::new();
    for listener in &network.listeners {
        let address = listener.address;
        if known.contains(&address) || address.is_loopback() {
            continue;
        }
        known.push(address);
        if address.is_ipv4() {
            plain.push_str(&format!("addr add {address}/32 dev lo\n"));
        } else {
            others.push(format!("addr add {address}/128 dev lo nodad\n"));
        }
    }
    run(&plain)?;
    // A machine may have no IPv6, and a kernel no interfaces of this kind.
    others.iter().for_each(|line| _ = run(line));
    let Network { address, prefix, mac, .. } = network;
    let alone = || run(&format!("addr add {address}/32 dev lo\n"));
    let Some(mac) = mac else { return alone() };
    // Its other end leads nowhere either.
    let made = run("link add eth0 type dummy\n")
        .or_else(|_| run("link add eth0 type veth peer name peer0\nlink set peer0 up\n"));
    let set =
        format!("link set eth0 address {mac}\naddr add {address}/{prefix} dev eth0\nlink set eth0 up\n");
    made.and_then(|()| run(&set)).or_else(|_| alone())
}
