//! Messages and descriptors through a socket, a length before each message.

use std::io::{self, IoSlice, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes of a message; what a box sends is nobody's to believe.
const MOST: u32 = 1 << 20;

/// Descriptors that come with one message.
const DESCRIPTORS: usize = 32;

/// Two ends, which no other program inherits.
pub(super) fn pair() -> io::Result<(UnixStream, OwnedFd)> {
    let (one, other) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    Ok((one.into(), other))
}

/// Sends a message and descriptors.
pub(super) fn send(
    mut socket: &UnixStream,
    message: &impl Serialize,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    let length =
        u32::try_from(text.len()).ok().filter(|it| *it <= MOST).ok_or(io::ErrorKind::InvalidInput)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !along.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // Descriptors come with the length, whose four bytes go together.
    let length = length.to_be_bytes();
    sendmsg(socket.as_fd(), &[IoSlice::new(&length)], &mut along, SendFlags::NOSIGNAL)?;
    socket.write_all(&text)
}

/// The next message, and what was sent along; none where the other end is closed.
pub(super) fn receive<T: DeserializeOwned>(mut socket: &UnixStream) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut length = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut along = RecvAncillaryBuffer::new(&mut space);
    let read = loop {
        let mut into = [IoSliceMut::new(&mut length)];
        match recvmsg(socket.as_fd(), &mut into, &mut along, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            read => break read?.bytes,
        }
    };
    let descriptors = along
        .drain()
        .filter_map(|it| match it {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors.collect::<Vec<_>>()),
            _ => None,
        })
        .flatten()
        .collect();
    if read == 0 {
        return Ok(None);
    }
    socket.read_exact(length.get_mut(read..).unwrap_or_default())?;
    let length = u32::from_be_bytes(length);
    if length > MOST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    socket.read_exact(&mut text)?;
    Ok(Some((serde_json::from_slice(&text)?, descriptors)))
}

#[cfg(test)]
mod tests;
