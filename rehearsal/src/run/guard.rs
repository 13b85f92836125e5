//! Two processes, so that nothing is left running if one of them is killed: the one that was started watches over
//! another, which rehearses. When the first is gone, the second is told to end and cleans up; when the second is gone,
//! what it ran belongs to the first, which ends it.

use std::env;
use std::io;
use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Signal, getpid, getppid, kill_process, set_child_subreaper, set_parent_process_death_signal, setsid,
};
use tokio::process::{Child, Command};
use tokio::signal::unix::{self, SignalKind, signal};

use super::daemons::kill_daemons;
use super::directory::sweep;
use super::process::id_of;
use crate::shown;

/// Names the process that watches, to the one that is watched.
const GUARD: &str = "CFN_REHEARSE_GUARD";

/// What the process that rehearses exits with when it has nobody to rehearse for.
const ABANDONED: u8 = 130;

/// How long what was killed is waited for; the kernel may take its time.
const KILLED: Duration = Duration::from_secs(10);

/// Does the work in a process of its own, and gives what that exits with.
///
/// # Errors
///
/// Those of the work, in the process that does it.
pub fn guarded<E>(work: impl FnOnce() -> Result<u8, E>) -> Result<u8, E> {
    if let Some(guard) = env::var_os(GUARD) {
        // Signals of the terminal are for the guard, which passes them on: each comes once.
        let _ = setsid();
        let _ = set_parent_process_death_signal(Some(Signal::TERM));
        let is_there = getppid().map(|id| id.to_string());
        return if is_there.map(Into::into) == Some(guard) { work() } else { Ok(ABANDONED) };
    }
    match watch() {
        Ok(code) => Ok(code),
        // Where there is no way to start oneself, unguarded is better than not at all.
        Err(_) => work(),
    }
}

/// Starts this program again, and sees to it until it ends.
fn watch() -> io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(async {
        let mut signals = Signals::new()?;
        set_child_subreaper(Some(getpid()))?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0("rehearsal").args(env::args_os().skip(1)).env(GUARD, getpid().to_string());
        let mut child = command.spawn()?;
        Ok::<_, io::Error>(signals.pass_to(&mut child).await)
    })?;
    let begun = Instant::now();
    while kill_daemons() && begun.elapsed() < KILLED {
        sleep(Duration::from_millis(5));
    }
    Ok(status.map_or(ABANDONED, code))
}

/// What to exit with for it, as shells do.
fn code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;

    if let Some(signal) = status.signal() {
        sweep();
        shown::on_stderr(&format!(
            "cfn-rehearse: the rehearsal was ended by signal {signal}, and what it ran with it; nothing can be said of the stack"
        ));
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// What ends a rehearsal, or stops it for a while.
struct Signals {
    ends: [(unix::Signal, Signal); 4],
    stop: unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let end = |kind, passed| Ok::<_, io::Error>((signal(kind)?, passed));
        Ok(Self {
            ends: [
                end(SignalKind::interrupt(), Signal::INT)?,
                end(SignalKind::terminate(), Signal::TERM)?,
                end(SignalKind::hangup(), Signal::HUP)?,
                end(SignalKind::quit(), Signal::QUIT)?,
            ],
            stop: signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
        })
    }

    /// Passes signals on until the child has ended.
    async fn pass_to(&mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let id = id_of(child);
        let pass = |signal| id.map(|id: Pid| kill_process(id, signal));
        let [(interrupt, int), (terminate, term), (hang_up, hup), (quit, quitted)] = &mut self.ends;
        loop {
            let passed = tokio::select! {
                status = child.wait() => return status,
                _ = interrupt.recv() => *int,
                _ = terminate.recv() => *term,
                _ = hang_up.recv() => *hup,
                _ = quit.recv() => *quitted,
                _ = self.stop.recv() => {
                    pass(Signal::STOP);
                    let _ = kill_process(getpid(), Signal::STOP);
                    Signal::CONT
                }
            };
            pass(passed);
        }
    }
}
