#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd as _;

use rustix::net::sockopt::ipv6_unicast_hops;

use super::set_hops;

#[test]
fn answers_travel_as_far_as_they_are_allowed_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let duplicate = stream.as_fd().try_clone_to_owned().unwrap();
    set_hops(&duplicate, false, 1);
    assert_eq!(stream.ttl().unwrap(), 1);
    // A machine without IPv6 has no such socket.
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let duplicate = stream.as_fd().try_clone_to_owned().unwrap();
    set_hops(&duplicate, true, 2);
    assert_eq!(ipv6_unicast_hops(&stream).unwrap(), 2);
}
