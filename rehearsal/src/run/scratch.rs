//! The directory that stands for an instance's disk.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use super::Surroundings;
use super::directory::Directory;
use super::disk::Disk;
use super::quoting::quoted;
use super::runtime::Tried;
use super::script::{redirect, redirect_home, replace_path};
use super::stubs::{Stub, complete};
use super::user_data::{Script, WrittenFile};
use super::{Initialisation, aws_command, cfn_init, signal_command};
use crate::enclosure::EnclosureError;

/// What systemd gives to the services of the system, and cloud-init to its scripts. Where `/usr` is one with `/`, the last
/// two are links.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What `cfn-init` writes to.
const INIT_LOG: &str = "/var/log/cfn-init.log";

/// Why an instance cannot be set up on this machine.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// Files.
    #[error("cannot set up a scratch directory")]
    Io(#[from] io::Error),
    /// A box.
    #[error(transparent)]
    Enclosure(#[from] EnclosureError),
    /// What is around a box.
    #[error(transparent)]
    Surroundings(Box<dyn std::error::Error + Send + Sync>),
    /// The command that signals.
    #[error(
        "cannot find cfn-signal beside this command or on PATH; build it (make build), or say where it is with \
         --cfn-signal PATH"
    )]
    NoSignalCommand,
    /// Nothing can run there.
    #[error(
        "TMPDIR ({}) is mounted noexec, and user data runs there: set TMPDIR to a directory where programs may run, such \
         as /var/tmp",
        .0.display()
    )]
    NoExec(PathBuf),
    /// A script that is as it should be.
    #[error("this machine cannot run the user data{advice}")]
    NotStarted {
        /// Why.
        #[source]
        error: io::Error,
        /// What to do, after a semicolon.
        advice: &'static str,
    },
    /// The runtime that scripts are to run in.
    #[error("--in {command}: {problem}; it has to run what is added to it, with {{root}} at the same path")]
    Runtime {
        /// As given.
        command: String,
        /// What it did.
        problem: String,
    },
    /// The command given is none.
    #[error("{0}: is not a command that can be run; --cfn-signal wants the path of cfn-signal")]
    NotACommand(PathBuf),
}

/// An instance's disk.
pub struct Scratch {
    directory: Directory,
    disk: Arc<Disk>,
    /// What `cfn-signal` is.
    signal_command: PathBuf,
    /// What `aws` is, wherever this machine has it: an instance of Amazon's images has it for sure.
    aws: Option<PathBuf>,
    /// Commands that stand for others.
    pub stubs: Vec<Stub>,
    /// Whether `cfn-init` is one of ours, and no stub unless that was asked for.
    runs_init: bool,
    /// What runs the scripts, where that is not this machine.
    pub(super) runtime: Option<Tried>,
}

impl Scratch {
    /// Makes the directory, with `cfn-signal` and the stubs where an instance has its helpers.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Io`].
    pub fn create(
        signal_command: &Path,
        asked: &[Stub],
        runs_init: bool,
        runtime: Option<&Tried>,
    ) -> Result<Self, ScratchError> {
        let directory = Directory::create()?;
        let is_ours = |name: &str| runs_init && cfn_init::HELPERS.contains(&name);
        let stubs = complete(asked, |name| {
            let there = |folder: &Path| runnable(&folder.join(name)).is_some();
            // What there is elsewhere is not known here.
            let is_here = || {
                there(Path::new("/opt/aws/bin")) || env::split_paths(SYSTEM_PATH).any(|folder| there(&folder))
            };
            is_ours(name) || (runtime.is_none() && is_here())
        });
        let disk = Arc::new(Disk::create(directory.path().join("disk"))?);
        let (mut signal_command, mut aws) = (signal_command.to_owned(), on_path("aws"));
        if let Some(runtime) = runtime {
            // Nothing of this machine is there but the disk.
            let copy = disk.path().join("cfn-signal");
            fs::copy(&signal_command, &copy)?;
            (signal_command, aws) = (copy, runtime.aws.clone());
        }
        let scratch =
            Self { directory, disk, signal_command, aws, stubs, runs_init, runtime: runtime.cloned() };
        let helpers = scratch.helpers();
        fs::create_dir_all(&helpers)?;
        fs::create_dir_all(scratch.home())?;
        for stub in &scratch.stubs {
            write_command(&helpers.join(&stub.name), &stub.script(&scratch.call_log()))?;
        }
        fs::write(scratch.call_log(), "")?;
        if scratch.lacks_init() {
            // Scripts show it when cfn-init has ended.
            let log = scratch.below(Path::new(INIT_LOG));
            fs::create_dir_all(log.parent().unwrap_or(&log))?;
            fs::write(log, "")?;
        }
        // Helpers that the machine has, where the script looks for them.
        let own = fs::read_dir("/opt/aws/bin").ok().filter(|_| scratch.runtime.is_none());
        for entry in own.into_iter().flatten().flatten() {
            let here = helpers.join(entry.file_name());
            let name = entry.file_name();
            let is_wrapped = name == "cfn-signal" || name == "aws" || name.to_str().is_some_and(is_ours);
            if !here.exists() && !is_wrapped {
                symlink(entry.path(), here)?;
            }
        }
        Ok(scratch)
    }

