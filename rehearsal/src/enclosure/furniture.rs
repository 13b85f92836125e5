//! What an instance finds mounted: an overlay of its own as its root, and around it what every system has. Nothing of this
//! machine's is left.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};
use rustix::process::pivot_root;

use super::keeper::ROOT;
use super::message::Plan;

/// Devices that are the same for everybody.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// What of `/sys` tells of the box's own, or of nobody's: its interfaces, the processors.
const SYSTEM: [&str; 2] = ["devices/virtual/net", "devices/system/cpu"];

/// What of `/sys` is there.
const SYSTEM_FOLDERS: [&str; 8] =
    ["block", "bus", "class/block", "class/dmi/id", "class/net", "firmware", "kernel", "module"];

/// The part of its memory that `/run` may take, as systemd has it, and `/dev/shm`, as the kernel has it.
const RUN: u64 = 5;
const SHARED: u64 = 2;

/// Mounts all of it, and turns to it.
pub(super) fn furnish(plan: &Plan) -> Result<(), String> {
    let root = PathBuf::from(ROOT);
    let step = |what: &str, done: io::Result<()>| done.map_err(|error| format!("{what}: {error}"));
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    step("private mounts", mount_change("/", private).map_err(io::Error::from))?;
    step("/proc", processes(&root.join("proc")))?;
    step("/run", memory(&root.join("run"), MountFlags::NODEV, &sized("mode=755", plan.memory / RUN)))?;
    if plan.group.is_some() {
        step("/run/host", tell_systemd(&root.join("run")))?;
    }
    step("/sys", system(&root.join("sys"), &root.join("run"), plan))?;
    step("/dev", devices(&root.join("dev"), plan))?;
    step("/", turn(&root))
}

/// A folder of the image, which may lack it, or have a link or a file there.
fn folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => return Ok(()),
        Ok(_) => fs::remove_file(path)?,
        Err(_) => {}
    }
    fs::create_dir(path)
}

fn memory(path: &Path, flags: MountFlags, options: &str) -> io::Result<()> {
    folder(path)?;
    let options = CString::new(options)?;
    Ok(mount("tmpfs", path, "tmpfs", flags | MountFlags::NOSUID, options.as_c_str())?)
}

/// With so many bytes at most: the kernel's own measure is this machine's memory, which is not the box's.
fn sized(options: &str, bytes: u64) -> String {
    format!("{options},size={bytes}")
}

/// What systemd takes for a container, and nothing else does: what runs on an instance does not expect to be in one.
///
/// Source: <https://systemd.io/CONTAINER_INTERFACE/>
fn tell_systemd(run: &Path) -> io::Result<()> {
    fs::create_dir(run.join("host"))?;
    fs::write(run.join("host/container-manager"), "cfn-rehearse\n")
}

fn processes(path: &Path) -> io::Result<()> {
    folder(path)?;
    Ok(mount("proc", path, "proc", MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC, None)?)
}

fn devices(path: &Path, plan: &Plan) -> io::Result<()> {
    memory(path, MountFlags::NOEXEC, "mode=755,size=64k")?;
    for name in DEVICES {
        let there = path.join(name);
        File::create(&there)?;
        mount_bind(Path::new("/dev").join(name), &there)?;
    }
    // Nobody is at the console.
    File::create(path.join("console"))?;
    mount_bind("/dev/null", path.join("console"))?;
    let terminals = path.join("pts");
    fs::create_dir(&terminals)?;
    let options = if plan.many_ids {
        c"newinstance,ptmxmode=0666,mode=620,gid=5"
    } else {
        c"newinstance,ptmxmode=0666,mode=620"
    };
    mount("devpts", &terminals, "devpts", MountFlags::NOSUID | MountFlags::NOEXEC, options)?;
    memory(&path.join("shm"), MountFlags::NODEV, &sized("mode=1777", plan.memory / SHARED))?;
    for (link, to) in [
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(to, path.join(link))?;
    }
    Ok(())
}

/// `/sys` with what makes software take this for an instance, and little else. `aside` is a place to mount on meanwhile.
fn system(path: &Path, aside: &Path, plan: &Plan) -> io::Result<()> {
    memory(path, MountFlags::NODEV | MountFlags::NOEXEC, "mode=755,size=1m")?;
    for name in SYSTEM_FOLDERS {
        fs::create_dir_all(path.join(name))?;
    }
    for (name, value) in super::dmi::files(&plan.instance) {
        fs::write(path.join("class/dmi/id").join(name), value + "\n")?;
    }
    if plan.group.is_some() {
        let groups = path.join("fs/cgroup");
        fs::create_dir_all(&groups)?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        mount("cgroup2", &groups, "cgroup2", flags, None)?;
    }
    // Where somebody's container hides this machine's, there are no interfaces to be looked at.
    let real = aside.join("sys");
    fs::create_dir(&real)?;
    let read = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    if mount("sysfs", &real, "sysfs", read, None).is_ok() {
        for name in SYSTEM.iter().filter(|name| real.join(name).is_dir()) {
            fs::create_dir_all(path.join(name))?;
            mount_bind_recursive(real.join(name), path.join(name))?;
        }
        for entry in fs::read_dir(real.join("class/net"))?.flatten() {
            if let Ok(to) = fs::read_link(entry.path()) {
                symlink(to, path.join("class/net").join(entry.file_name()))?;
            }
        }
        unmount(&real, UnmountFlags::DETACH)?;
    }
    fs::remove_dir(&real)?;
    let flags =
        MountFlags::BIND | MountFlags::RDONLY | MountFlags::NODEV | MountFlags::NOSUID | MountFlags::NOEXEC;
    Ok(mount_remount(path, flags, "")?)
}

/// Makes it the root, and forgets the old one.
fn turn(root: &Path) -> io::Result<()> {
    std::env::set_current_dir(root)?;
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    std::env::set_current_dir("/")
}
