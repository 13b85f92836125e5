//! The first process of a boot: it sets up what an instance finds, starts what it is told to, collects what has ended, and
//! says so. When it ends, the kernel ends every process of the box.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal as Named, kill};
use nix::unistd::Pid as AnyPid;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, kill_process_group, setrlimit, test_kill_process_group, wait,
};
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, channel};

use super::keeper::{end_with_parent, exit_code};
use super::message::{FromInit, Order, Over, Plan, ToInit};
use super::{files, furniture, trust, wire};

/// Where stand-ins and this process meet.
pub(super) const MEETING: &str = "/run/cfn-rehearse";

/// How long processes have that were asked to end as the system goes down.
const GOING_DOWN: Duration = Duration::from_secs(2);

/// How often it is looked for groups whose last process ended without a word to us.
const LOOK: Duration = Duration::from_millis(200);

/// Is the first process, until there is nobody to be it for. Gives what to exit with.
pub(super) fn begin(socket: UnixStream) -> io::Result<i32> {
    end_with_parent();
    let _ = rustix::process::setsid();
    let Some((ToInit::Furnish(plan), _)) = wire::receive(&socket)? else { return Ok(exit_code(Over::Died)) };
    if let Err(why) = furniture::furnish(&plan) {
        wire::send(&socket, &FromInit::Failed(why), &[])?;
        return Ok(exit_code(Over::Died));
    }
    limit(&plan);
    let calls = meet()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Both ends are here, so that it never ends.
        let asked = pipe::OpenOptions::new().read_write(true).open_receiver(format!("{MEETING}/asked"))?;
        wire::send(&socket, &FromInit::Up, &[calls.as_fd()])?;
        Init { socket, asked, groups: BTreeMap::new() }.run().await
    })
}

/// What no process of the box may exceed, whoever starts it.
fn limit(plan: &Plan) {
    let most = |it| Rlimit { current: Some(it), maximum: Some(it) };
    let _ = setrlimit(Resource::Nproc, most(plan.processes));
    if let Some(bytes) = plan.memory_of_each {
        let _ = setrlimit(Resource::As, most(bytes));
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

struct Init {
    socket: UnixStream,
    asked: pipe::Receiver,
    groups: BTreeMap<u64, Group>,
}

struct Group {
    /// Its first process, whose number it has.
    id: Pid,
    /// Whether that has ended.
    over: bool,
}

impl Init {
    async fn run(mut self) -> io::Result<i32> {
        let mut child = signal(SignalKind::child())?;
        let mut look = tokio::time::interval(LOOK);
        let mut told = listen(self.socket.try_clone()?);
        loop {
            tokio::select! {
                ready = self.asked.readable() => ready?,
                _ = child.recv() => {}
                _ = look.tick() => {}
                message = told.recv() => {
                    let Some((message, along)) = message else { return Ok(exit_code(Over::Died)) };
                    self.told(message, along)?;
                }
            }
            // Who asks for a reboot and ends has asked for it before it has ended.
            if let Some(over) = self.asked() {
                return self.go_down(over);
            }
            self.collect()?;
        }
    }

    fn told(&mut self, message: ToInit, along: Vec<OwnedFd>) -> io::Result<()> {
        let mut along = along.into_iter();
        let (id, done) = match message {
            ToInit::Furnish(_) => return Ok(()),
            ToInit::Start { id, order } => {
                let output = along.next().zip(along.next());
                match start(&order, output) {
                    Ok(group) => {
                        self.groups.insert(id, Group { id: group, over: false });
                        return self.say(&FromInit::Started { id });
                    }
                    Err(error) => (id, Err(error)),
                }
            }
            ToInit::Signal { id, signal } => {
                if let (Some(group), Some(signal)) = (self.groups.get(&id), Signal::from_named_raw(signal)) {
                    let _ = kill_process_group(group.id, signal);
                }
                return Ok(());
            }
            ToInit::Put { id, file } => (id, files::put(&file, along.next().map(File::from))),
            ToInit::Trust { id, pem } => (id, trust::have_trusted(&pem)),
        };
        self.say(&FromInit::Done { id, problem: done.err().map(Into::into) })
    }

    /// What a stand-in has asked for.
    fn asked(&mut self) -> Option<Over> {
        let mut said = [0; 256];
        loop {
            let read = self.asked.try_read(&mut said).ok()?;
            let said = String::from_utf8_lossy(said.get(..read)?);
            let over = said.lines().find_map(|line| match line {
                "reboot" => Some(Over::Reboot),
                "halt" => Some(Over::Halt),
                _ => None,
            });
            if over.is_some() {
                return over;
            }
        }
    }

    /// Collects what has ended, and says what of it was asked for.
    fn collect(&mut self) -> io::Result<()> {
        while let Ok(Some((process, status))) = wait(WaitOptions::NOHANG) {
            let Some((id, group)) = self.groups.iter_mut().find(|(_, it)| it.id == process && !it.over)
            else {
                continue;
            };
            group.over = true;
            let (id, code, signal) = (*id, status.exit_status(), status.terminating_signal());
            // Whoever hears of an end knows by then whether anything is left.
            if test_kill_process_group(process).is_err() {
                self.groups.remove(&id);
                self.say(&FromInit::Empty { id })?;
            }
            self.say(&FromInit::Ended { id, code, signal })?;
        }
        let empty = self.groups.extract_if(.., |_, it| it.over && test_kill_process_group(it.id).is_err());
        for id in empty.map(|(id, _)| id).collect::<Vec<_>>() {
            self.say(&FromInit::Empty { id })?;
        }
        Ok(())
    }

    /// The system goes down: everything is asked to end, and then ended.
    fn go_down(&mut self, over: Over) -> io::Result<i32> {
        self.say(&FromInit::GoingDown { reboot: over == Over::Reboot })?;
        let everything = AnyPid::from_raw(-1);
        let begun = Instant::now();
        let _ = kill(everything, Named::SIGTERM);
        let _ = kill(everything, Named::SIGCONT);
        while begun.elapsed() < GOING_DOWN {
            match wait(WaitOptions::NOHANG) {
                Err(_) => break,
                Ok(Some(_)) => {}
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Ok(exit_code(over))
    }

    fn say(&self, message: &FromInit) -> io::Result<()> {
        wire::send(&self.socket, message, &[])
    }
}

/// What this process is told, until nobody is at the other end.
fn listen(socket: UnixStream) -> Receiver<(ToInit, Vec<OwnedFd>)> {
    let (sender, told) = channel(1);
    std::thread::spawn(move || {
        while let Ok(Some(message)) = wire::receive(&socket) {
            if sender.blocking_send(message).is_err() {
                return;
            }
        }
    });
    told
}

/// Starts a process in a group of its own.
fn start(order: &Order, output: Option<(OwnedFd, OwnedFd)>) -> io::Result<Pid> {
    let (output, errors) = output.ok_or(io::ErrorKind::InvalidInput)?;
    let child = Command::new(&order.program)
        .args(&order.arguments)
        .env_clear()
        .envs(order.environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors))
        .process_group(0)
        .spawn()?;
    i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}
