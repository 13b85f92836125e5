//! A box as the rehearsal has it.

use std::fs::{self, File};
use std::net::{Shutdown, TcpListener, UdpSocket};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::boot::Boot;
use super::image::remove;
use super::keeper::{DISK, IMAGE, PROGRAM};
use super::limits::{Control, Limits};
use super::message::{FromKeeper, Listener, Network, Over, Plan, Room, ToKeeper};
use super::{AS_ENCLOSURE, EnclosureError, Mapping, wire};

/// What a box is wanted to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The folder that the image's files are in.
    pub image: PathBuf,
    /// Whose files it has.
    pub mapping: Mapping,
    /// Where what it writes is kept; in memory, and gone with it, where there is no such folder.
    pub kept: Option<PathBuf>,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
    /// Its name.
    pub host: String,
    /// Its own address, and the length of its network's prefix.
    pub address: (std::net::Ipv4Addr, u8),
    /// Its interface's own address.
    pub mac: String,
    /// Whether it has an interface besides its loopback, where the kernel makes one.
    pub has_interface: bool,
    /// What is answered in it.
    pub listeners: Vec<(std::net::IpAddr, u16, Kind)>,
    /// What it may take.
    pub limits: Limits,
    /// Whether the image's systemd is its first process.
    pub systemd: bool,
}

/// What a socket takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Connections.
    Connections,
    /// Datagrams.
    Datagrams,
}

/// A socket in a box, which is answered from outside.
#[derive(Debug)]
pub enum Socket {
    /// Of connections.
    Connections(TcpListener),
    /// Of datagrams.
    Datagrams(UdpSocket),
}

/// A box. All that is in it ends with it.
#[derive(Debug)]
pub struct Enclosure {
    keeper: Child,
    socket: UnixStream,
    plan: Plan,
    mapping: Mapping,
    /// What is removed after it.
    spare: PathBuf,
    _control: Control,
}

/// A box that is being made.
#[derive(Debug)]
pub struct Begun {
    enclosure: Enclosure,
}

impl Begun {
    /// Waits until it is made: what it keeps is ready to boot. Gives its sockets, too.
    ///
    /// # Errors
    ///
    /// [`EnclosureError`].
    pub fn finish(self) -> Result<(Enclosure, Vec<Socket>), EnclosureError> {
        let Enclosure { keeper, socket, plan, mapping, .. } = &self.enclosure;
        let sockets = set_up(socket, plan, mapping, keeper.id())?;
        Ok((self.enclosure, sockets))
    }
}

impl Enclosure {
    /// Begins to make a box in a folder that is empty, and this user's. To be called by a thread that lasts: the box ends
    /// with it.
    ///
    /// # Errors
    ///
    /// [`EnclosureError`].
    pub fn begin(folder: &Path, wanted: Wanted) -> Result<Begun, EnclosureError> {
        let Wanted {
            image,
            mapping,
            kept,
            instance_id,
            host,
            address,
            mac,
            has_interface,
            listeners,
            limits,
            systemd,
        } = wanted;
        lay_out(folder, &mapping)?;
        let (socket, end) = wire::pair()?;
        let listeners = listeners.into_iter().map(|(address, port, kind)| Listener {
            address,
            port,
            datagrams: kind == Kind::Datagrams,
        });
        let network = Network {
            address: address.0,
            prefix: address.1,
            mac: has_interface.then_some(mac),
            listeners: listeners.collect(),
        };
        let disk = room(folder, kept, &mapping, limits.disk)?;
        let (image, program) = (std::path::absolute(image)?, std::env::current_exe()?);
        let mut keeper = command("keep").current_dir(folder).stdin(Stdio::from(end)).spawn()?;
        let control = Control::over(keeper.id(), &limits, systemd.then_some(&mapping));
        if systemd && control.own.is_none() {
            let _ = keeper.kill();
            let _ = keeper.wait();
            return Err(EnclosureError::no_group());
        }
        let plan = Plan {
            image,
            program,
            disk,
            many_ids: mapping.has_many(),
            host,
            instance: instance_id,
            network,
            memory: limits.memory,
            processes: limits.processes,
            memory_of_each: (!control.counts).then_some(limits.memory),
            group: control.own.clone().filter(|_| systemd),
        };
        let spare = folder.join(SPARE);
        Ok(Begun { enclosure: Self { keeper, socket, plan, mapping, spare, _control: control } })
    }

