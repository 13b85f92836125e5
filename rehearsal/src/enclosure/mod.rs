//! A box: a throw-away instance made of an image's files, by Linux's namespaces.
//!
//! A chain of processes of this program makes it, each of which ends with the one before it. The *keeper* has namespaces of
//! its own for users, mounts, the network and names, and in them the instance's disk, an overlay on the image, and its
//! addresses; these last over every boot. For each boot it starts a *stage*, which has processes of their own and mounts of
//! its own, and that starts *init*, the first process in there. Init sets up what an instance finds, turns to the instance's
//! root, and starts what the rehearsal tells it to. Every listening socket in the box is the rehearsal's, which gets them from
//! the keeper and answers there itself: nothing of it has to be in the box, and nothing leads out of it.
//!
//! Why not `unshare(1)` or bubblewrap: those there are differ in what they can map, a box has to last over its boots, and
//! sockets have to be handed out.
//!
//! Why no filter of system calls, which could take away what no namespace parts: what loads one without code of our own that is
//! unsafe sets `no_new_privs` too, and an instance's `sudo` would be no longer that.

mod boot;
mod delegated;
mod dmi;
mod error;
mod files;
mod furniture;
mod handle;
mod image;
mod init;
mod keeper;
mod leader;
mod limits;
mod mapping;
mod message;
mod network;
mod trust;
mod wire;

use std::ffi::OsString;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

pub use boot::{Boot, Running};
pub use error::EnclosureError;
pub use handle::{Enclosure, Kind, Socket, Wanted};
pub use image::{Image, prepare};
pub use limits::{Limits, sweep_groups};
pub use mapping::Mapping;
pub use message::{Order, Over, Placed, Writing};

/// What this program is called with to be one of a box's processes.
pub const AS_ENCLOSURE: &str = "--as-enclosure";

/// Is one of a box's processes: its socket is its standard input. Gives what to exit with.
#[must_use]
pub fn serve(arguments: &[OsString]) -> u8 {
    close_others();
    let Ok(socket) = std::io::stdin().as_fd().try_clone_to_owned() else { return 1 };
    let ended = match arguments.first().and_then(|it| it.to_str()) {
        Some("keep") => keeper::keep(&UnixStream::from(socket)).map(|()| 0),
        Some("within") => image::within(&UnixStream::from(socket)).map(|()| 0),
        Some("stage") => keeper::stage(socket, arguments.get(1..).unwrap_or_default()),
        Some("init") => init::begin(UnixStream::from(socket)),
        _ => return 2,
    };
    ended.ok().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Closes what was inherited besides the three that everybody has: a folder of this machine's would lead out of the box.
fn close_others() {
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    for descriptor in open.into_iter().filter(|it| *it > 2) {
        let _ = nix::unistd::close(descriptor);
    }
}
