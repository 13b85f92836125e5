//! The process that keeps a box: its namespaces, its disk and its addresses last as long as it does, over every boot.
//!
//! It stands outside of the box's processes, and nothing in the box sees it. What is mounted here and not in a boot, such as
//! this machine's files, is gone for a boot once it has turned to the root of its own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sched::{CloneFlags, unshare};
use rustix::fs::{Gid, StatVfsMountFlags, Uid, statvfs};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, mount, mount_bind, mount_bind_recursive, mount_change, mount_remount,
};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use rustix::thread::{set_thread_gid, set_thread_groups, set_thread_uid};

use super::leader::{Leader, Told};
use super::message::{FromKeeper, Listener, Over, Plan, Room, ToKeeper};
use super::{AS_ENCLOSURE, init, network, wire};

/// What the folder has that a box is made in. All of it is named from there: no folder above it has to be open to the box's
/// root.
pub(super) const PROGRAM: &str = "program";
pub(super) const IMAGE: &str = "image";
pub(super) const DISK: &str = "disk";
/// The instance's disk as it sees it.
pub(super) const ROOT: &str = "disk/root";

/// What the process that watches a boot exits with for its end: nothing that ends with a mistake does.
const ENDS: [(Over, i32); 3] = [(Over::Reboot, 110), (Over::Halt, 111), (Over::Died, 112)];

/// Keeps a box until nobody is at the other end of `socket`.
pub(super) fn keep(socket: &UnixStream) -> io::Result<()> {
    end_with_parent();
    // How the system keeps what is left of a process that crashed is this machine's affair: nothing is. A limit of 1 says so to
    // programs that would be started for it, too.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(1), maximum: Some(1) });
    let Some((ToKeeper::Make(plan), _)) = wire::receive(socket)? else { return Ok(()) };
    if let Err(error) = forget_keys() {
        return wire::send(socket, &FromKeeper::Failed(told("its keys", error)), &[]);
    }
    match make(socket, &plan) {
        Ok(Some((listeners, sockets))) => {
            let sockets: Vec<_> = sockets.iter().map(OwnedFd::as_fd).collect();
            wire::send(socket, &FromKeeper::Made(listeners), &sockets)?;
        }
        Ok(None) => return Ok(()),
        Err(why) => return wire::send(socket, &FromKeeper::Failed(why), &[]),
    }
    while let Some((ToKeeper::Boot, mut along)) = wire::receive(socket)? {
        let over = match along.pop() {
            Some(end) => boot(end, &plan)?,
            None => Over::Died,
        };
        wire::send(socket, &FromKeeper::Over(over), &[])?;
    }
    Ok(())
}

/// Has a keyring of its own, for the keys of who started this would be the box's too. A kernel without keys has none to be read.
fn forget_keys() -> io::Result<()> {
    match keyutils::Keyring::join_anonymous_session() {
        Err(error) if [Errno::DQUOT, Errno::NOMEM].map(Errno::raw_os_error).contains(&error.0) => {
            Err(io::Error::from_raw_os_error(error.0))
        }
        _ => Ok(()),
    }
}

/// What listens, and what is held open as long as it does.
type Made = (Vec<Listener>, Vec<OwnedFd>);

/// Makes it; none where nobody waits for that any more.
fn make(socket: &UnixStream, plan: &Plan) -> Result<Option<Made>, String> {
    let apart = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    unshare(apart).map_err(|error| told("namespaces", error))?;
    wire::send(socket, &FromKeeper::Apart, &[]).map_err(|error| told("the rehearsal", error))?;
    let Ok(Some((ToKeeper::Go, _))) = wire::receive::<ToKeeper>(socket) else { return Ok(None) };
    // As who started it: what is only his to look into, too.
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(|error| told("private mounts", error))?;
    mount_bind_recursive(&plan.image, IMAGE)
        .map_err(|error| told(&plan.image.display().to_string(), error))?;
    mount_bind(&plan.program, PROGRAM).map_err(|error| told("this program", error))?;
    read_only(PROGRAM).map_err(|error| told("this program, to be read only", error))?;
    make_room(&plan.disk).map_err(|error| told("its disk", error))?;
    // And from here on as the box's root.
    if plan.many_ids {
        set_thread_groups(&[]).map_err(|error| told("its groups", error))?;
    }
    set_thread_gid(Gid::ROOT).map_err(|error| told("its group", error))?;
    set_thread_uid(Uid::ROOT).map_err(|error| told("its user", error))?;
    // Changed ids have made it forget this.
    end_with_parent();
    for folder in ["upper", "work", "root"] {
        let made = fs::DirBuilder::new().mode(0o755).create(Path::new(DISK).join(folder));
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(told(folder, error)),
            _ => {}
        }
    }
    let layers = c"lowerdir=image,upperdir=disk/upper,workdir=disk/work,userxattr";
    mount("overlay", ROOT, "overlay", MountFlags::NODEV, layers)
        .map_err(|error| told("an overlay", error))?;
    rustix::system::sethostname(plan.host.as_bytes()).map_err(|error| told("its name", error))?;
    network::bring_up(&plan.network)?;
    Ok(Some(plan.network.listeners.iter().filter_map(|it| Some((*it, listen(*it)?))).unzip()))
}

