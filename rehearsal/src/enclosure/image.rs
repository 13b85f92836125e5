//! The image's files, as a box has them under it: as they are where their owners are known in a box, or else unpacked once,
//! and kept for the next time.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Seek as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cfn_signal_core::causes;
use nix::sched::{CloneFlags, unshare};
use rustix::fs::{Gid, Uid};
use rustix::thread::{set_thread_gid, set_thread_groups, set_thread_uid};

use super::handle::{apart, command};
use super::init::SYSTEMD;
use super::keeper::end_with_parent;
use super::mapping::on_path;
use super::message::{FromKeeper, ToKeeper};
use super::{EnclosureError, Mapping, wire};

/// How an archive begins, and what `tar` calls that.
const COMPRESSIONS: [(&[u8], &str); 4] =
    [(b"\x1f\x8b", "-z"), (b"\xfd7zXZ\x00", "-J"), (b"\x28\xb5\x2f\xfd", "--zstd"), (b"BZh", "-j")];

/// What an unpacked image has where this program leaves it half done.
const UNFINISHED: &str = ".unfinished-";

/// What tar says where it leaves out devices, and nothing else.
const NO_DEVICES: [&str; 2] =
    [": Cannot mknod: Operation not permitted", ": Exiting with failure status due to previous errors"];

/// Of what it does as it is meant to.
const REMARK: &str = ": Removing leading `";

/// How it says that it cannot read what it is given.
const NO_TAR: &str = "does not look like a tar archive";

/// The files of an image.
#[derive(Debug)]
pub struct Image {
    path: PathBuf,
    /// Whose they are in a box, where they are a copy that goes with this.
    copied: Option<Mapping>,
}

impl Image {
    /// Where they are.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it has systemd.
    #[must_use]
    pub fn has_systemd(&self) -> bool {
        SYSTEMD.into_iter().any(|it| self.has(it))
    }

    /// Whether it has cloud-init.
    #[must_use]
    pub fn has_cloud_init(&self) -> bool {
        self.has("/usr/bin/cloud-init")
    }

    /// Links in it lead nowhere else.
    fn has(&self, path: &str) -> bool {
        let root = cap_std::fs::Dir::open_ambient_dir(&self.path, cap_std::ambient_authority());
        root.is_ok_and(|root| root.symlink_metadata(path.trim_start_matches('/')).is_ok())
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        if let Some(mapping) = &self.copied {
            remove(&self.path, mapping);
        }
    }
}

/// The files of an image, which a directory or an archive has.
///
/// # Errors
///
/// [`EnclosureError::Image`] where it is neither, or has no system in it.
pub fn prepare(given: &Path, mapping: &Mapping) -> Result<Image, EnclosureError> {
    let wrong = |problem: String| EnclosureError::Image { path: given.display().to_string(), problem };
    let there = fs::metadata(given).map_err(|error| wrong(error.to_string()))?;
    if there.is_dir() {
        check(given).map_err(wrong)?;
        if mapping.knows(there.uid()) {
            return Ok(Image { path: given.to_owned(), copied: None });
        }
        if !rustix::process::geteuid().is_root() {
            return Err(wrong(
                "belongs to another user, whose files nobody can change in a box of yours: give an archive of it (tar), or run \
                 this as that user, or as root (sudo)"
                    .to_owned(),
            ));
        }
    }
    let place = place(given, &there)?;
    let folder = place.parent().unwrap_or(&place);
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if let Some(other) = [folder.parent(), Some(folder)].into_iter().flatten().find(|it| !is_own(it)) {
        return Err(wrong(format!(
            "would be unpacked into {}, which others can write to: set XDG_CACHE_HOME to a folder of yours",
            other.display()
        )));
    }
    if place.is_dir() && !there.is_dir() {
        return Ok(Image { path: place, copied: None });
    }
    forget_others(&place, mapping);
    let unfinished = place.with_file_name(format!(
        "{UNFINISHED}{}-{}",
        std::process::id(),
        place.file_name().unwrap_or_default().to_string_lossy()
    ));
    DirBuilder::new().mode(0o755).create(&unfinished)?;
    let done = unpack(given, there.is_dir(), &unfinished, mapping).and_then(|()| check(&unfinished));
    if let Err(problem) = done {
        remove(&unfinished, mapping);
        return Err(wrong(problem));
    }
    if there.is_dir() {
        // What is in it may change, and nothing would say so.
        return Ok(Image { path: unfinished, copied: Some(mapping.clone()) });
    }
    match fs::rename(&unfinished, &place) {
        // Another rehearsal was quicker.
        Err(_) if place.is_dir() => remove(&unfinished, mapping),
        renamed => renamed?,
    }
    Ok(Image { path: place, copied: None })
}