    /// Boots.
    ///
    /// # Errors
    ///
    /// [`EnclosureError`].
    pub fn boot(&self) -> Result<Arc<Boot>, EnclosureError> {
        let (here, there) = wire::pair()?;
        wire::send(&self.socket, &ToKeeper::Boot, &[there.as_fd()])?;
        drop(there);
        let (sender, over) = watch::channel(None);
        let keeper = self.socket.try_clone()?;
        std::thread::spawn(move || {
            let over = match wire::receive(&keeper) {
                Ok(Some((FromKeeper::Over(over), _))) => over,
                _ => Over::Died,
            };
            let _ = sender.send(Some(over));
        });
        Boot::begin(here, &self.plan, over)
    }
}

impl Drop for Enclosure {
    fn drop(&mut self) {
        // Each of its processes ends after the one that it has started, and collects it, where they come to that.
        let _ = self.socket.shutdown(Shutdown::Both);
        let begun = Instant::now();
        while begun.elapsed() < BY_THEMSELVES && matches!(self.keeper.try_wait(), Ok(None)) {
            sleep(Duration::from_millis(2));
        }
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
        if self.spare.is_dir() {
            remove(&self.spare, &self.mapping);
        }
    }
}

/// How long the processes of a box have to end by themselves.
const BY_THEMSELVES: Duration = Duration::from_millis(500);

/// The folder for what it writes, where that goes to none of somebody's and to no memory.
const SPARE: &str = "spare";

impl Socket {
    /// Its port.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let address = match self {
            Self::Connections(socket) => socket.local_addr(),
            Self::Datagrams(socket) => socket.local_addr(),
        };
        address.ok().map(|it| it.port())
    }
}

/// Where what it writes goes: to memory, unless it is to be kept, is more than that, or this kernel's memory file system
/// has not what an overlay needs.
fn room(
    folder: &Path,
    kept: Option<PathBuf>,
    mapping: &Mapping,
    most: Option<u64>,
) -> Result<Room, EnclosureError> {
    if let (None, Some(most), true) = (&kept, most, memory_serves()) {
        return Ok(Room::Memory { most });
    }
    let room = kept.unwrap_or_else(|| folder.join(SPARE));
    fs::create_dir_all(&room)?;
    mapping.give(&room)?;
    Ok(Room::Folder(room))
}

/// Attributes that users set are kept there since Linux 6.6.
fn memory_serves() -> bool {
    let system = rustix::system::uname();
    let release = system.release().to_string_lossy().into_owned();
    is_at_least(&release, (6, 6))
}

fn is_at_least(release: &str, wanted: (u32, u32)) -> bool {
    let mut numbers = release.split(|it: char| !it.is_ascii_digit()).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= wanted,
        _ => false,
    }
}

/// What it is made on; what its root has to get to is its own.
fn lay_out(folder: &Path, mapping: &Mapping) -> Result<(), EnclosureError> {
    fs::create_dir(folder.join(IMAGE))?;
    fs::create_dir(folder.join(DISK))?;
    File::create(folder.join(PROGRAM))?;
    mapping.give(folder)?;
    Ok(())
}

/// This program, as one of a box's processes. It knows nothing of its surroundings.
pub(super) fn command(role: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("keeper").args([AS_ENCLOSURE, role]).env_clear();
    // Commands of this machine are looked for on its path.
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn set_up(
    socket: &UnixStream,
    plan: &Plan,
    mapping: &Mapping,
    keeper: u32,
) -> Result<Vec<Socket>, EnclosureError> {
    wire::send(socket, &ToKeeper::Make(Box::new(plan.clone())), &[])?;
    apart(socket, mapping, keeper)?;
    match wire::receive(socket)? {
        Some((FromKeeper::Made(made), sockets)) => {
            let socket = |(listener, socket): (&Listener, OwnedFd)| match listener.datagrams {
                true => Socket::Datagrams(socket.into()),
                false => Socket::Connections(socket.into()),
            };
            Ok(made.iter().zip(sockets).map(socket).collect())
        }
        Some((FromKeeper::Failed(why), _)) => Err(EnclosureError::not_made(why)),
        _ => Err(EnclosureError::Gone),
    }
}

/// Waits until the process stands in a namespace of its own, and gives it its ids.
pub(super) fn apart(socket: &UnixStream, mapping: &Mapping, process: u32) -> Result<(), EnclosureError> {
    match wire::receive(socket)? {
        Some((FromKeeper::Apart, _)) => {}
        Some((FromKeeper::Failed(why), _)) => return Err(EnclosureError::no_namespaces(why)),
        _ => return Err(EnclosureError::Gone),
    }
    mapping.write(process)?;
    Ok(wire::send(socket, &ToKeeper::Go, &[])?)
}

#[cfg(test)]
mod tests;
