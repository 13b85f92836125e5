//! A boot of a box as the rehearsal has it: what it is told to do, and what it says.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::net::unix::pipe;
use tokio::sync::{oneshot, watch};

use super::message::{FromInit, Order, Over, Placed, Plan, Problem, ToInit};
use super::{EnclosureError, wire};
use crate::armed::Pending;

/// A boot.
#[derive(Debug)]
pub struct Boot {
    socket: UnixStream,
    said: mpsc::Sender<(ToInit, Vec<OwnedFd>)>,
    state: Arc<Mutex<State>>,
    over: watch::Receiver<Option<Over>>,
    /// Where stand-ins note how they are called.
    pub calls: File,
}

/// A process of a box, with what it says.
#[derive(Debug)]
pub struct Running {
    /// Its number, which its group has too.
    pub id: u64,
    /// Its standard output.
    pub output: pipe::Receiver,
    /// Its standard error.
    pub errors: pipe::Receiver,
    /// How it ends; with neither where the boot ends first.
    pub ended: oneshot::Receiver<ProcessEnd>,
}

/// Its exit code, or the signal that ended it.
type ProcessEnd = (Option<i32>, Option<i32>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    asked: HashMap<u64, oneshot::Sender<Option<Problem>>>,
    running: HashMap<u64, oneshot::Sender<ProcessEnd>>,
    groups: HashSet<u64>,
    armed: Pending,
    going_down: bool,
    gone: bool,
}

impl Boot {
    pub(super) fn begin(
        socket: UnixStream,
        plan: &Plan,
        over: watch::Receiver<Option<Over>>,
    ) -> Result<Arc<Self>, EnclosureError> {
        wire::send(&socket, &ToInit::Furnish(Box::new(plan.clone())), &[])?;
        let calls = match wire::receive(&socket)? {
            Some((FromInit::Up, mut along)) => along.pop().map(File::from),
            Some((FromInit::Failed(why), _)) => return Err(EnclosureError::not_made(why)),
            _ => None,
        };
        let calls = calls.ok_or(EnclosureError::Gone)?;
        let state = Arc::new(Mutex::new(State::default()));
        let (said, to_say) = mpsc::channel::<(ToInit, Vec<OwnedFd>)>();
        let writes = socket.try_clone()?;
        // Threads of its own: nothing that a box does, or does not, keeps the rehearsal from going on.
        thread::spawn(move || {
            for (message, along) in to_say {
                let along: Vec<_> = along.iter().map(OwnedFd::as_fd).collect();
                if wire::send(&writes, &message, &along).is_err() {
                    return;
                }
            }
        });
        let (reads, told) = (socket.try_clone()?, Arc::clone(&state));
        thread::spawn(move || {
            while let Ok(Some((message, _))) = wire::receive(&reads) {
                lock(&told).tell(message);
            }
            lock(&told).end();
            // Whoever speaks there so that nobody understands it is not listened to: the boot ends.
            let _ = reads.shutdown(std::net::Shutdown::Both);
        });
        Ok(Arc::new(Self { socket, said, state, over, calls }))
    }

    /// Starts a process; none where the system goes down.
    ///
    /// # Errors
    ///
    /// Those of the system, on which its program is looked for.
    pub async fn start(&self, order: Order) -> io::Result<Option<Running>> {
        let (output, own_output) = pipe_with(PipeFlags::CLOEXEC)?;
        let (errors, own_errors) = pipe_with(PipeFlags::CLOEXEC)?;
        let (sender, ended) = oneshot::channel();
        let (id, done) = {
            let mut state = self.lock();
            if state.gone || state.going_down {
                return Ok(None);
            }
            let (id, done) = state.ask();
            state.running.insert(id, sender);
            state.groups.insert(id);
            (id, done)
        };
        self.say(ToInit::Start { id, order }, vec![own_output, own_errors]);
        let Ok(problem) = done.await else { return Ok(None) };
        if let Some(problem) = problem {
            let mut state = self.lock();
            state.running.remove(&id);
            state.groups.remove(&id);
            return Err(problem.into());
        }
        let (output, errors) =
            (pipe::Receiver::from_owned_fd(output)?, pipe::Receiver::from_owned_fd(errors)?);
        Ok(Some(Running { id, output, errors, ended }))
    }

    /// Writes a file of the instance.
    ///
    /// # Errors
    ///
    /// Those of the system, in the box; and where the boot is over.
    pub async fn put(&self, file: Placed, content: &[u8]) -> io::Result<()> {
        let mut sent = File::from(memfd_create("file", MemfdFlags::CLOEXEC)?);
        sent.write_all(content)?;
        sent.rewind()?;
        self.ask(|id| ToInit::Put { id, file }, vec![sent.into()]).await
    }