/// Whether nobody else can say what is in a folder.
fn is_own(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|it| {
        it.is_dir() && it.uid() == rustix::process::geteuid().as_raw() && it.mode() & 0o022 == 0
    })
}

/// Whether there is a system in it.
fn check(folder: &Path) -> Result<(), String> {
    let has = |name: &str| fs::symlink_metadata(folder.join(name)).is_ok();
    if has("usr") || (has("bin") && has("etc")) {
        return Ok(());
    }
    Err(if has("manifest.json") || has("index.json") {
        "holds the layers of an image, not its files: docker export, podman export and debootstrap give those; docker save and \
         skopeo do not"
    } else {
        "holds no system: neither usr, nor bin and etc; docker export, podman export and debootstrap give what is wanted"
    }
    .to_owned())
}

/// Where what is unpacked from it is kept: another place once it has changed.
fn place(given: &Path, there: &fs::Metadata) -> Result<PathBuf, EnclosureError> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .filter(|it| Path::new(it).is_absolute())
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .unwrap_or_else(|| {
            env::temp_dir().join(format!("cfn-rehearse-{}", rustix::process::geteuid().as_raw()))
        });
    let number = |it: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        it(&mut hasher);
        hasher.finish()
    };
    let path = fs::canonicalize(given)?;
    let which = number(&|it| path.hash(it));
    let state =
        number(&|it| (there.len(), there.mtime(), there.mtime_nsec(), there.ino(), there.ctime()).hash(it));
    Ok(cache.join("cfn-rehearse/images").join(format!("{which:016x}-{state:016x}")))
}

/// Removes what the same archive had been before, and what was left half done.
fn forget_others(place: &Path, mapping: &Mapping) {
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let which = name.split('-').next().unwrap_or_default();
    for entry in place.parent().and_then(|it| it.read_dir().ok()).into_iter().flatten().flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        let left = other.strip_prefix(UNFINISHED).and_then(|it| it.split('-').next()?.parse::<u32>().ok());
        let is_dead = left.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists());
        if is_dead || (other.starts_with(which) && other != name) {
            remove(&entry.path(), mapping);
        }
    }
}

/// Unpacks it, with the ids that it has in a box.
fn unpack(given: &Path, is_folder: bool, into: &Path, mapping: &Mapping) -> Result<(), String> {
    let tar = on_path("tar").ok_or("there is no tar command here to unpack it with; install tar")?;
    let mut words: Vec<String> =
        ["--extract", "--preserve-permissions", "--numeric-owner", "--file=-"].map(str::to_owned).into();
    // Nobody makes devices in a box; it has those that it may have.
    words.extend(["--anchored", "--exclude=dev/*", "--exclude=./dev/*"].map(str::to_owned));
    if !mapping.has_many() {
        words.push("--no-same-owner".to_owned());
    }
    let mut packs = None;
    let input = if is_folder {
        let mut packing = Command::new(&tar)
            .args(["--create", "--sparse", "--one-file-system", "--numeric-owner", "--file=-", "--directory"])
            .arg(given)
            .arg(".")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = packing.stdout.take().map(Stdio::from);
        packs = Some(packing);
        output.ok_or("tar says nothing")?
    } else {
        let mut file = File::open(given).map_err(|error| error.to_string())?;
        let mut begins = [0; 6];
        let read = file
            .read(&mut begins)
            .and_then(|read| file.rewind().map(|()| read))
            .map_err(|error| error.to_string())?;
        let begins = begins.get(..read).unwrap_or_default();
        words.extend(
            COMPRESSIONS
                .iter()
                .find(|(magic, _)| begins.starts_with(magic))
                .map(|(_, word)| (*word).to_owned()),
        );
        Stdio::from(file)
    };
    let done = as_root(&tar, words, into, mapping, input);
    let done = done.map_err(|why| match why.contains(NO_TAR) {
        true => "is no tar: docker export, podman export and debootstrap give what is wanted; a disk image or a zip does not".to_owned(),
        false => why,
    });
    if let Some(mut packing) = packs {
        let _ = packing.kill();
        let _ = packing.wait();
    }
    done
}