    /// Writes the `cfn-signal` and, where the machine has one, the `aws` that reach this rehearsal only, unless they are
    /// stubbed.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Io`].
    pub fn write_commands(&self, around: &Surroundings<'_>) -> Result<(), ScratchError> {
        self.put_command(
            "cfn-signal",
            &signal_command::script(&self.signal_command, &self.home(), &self.state(), around),
        )?;
        if let Some(aws) = &self.aws {
            self.put_command("aws", &aws_command::script(aws, &self.home(), around))?;
        }
        Ok(())
    }

    /// Writes the `cfn-init` that works through the metadata, pointed at what stands here as scripts are.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Io`].
    pub(super) fn write_init(
        &self,
        init: Initialisation<'_>,
        written: &[&WrittenFile],
    ) -> Result<(), ScratchError> {
        let metadata = init.metadata.iter().map(|(id, it)| (id.clone(), self.metadata_here(it, written)));
        let log = self.below(Path::new(INIT_LOG));
        let calls = self.call_log();
        let plan = cfn_init::Plan {
            stack: init.stack,
            metadata: serde_json::Value::Object(metadata.collect()),
            disk: self.disk.path(),
            calls: &calls,
            log: &log,
            stubs: self.stubs.iter().map(|stub| stub.name.as_str()).collect(),
        };
        let path = self.directory.path().join("init.json");
        fs::write(&path, plan.text())?;
        let program = env::current_exe()?;
        for name in cfn_init::HELPERS {
            let mut script = b"#!/bin/sh\nexec ".to_vec();
            script.extend(quoted(program.as_os_str().as_bytes()));
            script.extend_from_slice(format!(" {} ", cfn_init::AS_HELPER).as_bytes());
            script.extend(quoted(path.as_os_str().as_bytes()));
            script.extend_from_slice(format!(" {name} \"$@\"\n").as_bytes());
            self.put_command(name, &script)?;
        }
        Ok(())
    }