    /// Copies a file of this machine into the instance.
    ///
    /// # Errors
    ///
    /// Those of the system, here or in the box; and where the boot is over.
    pub async fn copy(&self, file: Placed, from: &Path) -> io::Result<()> {
        self.ask(|id| ToInit::Put { id, file }, vec![File::open(from)?.into()]).await
    }

    /// Has certificates trusted by what is in the box.
    ///
    /// # Errors
    ///
    /// Those of the system, in the box; and where the boot is over.
    pub async fn trust(&self, pem: &str) -> io::Result<()> {
        self.ask(|id| ToInit::Trust { id, pem: pem.to_owned() }, Vec::new()).await
    }

    /// Has the image's systemd take over.
    ///
    /// # Errors
    ///
    /// That there is none; and where the boot is over.
    pub async fn hand_over(&self) -> io::Result<()> {
        self.ask(|id| ToInit::HandOver { id }, Vec::new()).await
    }

    /// Sends a signal to a process and all of its group.
    pub fn signal(&self, id: u64, signal: i32) {
        self.say(ToInit::Signal { id, signal }, Vec::new());
    }

    /// Whether any process of its group is left.
    #[must_use]
    pub fn has(&self, id: u64) -> bool {
        self.lock().groups.contains(&id)
    }

    /// What is armed there.
    pub(crate) fn armed(&self) -> Pending {
        self.lock().armed
    }

    /// Has what is armed there due so many milliseconds sooner.
    pub fn hasten(&self, by: i64) {
        let mut state = self.lock();
        if state.armed.any && !state.gone {
            // So it will be told.
            state.armed.due = state.armed.due.map(|due| due.saturating_sub(by));
            self.say(ToInit::Hasten { by }, Vec::new());
        }
    }

    /// Disarms what is armed there.
    pub fn disarm(&self) {
        self.lock().armed = Pending::default();
        self.say(ToInit::Disarm, Vec::new());
    }

    /// Whether the system goes down, or is gone.
    #[must_use]
    pub fn goes_down(&self) -> bool {
        let state = self.lock();
        state.going_down || state.gone
    }

    /// How it ends, once it does.
    pub async fn over(&self) -> Over {
        let mut over = self.over.clone();
        let known = over.wait_for(Option::is_some).await;
        known.ok().and_then(|it| *it).unwrap_or(Over::Died)
    }

    /// Ends it: its first process ends when nobody is at its socket, and everything with that.
    pub fn end(&self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }

    async fn ask(&self, message: impl FnOnce(u64) -> ToInit, along: Vec<OwnedFd>) -> io::Result<()> {
        let (id, done) = self.lock().ask();
        self.say(message(id), along);
        match done.await {
            Ok(None) => Ok(()),
            Ok(Some(problem)) => Err(problem.into()),
            Err(_) => Err(io::Error::other("the boot is over")),
        }
    }

    fn say(&self, message: ToInit, along: Vec<OwnedFd>) {
        let _ = self.said.send((message, along));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Boot {
    fn drop(&mut self) {
        self.end();
    }
}

impl State {
    fn ask(&mut self) -> (u64, oneshot::Receiver<Option<Problem>>) {
        self.next += 1;
        let (sender, done) = oneshot::channel();
        // Where it is gone, nobody answers.
        if !self.gone {
            self.asked.insert(self.next, sender);
        }
        (self.next, done)
    }

    fn tell(&mut self, message: FromInit) {
        match message {
            FromInit::Started { id } => self.answer(id, None),
            FromInit::Done { id, problem } => self.answer(id, problem),
            FromInit::Ended { id, code, signal } => {
                if let Some(ended) = self.running.remove(&id) {
                    let _ = ended.send((code, signal));
                }
            }
            FromInit::Armed(armed) => self.armed = armed,
            FromInit::Empty { id } => _ = self.groups.remove(&id),
            FromInit::GoingDown { .. } => self.going_down = true,
            FromInit::Up | FromInit::Failed(_) => {}
        }
    }

    fn answer(&mut self, id: u64, problem: Option<Problem>) {
        if let Some(asked) = self.asked.remove(&id) {
            let _ = asked.send(problem);
        }
    }

    /// The first process is gone, and every other one.
    fn end(&mut self) {
        *self = Self { next: self.next, going_down: true, gone: true, ..Self::default() };
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