/// Removes a folder with whatever owners its files have in a box.
pub(super) fn remove(folder: &Path, mapping: &Mapping) {
    let rm = on_path("rm").filter(|_| mapping.has_many() && !rustix::process::geteuid().is_root());
    if let Some(rm) = rm {
        let words = ["-rf", "--", "."].map(str::to_owned).into();
        let _ = as_root(&rm, words, folder, mapping, Stdio::null());
    }
    let _ = fs::remove_dir_all(folder);
}

/// Runs a command of this machine as the root of a box would be, in a folder that is given to it.
fn as_root(
    program: &Path,
    arguments: Vec<String>,
    folder: &Path,
    mapping: &Mapping,
    input: Stdio,
) -> Result<(), String> {
    mapping.give(folder).map_err(|error| error.to_string())?;
    let (socket, end) = wire::pair().map_err(|error| error.to_string())?;
    // What the command reads comes beside the socket.
    let mut child = command("within")
        .current_dir(folder)
        .stdin(Stdio::from(end))
        .stdout(input)
        .spawn()
        .map_err(|error| error.to_string())?;
    let result = apart(&socket, mapping, child.id())
        .and_then(|()| {
            let program = program.display().to_string();
            Ok(wire::send(&socket, &ToKeeper::Run { program, arguments }, &[])?)
        })
        .map_err(|error| causes::line(&error));
    let said = match result {
        Ok(()) => match wire::receive(&socket) {
            Ok(Some((FromKeeper::Ran(None), _))) => Ok(()),
            Ok(Some((FromKeeper::Ran(Some(why)) | FromKeeper::Failed(why), _))) => Err(why),
            _ => Err("it was ended".to_owned()),
        },
        Err(why) => {
            let _ = child.kill();
            Err(why)
        }
    };
    let _ = child.wait();
    said
}

/// Is the process that does so.
pub(super) fn within(socket: &UnixStream) -> io::Result<()> {
    end_with_parent();
    if let Err(error) = unshare(CloneFlags::CLONE_NEWUSER) {
        return wire::send(socket, &FromKeeper::Failed(io::Error::from(error).to_string()), &[]);
    }
    wire::send(socket, &FromKeeper::Apart, &[])?;
    let Some((ToKeeper::Go, _)) = wire::receive(socket)? else { return Ok(()) };
    // Where there are others, this process may leave its own.
    let _ = set_thread_groups(&[]);
    set_thread_gid(Gid::ROOT)?;
    set_thread_uid(Uid::ROOT)?;
    end_with_parent();
    let Some((ToKeeper::Run { program, arguments }, _)) = wire::receive(socket)? else { return Ok(()) };
    let input = io::stdout().as_fd().try_clone_to_owned()?;
    let ran = Command::new(program)
        .args(arguments)
        .stdin(Stdio::from(input))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output);
    let why = match ran {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // An image may have devices elsewhere too: nobody uses them.
            let is_harmless = |line: &&str| NO_DEVICES.iter().any(|it| line.ends_with(it));
            let lines = said.lines().filter(|line| !line.trim().is_empty() && !line.contains(REMARK));
            let mut rest = lines.clone().filter(|line| !is_harmless(line)).map(str::to_owned);
            rest.next().or_else(|| lines.count().eq(&0).then(|| output.status.to_string()))
        }
        Err(error) => Some(error.to_string()),
    };
    wire::send(socket, &FromKeeper::Ran(why), &[])
}