/// What is said of a step that failed.
fn told(what: &str, error: impl Into<io::Error>) -> String {
    format!("{what}: {}", error.into())
}

fn make_room(room: &Room) -> io::Result<()> {
    match room {
        Room::Memory { most } => {
            let options = std::ffi::CString::new(format!("size={most},mode=755,uid=0,gid=0"))?;
            mount("tmpfs", DISK, "tmpfs", MountFlags::NODEV, options.as_c_str())?;
        }
        Room::Folder(folder) => mount_bind(folder, DISK)?,
    }
    Ok(())
}

/// A mount stays what it is besides: the kernel insists on that.
fn read_only(path: &str) -> io::Result<()> {
    let there = statvfs(path)?.f_flag;
    let mut flags = MountFlags::BIND | MountFlags::RDONLY;
    for (known, flag) in [
        (StatVfsMountFlags::NODEV, MountFlags::NODEV),
        (StatVfsMountFlags::NOSUID, MountFlags::NOSUID),
        (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
        (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
        (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
    ] {
        if there.contains(known) {
            flags |= flag;
        }
    }
    Ok(mount_remount(path, flags, "")?)
}

/// What cannot be had, such as an address of a family that this machine lacks, is left out.
fn listen(listener: Listener) -> Option<OwnedFd> {
    let at = (listener.address, listener.port);
    if listener.datagrams {
        UdpSocket::bind(at).ok().map(OwnedFd::from)
    } else {
        TcpListener::bind(at).ok().map(OwnedFd::from)
    }
}

/// A boot, from its beginning to its end.
fn boot(end: OwnedFd, plan: &Plan) -> io::Result<Over> {
    let mut words = Vec::new();
    if plan.group.is_some() {
        words = vec![plan.processes.to_string()];
        words.extend(plan.memory_of_each.map(|it| it.to_string()));
    }
    let status = again("stage", &words, end, Stdio::null())?.wait()?;
    Ok(ENDS.into_iter().find(|(_, code)| status.code() == Some(*code)).map_or(Over::Died, |(over, _)| over))
}

/// This program, as another of the box's processes, at an end of a socket.
fn again(role: &str, words: &[String], end: OwnedFd, output: Stdio) -> io::Result<std::process::Child> {
    Command::new(Path::new(".").join(PROGRAM))
        .arg0("init")
        .args([AS_ENCLOSURE, role])
        .args(words)
        .env_clear()
        .stdin(Stdio::from(end))
        .stdout(output)
        .stderr(Stdio::null())
        .spawn()
}

/// Has processes of their own, and mounts, for one boot, and watches its first process. Gives what to exit with. `limits` are
/// there where that is the image's systemd, and this process leads the boot from outside: nothing in the box can end it.
pub(super) fn stage(socket: OwnedFd, limits: &[OsString]) -> io::Result<i32> {
    use std::os::unix::process::ExitStatusExt as _;

    end_with_parent();
    let socket = UnixStream::from(socket);
    let told = if limits.is_empty() { None } else { Some(Told::at(socket.try_clone()?)) };
    unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS)?;
    let mut limits = limits.iter().map(|it| it.to_str().and_then(|it| it.parse().ok()));
    if let (Some(told), Some(processes)) = (told, limits.next().flatten()) {
        let _ = rustix::process::setsid();
        let (hears, tells) = pipe_with(PipeFlags::CLOEXEC)?;
        let mut first = again("init", &[], socket.try_clone()?.into(), Stdio::from(tells))?;
        let mut said = Vec::new();
        File::from(hears).read_to_end(&mut said)?;
        if said.is_empty() {
            return first.wait().map(|status| status.code().unwrap_or(1));
        }
        // The root is that process's already, for its mounts are this one's.
        std::env::set_current_dir("/")?;
        init::limit(processes, limits.next().flatten());
        let first = i32::try_from(first.id()).ok().and_then(Pid::from_raw);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        return runtime.block_on(async {
            let asked = init::requests()?;
            Leader::new(socket, told, asked, first).run().await
        });
    }
    let status = again("init", &[], socket.into(), Stdio::null())?.wait()?;
    // The kernel's word for what reboot(2) asks for there.
    let over = match (status.code(), status.signal().and_then(Signal::from_named_raw)) {
        (_, Some(Signal::HUP)) => Over::Reboot,
        (_, Some(Signal::INT)) => Over::Halt,
        (code, _) => ENDS.into_iter().find(|(_, it)| code == Some(*it)).map_or(Over::Died, |(over, _)| over),
    };
    Ok(exit_code(over))
}

/// What the processes of a box exit with for a boot's end.
pub(super) fn exit_code(over: Over) -> i32 {
    ENDS.into_iter().find(|(it, _)| *it == over).map_or(1, |(_, code)| code)
}

/// Nothing of a box outlives the rehearsal, however that ends.
pub(super) fn end_with_parent() {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}
