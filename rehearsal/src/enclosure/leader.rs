//! Whoever starts what is to run in a boot, collects what has ended, and says so: its first process, or the one that watches
//! the image's systemd, which is the first then.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal as Named, kill};
use nix::unistd::Pid as AnyPid;
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, kill_process, kill_process_group, test_kill_process_group, wait,
    waitpid,
};
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, channel};

use super::keeper::exit_code;
use super::message::{FromInit, Order, Over, ToInit};
use super::{files, trust, wire};
use crate::armed::{Armed, Pending};

/// Where root of an instance arms.
const ARMED: &str = "/run/cfn-signal";

/// How long processes have that were asked to end as the system goes down.
const GOING_DOWN: Duration = Duration::from_secs(2);

/// How often it is looked for groups whose last process ended without a word to us.
const LOOK: Duration = Duration::from_millis(200);

/// Leads a boot until it is over. Gives what to exit with.
pub(super) struct Leader {
    socket: UnixStream,
    told: Told,
    /// What goes down is asked for through it.
    asked: pipe::Receiver,
    /// The first process, where this one is not that.
    first: Option<Pid>,
    groups: BTreeMap<u64, Group>,
    armed: Armed,
    /// What was last told of that.
    pending: Pending,
    /// By how much it has yet to be hastened.
    hasten: i64,
}

struct Group {
    /// Its first process, whose number it has.
    id: Pid,
    /// Whether that has ended.
    over: bool,
}

impl Leader {
    pub(super) fn new(socket: UnixStream, told: Told, asked: pipe::Receiver, first: Option<Pid>) -> Self {
        Self {
            socket,
            told,
            asked,
            first,
            groups: BTreeMap::new(),
            armed: Armed::at(ARMED.into()),
            pending: Pending::default(),
            hasten: 0,
        }
    }

    pub(super) async fn run(mut self) -> io::Result<i32> {
        let mut child = signal(SignalKind::child())?;
        let mut look = tokio::time::interval(LOOK);
        let _ = self.told.begin.send(());
        loop {
            tokio::select! {
                ready = self.asked.readable() => ready?,
                _ = child.recv() => {}
                _ = look.tick() => {}
                message = self.told.messages.recv() => {
                    let Some((message, along)) = message else { return Ok(self.abandoned()) };
                    self.told(message, along)?;
                }
            }
            // Who asks for a reboot and ends has asked for it before it has ended.
            match self.asked() {
                Some(over) if self.first.is_none() => return self.go_down(over),
                // It does so by itself.
                Some(over) => self.say(&FromInit::GoingDown { reboot: over == Over::Reboot })?,
                None => {}
            }
            self.tell_of_what_is_armed()?;
            if let Some(over) = self.collect()? {
                return Ok(exit_code(over));
            }
        }
    }

    /// Nobody is at the other end any more.
    fn abandoned(&self) -> i32 {
        if let Some(first) = self.first {
            let _ = kill_process(first, Signal::KILL);
            let _ = waitpid(Some(first), WaitOptions::empty());
        }
        exit_code(Over::Died)
    }

    fn told(&mut self, message: ToInit, along: Vec<OwnedFd>) -> io::Result<()> {
        let mut along = along.into_iter();
        let (id, done) = match message {
            ToInit::Furnish(_) | ToInit::HandOver { .. } => return Ok(()),
            ToInit::Hasten { by } => {
                self.hasten = self.hasten.saturating_add(by);
                return self.tell_of_what_is_armed();
            }
            ToInit::Disarm => {
                self.armed.disarm();
                return Ok(());
            }
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

    /// What is armed, where that has changed, once it is due by the rehearsal's clock.
    fn tell_of_what_is_armed(&mut self) -> io::Result<()> {
        if self.hasten != 0 && self.armed.hasten(self.hasten) {
            self.hasten = 0;
        }
        let mut pending = self.armed.pending();
        pending.due = pending.due.map(|due| due.saturating_sub(self.hasten));
        if pending == self.pending {
            return Ok(());
        }
        self.pending = pending;
        self.say(&FromInit::Armed(pending))
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

    /// Collects what has ended, and says what of it was asked for. Gives how the boot has ended, where it has.
    fn collect(&mut self) -> io::Result<Option<Over>> {
        while let Ok(Some((process, status))) = wait(WaitOptions::NOHANG) {
            if self.first == Some(process) {
                return Ok(Some(ending(status)));
            }
            let Some((id, group)) = self.groups.iter_mut().find(|(_, it)| it.id == process && !it.over)
            else {
                continue;
            };
            group.over = true;
            let (id, code, signal) = (*id, status.exit_status(), status.terminating_signal());
            // Whoever hears of an end knows by then whether anything is left, and what is armed.
            self.tell_of_what_is_armed()?;
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
        Ok(None)
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

/// How a boot ended whose first process has: the kernel's word for what was asked of it, or systemd's where it may not ask.
fn ending(status: WaitStatus) -> Over {
    match (status.exit_status(), status.terminating_signal().and_then(Signal::from_named_raw)) {
        (_, Some(Signal::HUP)) => Over::Reboot,
        (_, Some(Signal::INT)) | (Some(0), _) => Over::Halt,
        _ => Over::Died,
    }
}

/// What this process is told.
pub(super) struct Told {
    begin: std::sync::mpsc::Sender<()>,
    messages: Receiver<(ToInit, Vec<OwnedFd>)>,
}

impl Told {
    /// Hears it in a thread of its own, from when the boot is led on. To be called before this process has a namespace for
    /// those that it starts: from then on it has no new threads.
    pub(super) fn at(socket: UnixStream) -> Self {
        let (begin, begins) = std::sync::mpsc::channel();
        let (sender, messages) = channel(1);
        std::thread::spawn(move || {
            if begins.recv().is_err() {
                return;
            }
            while let Ok(Some(message)) = wire::receive(&socket) {
                if sender.blocking_send(message).is_err() {
                    return;
                }
            }
        });
        Self { begin, messages }
    }
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
