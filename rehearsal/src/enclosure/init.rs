//! The first process of a boot: it sets up what an instance finds. Then it leads the boot, or the image's systemd takes its
//! place. When it ends, the kernel ends every process of the box.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::net::unix::pipe;

use super::keeper::{end_with_parent, exit_code};
use super::leader::{Leader, Told};
use super::message::{FromInit, Over, ToInit};
use super::{delegated, files, furniture, trust, wire};

/// Where stand-ins and this process meet.
const MEETING: &str = "/run/cfn-rehearse";

/// Where images have their systemd.
pub(super) const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];

/// The first that takes the word of a container's manager by a file.
const OLDEST: u32 = 247;

/// Is the first process, until there is nobody to be it for. Gives what to exit with.
pub(super) fn begin(socket: UnixStream) -> io::Result<i32> {
    end_with_parent();
    let _ = rustix::process::setsid();
    let Some((ToInit::Furnish(plan), _)) = wire::receive(&socket)? else { return Ok(exit_code(Over::Died)) };
    let entered = plan.group.as_deref().map_or(Ok(()), delegated::enter);
    let done = entered.map_err(|error| format!("its control group: {error}"));
    if let Err(why) = done.and_then(|()| furniture::furnish(&plan)) {
        wire::send(&socket, &FromInit::Failed(why), &[])?;
        return Ok(exit_code(Over::Died));
    }
    limit(plan.processes, plan.memory_of_each);
    let calls = meet()?;
    if plan.group.is_some() {
        wire::send(&socket, &FromInit::Up, &[calls.as_fd()])?;
        return hand_over(&socket);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let asked = requests()?;
        wire::send(&socket, &FromInit::Up, &[calls.as_fd()])?;
        let told = Told::at(socket.try_clone()?);
        Leader::new(socket, told, asked, None).run().await
    })
}

/// What is asked for.
pub(super) fn requests() -> io::Result<pipe::Receiver> {
    // Both ends are here, so that it never ends.
    pipe::OpenOptions::new().read_write(true).open_receiver(format!("{MEETING}/asked"))
}

/// What no process of the box may exceed, whoever starts it.
pub(super) fn limit(processes: u64, memory_of_each: Option<u64>) {
    let most = |it| Rlimit { current: Some(it), maximum: Some(it) };
    let _ = setrlimit(Resource::Nproc, most(processes));
    if let Some(bytes) = memory_of_each {
        let _ = setrlimit(Resource::As, most(bytes));
    }
}

/// Writes what is to be there, and becomes the image's systemd. Whoever started this process leads the boot from then on, and
/// is told so by what is its standard output until then.
fn hand_over(socket: &UnixStream) -> io::Result<i32> {
    while let Some((message, along)) = wire::receive(socket)? {
        let (id, done) = match message {
            ToInit::Put { id, file } => (id, files::put(&file, along.into_iter().next().map(File::from))),
            ToInit::Trust { id, pem } => (id, trust::have_trusted(&pem)),
            ToInit::HandOver { id } => match systemd() {
                Ok(systemd) => {
                    let mut starter = File::from(io::stdout().as_fd().try_clone_to_owned()?);
                    starter.write_all(b"x")?;
                    wire::send(socket, &FromInit::Done { id, problem: None }, &[])?;
                    // What it is in it finds out by its control group, and by what is in /run/host.
                    let error = Command::new(systemd)
                        .env_clear()
                        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                        .current_dir("/")
                        .stdin(Stdio::null())
                        .stdout(Stdio::null())
                        .exec();
                    return Err(error);
                }
                Err(error) => (id, Err(error)),
            },
            _ => continue,
        };
        wire::send(socket, &FromInit::Done { id, problem: done.err().map(Into::into) }, &[])?;
    }
    Ok(exit_code(Over::Died))
}

/// The image's systemd, which has to know what is told to it.
fn systemd() -> io::Result<&'static str> {
    let there = SYSTEMD.into_iter().find(|it| Path::new(it).exists());
    let there = there.ok_or_else(|| io::Error::other("the image has no systemd"))?;
    let said = Command::new(there).arg("--version").env_clear().stderr(Stdio::null()).output()?.stdout;
    let said = String::from_utf8_lossy(&said).into_owned();
    let version = said.split_whitespace().nth(1).and_then(|it| it.split('.').next()?.parse::<u32>().ok());
    match version {
        Some(version) if version < OLDEST => Err(io::Error::other(format!(
            "the image's systemd is of version {version}, and --systemd needs {OLDEST} or later: leave it out"
        ))),
        _ => Ok(there),
    }
}

/// The file in which stand-ins note how they are called; the pipe through which they ask for something is beside it.
fn meet() -> io::Result<File> {
    fs::create_dir_all(MEETING)?;
    let calls = format!("{MEETING}/calls");
    let file = OpenOptions::new().create(true).append(true).read(true).open(&calls)?;
    file.set_permissions(fs::Permissions::from_mode(0o666))?;
    mknodat(CWD, format!("{MEETING}/asked"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    File::open(calls)
}