    /// All texts of metadata but its keys.
    fn metadata_here(&self, value: &serde_json::Value, written: &[&WrittenFile]) -> serde_json::Value {
        use serde_json::Value;

        match value {
            Value::String(text) => Value::String(
                String::from_utf8_lossy(&self.pointed_here(text.as_bytes(), written)).into_owned(),
            ),
            Value::Array(items) => items.iter().map(|item| self.metadata_here(item, written)).collect(),
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, it)| (key.clone(), self.metadata_here(it, written)));
                Value::Object(entries.collect())
            }
            other => other.clone(),
        }
    }

    fn put_command(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.helpers().join(name);
        if path.exists() { Ok(()) } else { write_command(&path, content) }
    }

    /// A script as a command, where cloud-init has it, pointed at what stands here in place of the machine's own: the
    /// helpers and `written`.
    pub(super) fn script(&self, script: &Script, written: &[&WrittenFile]) -> WrittenFile {
        WrittenFile {
            path: self.below(&Path::new(script.folder.path()).join(&script.name)),
            content: self.pointed_here(&script.text, written),
            mode: 0o700,
            append: false,
        }
    }

    /// A file of `write_files` as it is written here.
    pub(super) fn place(&self, file: &WrittenFile, written: &[&WrittenFile]) -> WrittenFile {
        WrittenFile {
            path: self.below(&file.path),
            content: self.pointed_here(&file.content, written),
            ..file.clone()
        }
    }

    fn pointed_here(&self, text: &[u8], written: &[&WrittenFile]) -> Vec<u8> {
        let helpers = self.helpers().to_string_lossy().into_owned();
        let mut text = redirect(text, &helpers);
        // Where packages have it, and what needs no root to install.
        for path in ["/usr/bin/cfn-signal", "/usr/local/bin/cfn-signal"] {
            text = replace_path(&text, path.as_bytes(), &format!("{helpers}/cfn-signal"));
        }
        if self.aws.is_some() {
            for path in ["/usr/bin/aws", "/usr/local/bin/aws"] {
                text = replace_path(&text, path.as_bytes(), &format!("{helpers}/aws"));
            }
        }
        text = redirect_home(&text, &self.home().to_string_lossy());
        if self.lacks_init() {
            let log = self.below(Path::new(INIT_LOG));
            text = replace_path(&text, INIT_LOG.as_bytes(), &log.to_string_lossy());
        }
        for file in written {
            if !file.path.starts_with("/opt/aws/bin") {
                let here = self.below(&file.path);
                text = replace_path(&text, file.path.as_os_str().as_bytes(), &here.to_string_lossy());
            }
        }
        text
    }

    /// Whether `cfn-init` is a stub, or ours.
    fn lacks_init(&self) -> bool {
        self.runs_init || self.stubs.iter().any(|stub| stub.name == "cfn-init")
    }

    /// A path of the instance, in this directory.
    fn below(&self, path: &Path) -> PathBuf {
        self.disk.below(path)
    }

    /// Root's home: what stands for it.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.disk.path().join("root")
    }

    /// Where scripts begin: `/`, as cloud-init has it. Whoever may not write there, as root on an instance may, begins in
    /// what stands for it, or each `curl -O` would fail here and nowhere else.
    #[must_use]
    pub fn root(&self) -> &Path {
        let root = Path::new("/");
        match rustix::fs::access(root, rustix::fs::Access::WRITE_OK) {
            Ok(()) => root,
            Err(_) => self.disk.path(),
        }
    }

    /// `PATH`, the helpers and stubs first; then what systemd gives to services, this machine's own whatever its user has.
    #[must_use]
    pub fn search_path(&self) -> OsString {
        let mut path = self.helpers().into_os_string();
        path.push(":");
        path.push(SYSTEM_PATH);
        path
    }

    /// A line for each call of a stub; beside the disk, so that no file of an instance can be it.
    #[must_use]
    pub fn call_log(&self) -> PathBuf {
        self.beside().join("stub-calls")
    }

    /// What `cfn-signal` keeps, beside the disk too.
    pub(super) fn state(&self) -> PathBuf {
        self.beside().join("state")
    }

    /// Where what is no file of the instance is; where a runtime of somebody's runs it, that sees nothing but its disk.
    fn beside(&self) -> &Path {
        if self.runtime.is_some() { self.disk.path() } else { self.directory.path() }
    }

    /// What an instance has from its root on.
    pub(super) fn disk(&self) -> &Arc<Disk> {
        &self.disk
    }

    /// The directory itself.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn helpers(&self) -> PathBuf {
        self.disk.path().join("opt/aws/bin")
    }
}

/// The `cfn-signal` to use: the one given, else the one beside this program, else the one on `PATH`.
///
/// # Errors
///
/// [`ScratchError`] where it is not there.
pub fn find_signal_command(given: Option<&Path>) -> Result<PathBuf, ScratchError> {
    if let Some(given) = given {
        return runnable(given).ok_or_else(|| ScratchError::NotACommand(given.to_owned()));
    }
    let beside = env::current_exe().ok().and_then(|me| runnable(&me.with_file_name("cfn-signal")));
    beside.or_else(|| on_path("cfn-signal")).ok_or(ScratchError::NoSignalCommand)
}

pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find_map(|directory| runnable(&directory.join(name)))
}

pub(super) fn runnable(path: &Path) -> Option<PathBuf> {
    let path = fs::canonicalize(path).ok()?;
    let metadata = fs::metadata(&path).ok()?;
    (metadata.is_file() && metadata.permissions().mode() & 0o111 != 0).then_some(path)
}

fn write_command(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}
